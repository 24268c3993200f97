import { BackupError } from '../../model/errors.ts';
import type { PoolId, SnapshotId } from '../../model/ids.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { Vault } from '../../snapshot/vault.ts';
import type { CallOptions, DeleteOptions, StoredObject } from '../../storage/storage.ts';
import type { SnapshotSummary } from '../snapshots/list-snapshots.ts';
import { carryOutPrune } from './carry-out-prune.ts';
import { decideFate, freeLeftovers, type Fate, type FateContext, type PlannedFate } from './decide-fate.ts';
import { decideRetention, isEmptyPolicy, type KeepReason, type RetentionPolicy } from './retention.ts';
import { surveyPool, type SurveyedSnapshot } from './survey-pool.ts';

/** How long a snapshot that was let go stays marked before it is removed. */
export const DEFAULT_GRACE_MS = 7 * 24 * 60 * 60 * 1000;

export interface PruneOptions extends CallOptions {
  readonly policy: RetentionPolicy;
  /** Only this pool's snapshots; default: every pool's, each by itself. */
  readonly poolId?: PoolId;
  /** Default 7 days; 0 marks and removes at once. */
  readonly graceMs?: number;
  /** Without it nothing is written, and the result says what would happen. */
  readonly apply?: boolean;
}

export interface PrunedSnapshot {
  readonly id: SnapshotId;
  readonly status: SnapshotSummary['status'];
  readonly startedAt: string | null;
  /** Everything stored of it. */
  readonly sizeBytes: number;
  /** What was done, or in a dry run would be: see `Fate`. */
  readonly fate: Fate['kind'];
  /** Why it is kept; empty for every other fate. */
  readonly reasons: readonly KeepReason[];
  /** It was marked by an earlier prune, and is no longer. */
  readonly unmarked: boolean;
  readonly expiredAt: string | null;
  /** From when on a prune removes it, where it is marked. */
  readonly goesAt: string | null;
  readonly lockedUntil: string | null;
  readonly legalHold: boolean;
  /** Files that backups left beside it; they go. */
  readonly leftovers: { readonly files: number; readonly sizeBytes: number };
}

export interface PrunedPool {
  readonly poolId: PoolId;
  readonly poolName: string | null;
  /** Oldest first. */
  readonly snapshots: readonly PrunedSnapshot[];
}

export interface PruneResult {
  readonly applied: boolean;
  readonly graceMs: number;
  readonly pools: readonly PrunedPool[];
  readonly counts: { readonly [kind in Fate['kind']]: number };
  /** Size of all that was removed, or in a dry run would be. */
  readonly freedBytes: number;
  /** The bucket keeps what was deleted as old versions: a lifecycle rule has to expire them. Not known in a dry run. */
  readonly versionsKept: boolean;
}

/**
 * Lets the snapshots of each pool go that no rule of the policy keeps: first they are marked, and removed by a later prune
 * when the grace period is over. The newest good snapshot of a pool always stays. Throws `usage` for an empty policy, and
 * what the storage throws; running it again finishes what was interrupted.
 */
export async function pruneVault(
  { vault, runtime }: { readonly vault: Vault; readonly runtime: Runtime },
  options: PruneOptions,
): Promise<PruneResult> {
  const { policy, poolId, graceMs = DEFAULT_GRACE_MS, apply = false } = options;
  if (isEmptyPolicy(policy)) throw emptyPolicy();
  const call: CallOptions = { signal: options.signal };
  const context: FateContext = { ...call, storage: vault.storage, now: runtime.now(), graceMs };
  let versionsKept = false;
  const deleting: DeleteOptions = { ...call, onVersionKept: () => (versionsKept = true) };
  const pools: PrunedPool[] = [];
  for (const id of poolId === undefined ? await vault.pools(call) : [poolId]) {
    const surveyed = await surveyPool(vault, id, call);
    const planned = await planPool(surveyed, policy, context);
    const done = apply ? await carryOutPrune(vault, planned, deleting) : planned;
    pools.push({ poolId: id, poolName: nameOf(surveyed), snapshots: done.map(asPruned) });
  }
  return { applied: apply, graceMs, pools, ...totalsOf(pools), versionsKept };
}

async function planPool(
  surveyed: readonly SurveyedSnapshot[],
  policy: RetentionPolicy,
  context: FateContext,
): Promise<readonly PlannedFate[]> {
  const summaries = surveyed.map(({ summary }) => summary);
  const decisions = decideRetention(summaries, policy, context.now);
  const planned: PlannedFate[] = [];
  for (const [index, snapshot] of surveyed.entries()) {
    const fate = await decideFate(snapshot, decisions[index]!.keep, context);
    const leftovers = fate.kind === 'removed' ? [] : await freeLeftovers(snapshot, context);
    planned.push({ snapshot, fate, leftovers });
  }
  return planned;
}

function asPruned({ snapshot, fate, leftovers }: PlannedFate): PrunedSnapshot {
  const { summary, objects } = snapshot;
  const lock = fate.kind === 'locked' ? fate.lock : undefined;
  const expiredAt = 'expiredAt' in fate ? fate.expiredAt?.toISOString() : undefined;
  return {
    id: summary.id,
    status: summary.status,
    startedAt: summary.startedAt ?? null,
    sizeBytes: sizeOf(objects),
    fate: fate.kind,
    reasons: fate.kind === 'kept' ? fate.reasons : [],
    unmarked: fate.kind === 'kept' && fate.unmark,
    expiredAt: expiredAt ?? (lock && summary.expiredAt) ?? null,
    goesAt: 'goesAt' in fate ? fate.goesAt.toISOString() : null,
    lockedUntil: lock?.lockedUntil ?? null,
    legalHold: lock?.legalHold ?? false,
    leftovers: { files: leftovers.length, sizeBytes: sizeOf(leftovers) },
  };
}

function totalsOf(pools: readonly PrunedPool[]): Pick<PruneResult, 'counts' | 'freedBytes'> {
  const counts = { kept: 0, marked: 0, waiting: 0, removed: 0, locked: 0 };
  let freedBytes = 0;
  for (const { fate, sizeBytes, leftovers } of pools.flatMap(({ snapshots }) => snapshots)) {
    counts[fate] += 1;
    freedBytes += fate === 'removed' ? sizeBytes : leftovers.sizeBytes;
  }
  return { counts, freedBytes };
}

function nameOf(surveyed: readonly SurveyedSnapshot[]): string | null {
  return surveyed.findLast(({ summary }) => summary.poolName !== undefined)?.summary.poolName ?? null;
}

function sizeOf(objects: readonly StoredObject[]): number {
  return objects.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

function emptyPolicy(): BackupError {
  return new BackupError('usage', 'No rule says which snapshots to keep', {
    hint: 'Give at least one, for example --keep-daily 7 --keep-weekly 4 --keep-monthly 12',
  });
}
