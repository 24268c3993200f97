import type { CognitoGateway } from '../../cognito/gateway.ts';
import { listAll } from '../../cognito/listing.ts';
import { readConfiguration } from '../../cognito/read-configuration.ts';
import { SHARDED_FROM_USERS } from '../../cognito/read-pool.ts';
import { callsSince, type CallCounts } from '../../model/call-counts.ts';
import { BackupError } from '../../model/errors.ts';
import type { BackupEvent, Observer } from '../../model/events.ts';
import type { Group } from '../../model/group.ts';
import type { PoolId, SnapshotId } from '../../model/ids.ts';
import type { NotCaptured, PoolConfiguration } from '../../model/pool-configuration.ts';
import type { PoolDescription } from '../../model/pool.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { LoadedCheckpoint } from '../../snapshot/checkpoint-file.ts';
import type { ListingMode } from '../../snapshot/checkpoint.ts';
import { commitSnapshot } from '../../snapshot/commit.ts';
import { findUnfinished } from '../../snapshot/find-unfinished.ts';
import type {
  ConfigurationCounts,
  SecondPassCounts,
  SnapshotTotals,
  SnapshotWarning,
} from '../../snapshot/manifest.ts';
import { refusePlain } from '../../snapshot/refuse-plain.ts';
import { SnapshotWriter, type WriterDependencies } from '../../snapshot/snapshot-writer.ts';
import type { Vault } from '../../snapshot/vault.ts';
import { deepPrice, type DeepPrice, type RateOf } from './deep-price.ts';
import { listIntoChains } from './list-into-chains.ts';
import { listSecondPass } from './list-second-pass.ts';
import { lookUpUser } from './look-up-user.ts';
import { refusePlainSecrets } from './refuse-plain-secrets.ts';
import { refuseSecondPass } from './refuse-second-pass.ts';
import { removeLeftCheckpoint } from './remove-left-checkpoint.ts';

export interface BackupDependencies {
  readonly gateway: CognitoGateway;
  readonly vault: Vault;
  readonly runtime: Runtime;
  readonly observer: Observer;
  /** What the gateway has called so far; what this backup adds goes into the manifest. */
  readonly callCounts?: () => CallCounts;
  /** The rates in force, for the price of a deep backup. Default: the documented ones. */
  readonly rate?: RateOf;
}

export interface BackupOptions {
  readonly poolId: PoolId;
  /** One chain, sixteen shards, or `auto`: by the size of the pool. Default `auto`. */
  readonly listing?: 'auto' | ListingMode;
  /**
   * Proves a sharded listing: lists all users once more in one chain and compares. Has nothing to do where `auto` chooses
   * one chain, and does not go with `single`. Default: false.
   */
  readonly secondPass?: boolean;
  /** Captures client secrets and those of identity providers too; only into an encrypted snapshot. Default: false. */
  readonly includeSecrets?: boolean;
  /**
   * Asks every user for their MFA preferences and factors: a call a user, hours in a large pool, possibly billed. Default:
   * false.
   */
  readonly deep?: boolean;
  /** Told the price of a deep backup before anything is read of a user. Answers false to leave it. */
  readonly approveDeep?: (price: DeepPrice, pool: Pick<PoolDescription, 'id' | 'name'>) => Promise<boolean>;
  readonly signal?: AbortSignal | undefined;
  /** Asked after every page; once it says true, the backup saves its checkpoint and answers `done: false`. */
  readonly deadline?: (() => boolean) | undefined;
}

export type BackupResult =
  | {
      readonly done: true;
      readonly snapshot: { readonly id: SnapshotId };
      readonly poolId: PoolId;
      readonly status: 'complete' | 'suspect';
      readonly totals: SnapshotTotals;
      /** Resources of the pool's configuration, by kind. */
      readonly configuration: ConfigurationCounts;
      readonly notCaptured: readonly NotCaptured[];
      /** What the second pass has found, where there was one. */
      readonly secondPass: SecondPassCounts | false;
      readonly warnings: readonly SnapshotWarning[];
      readonly durationMs: number;
    }
  | {
      readonly done: false;
      readonly snapshot: { readonly id: SnapshotId };
      readonly poolId: PoolId;
      readonly durationMs: number;
    };

