import type { CognitoGateway } from '../../cognito/gateway.ts';
import { readConfiguration } from '../../cognito/read-configuration.ts';
import type { QuotaCategory } from '../../cognito/quotas.ts';
import type { QuotaInForce } from '../../cognito/rates.ts';
import { isBackupError } from '../../model/errors.ts';
import type { Observer } from '../../model/events.ts';
import { regionOfPool, type PoolId } from '../../model/ids.ts';
import { LOSS_EFFECTS, type LossKind } from '../../model/losses.ts';
import { NEVER_CAPTURED, type NotCaptured } from '../../model/pool-configuration.ts';
import type { PoolDescription } from '../../model/pool.ts';
import { PASSWORD_MODES, type PasswordMode } from '../../plan/context.ts';
import { isPasswordless } from '../../plan/experience.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { allReads, COMMAND_NEEDS } from './command-needs.ts';
import { byLevel, countLevels, worstOf, type DoctorFinding, type Level } from './doctor-finding.ts';
import { judgePermissions, vaultPermissions, type CommandPermissions, type TriedPool } from './judge-permissions.ts';
import { judgeAsTarget, judgePool } from './judge-pool.ts';
import { judgeQuotas } from './judge-quotas.ts';
import { judgeTarget } from './judge-target.ts';
import { judgeVault } from './judge-vault.ts';
import { lookAtVault, newestGood, type ClosedVault, type NamedVault, type SeenVault } from './look-at-vault.ts';
import { PACING_CATEGORIES, pricePool, type PoolSize, type Price } from './price-pool.ts';
import { RecordedReads } from './read-trials.ts';

export interface DoctorDependencies {
  readonly gateway: CognitoGateway;
  /** The quota of a category, once the service was asked: `gateway.governor.quota`. */
  readonly quota: (category: QuotaCategory, signal?: AbortSignal) => Promise<QuotaInForce>;
  /** Of the target's account, where that is another. */
  readonly targetGateway?: CognitoGateway;
  readonly vault?: NamedVault;
  readonly runtime: Runtime;
  readonly observer: Observer;
}

export interface DoctorOptions {
  readonly poolId: PoolId;
  /** A pool that a restore or a mirror would write to. */
  readonly target?: PoolId;
  /** A newest snapshot older than this is a problem. Default: seven days. */
  readonly maxAgeMs?: number;
  readonly signal?: AbortSignal | undefined;
}

export const DEFAULT_MAX_AGE_MS = 7 * 24 * 60 * 60 * 1_000;

export interface ExaminedPool {
  readonly id: PoolId;
  /** `null`, as the rest, where the role may not describe the pool. */
  readonly name: string | null;
  readonly arn: string | null;
  readonly region: string;
  readonly estimatedUsers: number | null;
}

export interface DoctorResult {
  readonly pool: ExaminedPool;
  readonly target: ExaminedPool | null;
  readonly vault: string | null;
  /** The worst level of all findings. */
  readonly level: Level;
  readonly counts: { readonly [L in Level]: number };
  /** By topic as they were looked at, the worst first. */
  readonly findings: readonly DoctorFinding[];
  readonly permissions: readonly CommandPermissions[];
  readonly quotas: readonly QuotaInForce[];
  /** Empty where the size of the pool is not known. */
  readonly prices: readonly Price[];
  readonly size: PoolSize | null;
  /** What a snapshot of this pool lacks, and why. */
  readonly notCaptured: readonly NotCaptured[];
  /** What no restore brings back, whatever the snapshot holds. */
  readonly losses: readonly { readonly kind: LossKind; readonly effect: string }[];
  readonly durationMs: number;
}

/** Clients that are read to see what the pool's tier and the role allow; one would nearly always do. */
const CLIENTS_READ = 3;

/**
 * Looks a pool, its vault and a target over: what the role may read, what the quotas mean in hours, what is at risk, and what no
 * snapshot holds. Reads alone. Throws what an outage throws, `credentials`, and `pool-not-found` for the pool itself.
 */
export async function examinePool(deps: DoctorDependencies, options: DoctorOptions): Promise<DoctorResult> {
  const startedMs = deps.runtime.monotonicMs();
  const { poolId, signal, maxAgeMs = DEFAULT_MAX_AGE_MS } = options;
  deps.observer({ kind: 'phase', phase: 'doctor', poolId });
  const examined = await lookAtPool(deps.gateway, poolId, signal);
  const target = await lookAtTarget(deps, options);
  const seen = deps.vault && (await lookAtVault(deps.vault, poolId, { signal }));
  const quotas: QuotaInForce[] = [];
  for (const category of PACING_CATEGORIES) quotas.push(await deps.quota(category, signal));
  for (const looked of [examined, target]) if (looked && 'reads' in looked) noteRates(looked.reads, quotas);
  const size = examined.pool ? sizeOf(examined.pool, seen) : null;
  const written = (target && 'reads' in target ? target.pool : undefined) ?? examined.pool;
  const prices = size && written ? await pricePool(size, quotas, modesFor(written)) : [];
  const now = deps.gateway.serviceTime() ?? deps.runtime.now();
  const permissions = judgePermissions(tried(examined), target && 'reads' in target ? tried(target) : undefined);
  const findings = [
    ...permissions.findings,
    ...(size ? judgeQuotas(quotas, prices, size) : []),
    ...(examined.pool ? judgePool(examined.pool) : []),
    ...(examined.pool && !target ? judgeAsTarget(examined.pool, 'pool') : []),
    ...judgeVault(seen, { poolId, now, maxAgeMs }),
    ...targetFindings(examined.pool, target),
  ];
  return {
    pool: shown(examined),
    target: target ? ('reads' in target ? shown(target) : unseen(target.id)) : null,
    vault: deps.vault?.location ?? null,
    level: worstOf(findings),
    counts: countLevels(findings),
    findings: byLevel(findings),
    permissions: [...permissions.commands, ...ofVault(seen)],
    quotas,
    prices,
    size,
    notCaptured: [...NEVER_CAPTURED, ...examined.notCaptured],
    losses: Object.entries(LOSS_EFFECTS).map(([kind, effect]) => ({ kind: kind as LossKind, effect })),
    durationMs: deps.runtime.monotonicMs() - startedMs,
  };
}