/**
 * Reads a pool into a snapshot, going on with an unfinished one where it can. Throws what gateway and storage throw, and
 * `usage`, `refused`, `listing-broken`, `token-expired`, `interrupted`, `locked`; what was read until then is kept for the next run, except
 * after the first three.
 */
export async function backupPool(dependencies: BackupDependencies, options: BackupOptions): Promise<BackupResult> {
  const { gateway, vault, runtime, observer } = dependencies;
  const { poolId, signal, deadline } = options;
  const stops = { signal, deadline };
  refuseSecondPass(options);
  const isEncrypted = vault.keys.choice !== undefined;
  refusePlainSecrets({ includeSecrets: options.includeSecrets ?? false, isEncrypted });
  const startedMs = runtime.monotonicMs();
  const now = () => gateway.serviceTime() ?? runtime.now();
  const writing = writerDependencies(dependencies);

  const pool = await gateway.send('DescribeUserPool', { poolId }, options.signal);
  await refusePlain(vault, poolId, { signal: options.signal });
  await removeLeftCheckpoint(vault, poolId, { signal: options.signal });
  const left = await findLeft(dependencies, options, now());
  if (options.deep) await statePrice(dependencies, options, pool, left);
  const writer = left
    ? await resume(dependencies, options, left, writing)
    : await begin(dependencies, options, pool, now(), writing);
  if (options.secondPass && writer.mode === 'single') observer(NOTHING_TO_PROVE);
  const hadListed = hasListed(writer);
  const listing = { gateway, observer, now, pool, ...stops };
  const listed = (await listIntoChains(writer, listing)) && (await listSecondPass(writer, { ...listing, runtime }));
  // A run that found everything listed has its whole time for the commit: it always gets further than the one before.
  const commitStops = hadListed ? { signal: options.signal } : stops;
  const lookUp = lookUpUser(gateway, poolId, options.signal);
  const manifest = listed ? await commitSnapshot(writer, { vault, pool, now, lookUp, ...commitStops }) : undefined;

  const outcome = { snapshot: { id: writer.ref.id }, poolId, durationMs: runtime.monotonicMs() - startedMs };
  if (!manifest) return { done: false, ...outcome };
  for (const warning of manifest.warnings) observer({ kind: 'warning', ...warning });
  const {
    status,
    totals,
    configuration = {},
    notCaptured,
    listing: { secondPass },
    warnings,
  } = manifest;
  return { done: true, ...outcome, status, totals, configuration, notCaptured, secondPass, warnings };
}

function findLeft(
  { vault }: BackupDependencies,
  { listing = 'auto', poolId, includeSecrets = false, deep = false, signal }: BackupOptions,
  now: Date,
): Promise<LoadedCheckpoint | undefined> {
  const mode = listing === 'auto' ? {} : { mode: listing };
  return findUnfinished(vault, poolId, { now, includeSecrets, deep, ...mode, signal });
}

/** Says what a deep backup will cost, and asks where somebody wants to be asked. Throws `refused`. */
async function statePrice(
  { observer, rate }: BackupDependencies,
  { approveDeep }: BackupOptions,
  pool: PoolDescription,
  left: LoadedCheckpoint | undefined,
): Promise<void> {
  const done = (left?.checkpoint.chains ?? [])
    .filter(({ kind }) => kind === 'users')
    .reduce((sum, { parts }) => sum + parts.reduce((users, { entry }) => users + entry.records, 0), 0);
  const price = await deepPrice(Math.max(0, pool.estimatedUsers - done), rate);
  observer({ kind: 'deep-price', poolId: pool.id, ...price });
  if (!approveDeep || (await approveDeep(price, pool))) return;
  throw new BackupError('refused', 'Not confirmed: no user was asked for their factors', {
    hint: 'Leave the deep backup out, and the snapshot holds everything else',
  });
}

function resume(
  { observer }: BackupDependencies,
  { secondPass = false }: BackupOptions,
  left: LoadedCheckpoint,
  writing: WriterDependencies,
): Promise<SnapshotWriter> {
  observer({ kind: 'resumed', what: 'backup', id: left.checkpoint.snapshotId });
  return SnapshotWriter.resume(left, writing, { secondPass });
}

async function begin(
  dependencies: BackupDependencies,
  options: BackupOptions,
  pool: PoolDescription,
  startedAt: Date,
  writing: WriterDependencies,
): Promise<SnapshotWriter> {
  const { listing = 'auto', secondPass = false, includeSecrets = false, deep = false } = options;
  if (isKmsAlone(dependencies.vault)) dependencies.observer(KMS_ALONE);
  const mode = listing === 'auto' ? (pool.estimatedUsers < SHARDED_FROM_USERS ? 'single' : 'sharded') : listing;
  const groups = await listGroups(dependencies, pool, options);
  const configuration = await captureConfiguration(dependencies, pool, options);
  const isTwice = secondPass && mode === 'sharded';
  return SnapshotWriter.begin(
    { startedAt, pool, configuration, includeSecrets, deep, groups, mode, secondPass: isTwice },
    writing,
  );
}

async function listGroups(
  { gateway, observer }: BackupDependencies,
  { id: poolId }: PoolDescription,
  { signal }: BackupOptions,
): Promise<readonly Group[]> {
  observer({ kind: 'phase', phase: 'list-groups', poolId });
  const groups: Group[] = [];
  for await (const group of listAll(gateway, 'ListGroups', { poolId }, signal)) {
    groups.push(group);
    observer({ kind: 'progress', phase: 'list-groups', done: groups.length });
  }
  return groups;
}

function captureConfiguration(
  { gateway, observer }: BackupDependencies,
  pool: PoolDescription,
  { includeSecrets = false, signal, deadline }: BackupOptions,
): Promise<PoolConfiguration> {
  observer({ kind: 'phase', phase: 'read-configuration', poolId: pool.id });
  return readConfiguration(gateway, pool, {
    includeSecrets,
    onResource: (done) => observer({ kind: 'progress', phase: 'read-configuration', done }),
    signal,
    deadline,
  });
}

function hasListed({ chains, secondPass }: SnapshotWriter): boolean {
  return chains.every((chain) => chain.state.done) && (secondPass?.state.done ?? true);
}

const NOTHING_TO_PROVE: BackupEvent = {
  kind: 'warning',
  code: 'second-pass-needless',
  message: 'This pool is small and listed in one chain: a second pass has nothing to prove, and is not made',
};

function isKmsAlone({ keys: { choice } }: Vault): boolean {
  return choice?.kmsKey !== undefined && choice.recipients.length === 0 && !choice.passphrase;
}

const KMS_ALONE: BackupEvent = {
  kind: 'warning',
  code: 'kms-alone',
  message: 'Nothing but the KMS key will open this snapshot: name a second recipient, kept offline, with --encrypt-to',
};

function writerDependencies({ vault, runtime, observer, callCounts }: BackupDependencies): WriterDependencies {
  const before = callCounts?.();
  return {
    vault,
    runtime,
    onPart: (key, { records, sizeBytes }) => observer({ kind: 'part-written', key, records, sizeBytes }),
    ...(callCounts && before && { counts: () => countsSince(before, callCounts()) }),
  };
}

/** The gateway counts for all pools of a run; a snapshot wants its own. */
function countsSince(before: CallCounts, after: CallCounts): CallCounts {
  return { calls: callsSince(before.calls, after.calls), throttles: after.throttles - before.throttles };
}