interface LookedAtPool {
  readonly id: PoolId;
  /** Absent where the role may not describe it. */
  readonly pool?: PoolDescription;
  readonly reads: RecordedReads;
  readonly notCaptured: readonly NotCaptured[];
}

async function lookAtPool(gateway: CognitoGateway, id: PoolId, signal?: AbortSignal): Promise<LookedAtPool> {
  const reads = new RecordedReads(gateway);
  const pool = await described(reads.gateway, id, signal);
  const notCaptured = pool ? await gapsOf(reads.gateway, pool, signal) : [];
  await reads.tryOthers(withoutRates(allReads()), id, signal);
  return { id, reads, notCaptured, ...(pool && { pool }) };
}

/** The code that reads a configuration for a backup says itself what it could not read. */
async function gapsOf(
  gateway: CognitoGateway,
  pool: PoolDescription,
  signal?: AbortSignal,
): Promise<readonly NotCaptured[]> {
  let clients = 0;
  const { notCaptured } = await readConfiguration(gateway, pool, {
    includeSecrets: true,
    deadline: () => (clients += 1) > CLIENTS_READ,
    signal,
  });
  return notCaptured.filter(({ reason }) => reason !== 'out-of-time');
}

interface MissingTarget {
  readonly id: PoolId;
  readonly missing: true;
}

async function lookAtTarget(
  { gateway, targetGateway = gateway }: DoctorDependencies,
  { target, signal }: DoctorOptions,
): Promise<LookedAtPool | MissingTarget | undefined> {
  if (target === undefined) return undefined;
  const reads = new RecordedReads(targetGateway);
  try {
    const pool = await described(reads.gateway, target, signal);
    const needs = COMMAND_NEEDS.filter(({ on }) => on === 'target');
    await reads.tryOthers(withoutRates(allReads(needs)), target, signal);
    return { id: target, reads, notCaptured: [], ...(pool && { pool }) };
  } catch (error) {
    if (isBackupError(error, 'pool-not-found')) return { id: target, missing: true };
    throw error;
  }
}

async function described(
  gateway: CognitoGateway,
  poolId: PoolId,
  signal?: AbortSignal,
): Promise<PoolDescription | undefined> {
  try {
    return await gateway.send('DescribeUserPool', { poolId }, signal);
  } catch (error) {
    if (isBackupError(error, 'not-authorized')) return undefined;
    throw error;
  }
}

/** They are asked for at a pace of their own, where the quotas are. */
function withoutRates<Name extends string>(names: ReadonlySet<Name>): readonly Name[] {
  return [...names].filter((name) => name !== 'GetProvisionedLimit');
}

function noteRates(reads: RecordedReads, quotas: readonly QuotaInForce[]): void {
  const isDenied = quotas.some(({ refusal }) => refusal === 'not-authorized');
  reads.note({ operation: 'GetProvisionedLimit', state: isDenied ? 'denied' : 'answered' });
}

function tried({ id, pool, reads }: LookedAtPool): TriedPool {
  const arn = pool?.arn ?? `arn:aws:cognito-idp:${regionOfPool(id)}:ACCOUNT:userpool/${id}`;
  return { id, arn, outcomes: reads.outcomes() };
}

/** The one without a password is refused where no one-time code lets anybody in. */
function modesFor(pool: PoolDescription): readonly PasswordMode[] {
  return PASSWORD_MODES.filter((mode) => mode !== 'none' || isPasswordless(pool));
}

function ofVault(seen: SeenVault | ClosedVault | undefined): readonly CommandPermissions[] {
  if (!seen?.location.startsWith('s3://')) return [];
  return [vaultPermissions(seen.location, 'snapshots' in seen)];
}

function sizeOf({ estimatedUsers }: PoolDescription, seen: SeenVault | ClosedVault | undefined): PoolSize {
  const totals = seen && 'snapshots' in seen ? newestGood(seen.snapshots)?.manifest.totals : undefined;
  return {
    users: estimatedUsers,
    disabled: totals?.disabled ?? null,
    memberships: totals?.memberships ?? null,
    groups: totals?.groups ?? null,
  };
}

function targetFindings(
  source: PoolDescription | undefined,
  target: LookedAtPool | MissingTarget | undefined,
): readonly DoctorFinding[] {
  if (!target) return [];
  if ('missing' in target) {
    return [
      {
        topic: 'target',
        code: 'target-not-found',
        level: 'problem',
        found: `There is no pool ${target.id} here`,
        next: 'Check the id, its Region and the account (--target-profile)',
      },
    ];
  }
  return source && target.pool ? judgeTarget(source, target.pool) : [];
}

function shown({ id, pool }: LookedAtPool): ExaminedPool {
  if (!pool) return unseen(id);
  const { name, arn, estimatedUsers } = pool;
  return { id, name, arn, region: regionOfPool(id), estimatedUsers };
}

function unseen(id: PoolId): ExaminedPool {
  return { id, name: null, arn: null, region: regionOfPool(id), estimatedUsers: null };
}
