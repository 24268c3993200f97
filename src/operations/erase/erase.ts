import { BackupError, isBackupError } from '../../model/errors.ts';
import type { Observer } from '../../model/events.ts';
import { asSub, parsePoolId, type PoolId, type RunId, type SnapshotId } from '../../model/ids.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { takeLease, type Lease } from '../../runs/lease.ts';
import { leasedStorage } from '../../runs/leased-storage.ts';
import { RUNS_PREFIX } from '../../runs/run-keys.ts';
import { loadErasures, rememberErased } from '../../snapshot/erasure-ledger.ts';
import type { Vault } from '../../snapshot/vault.ts';
import type { CallOptions, DeleteOptions } from '../../storage/storage.ts';
import type { SnapshotSummary } from '../snapshots/list-snapshots.ts';
import { carryOutErasure, type ErasedSnapshot } from './carry-out-erasure.ts';
import { eraseRun, type EraseDependencies } from './erase-run.ts';
import { ErasedPeople } from './erased-people.ts';
import { findTwins, surveyRuns, type SurveyedRun } from './survey-runs.ts';
import { surveySnapshots, type ErasureFate, type PlannedErasure, type UnreadableReason } from './survey-snapshots.ts';

export interface EraseOptions extends CallOptions {
  /** Whom to erase; empty: those who were erased before, once more, for what was locked or unreadable then. */
  readonly subs: readonly string[];
  /** Only this pool's snapshots and runs; default: every pool's. */
  readonly poolId?: PoolId;
  /** Without it nothing is written, and the result says what would happen. */
  readonly apply?: boolean;
}

export interface EraseDocumentSnapshot {
  readonly id: SnapshotId;
  readonly status: SnapshotSummary['status'];
  readonly startedAt: string | null;
  /** What was done, or in a dry run would be: see `ErasureFate`. */
  readonly fate: ErasureFate['kind'];
  /** What was planned is done; in a dry run: nothing would be left to do. */
  readonly done: boolean;
  /** What it holds of erased people, as far as that could be read. */
  readonly users: number;
  readonly memberships: number;
  readonly supersededBy: SnapshotId | null;
  readonly reason: UnreadableReason | null;
  /** When the files of an unfinished one may go. */
  readonly goesAt: string | null;
  readonly lockedUntil: string | null;
  readonly legalHold: boolean;
}

export interface ErasedRun {
  readonly id: RunId;
  readonly fate: 'untouched' | 'rewritten' | 'removed' | 'unreadable';
  readonly done: boolean;
  /** Lines about erased people. */
  readonly lines: number;
  readonly reason: 'no-key' | 'damaged' | null;
}

export interface ErasedPool {
  readonly poolId: PoolId;
  readonly poolName: string | null;
  /** Another run holds the pool: nothing was done here. */
  readonly busy: boolean;
  /** Oldest first. */
  readonly snapshots: readonly EraseDocumentSnapshot[];
  readonly runs: readonly ErasedRun[];
}

export interface EraseResult {
  readonly applied: boolean;
  readonly users: {
    /** Whom the call named. */
    readonly asked: number;
    /** How many of those the vault holds anything of, as far as it could be read. */
    readonly found: number;
    /** The same people under another `sub`, in pools that they were restored or mirrored to. */
    readonly alsoKnownAs: number;
    /** How many of all these were not remembered as erased before. */
    readonly remembered: number;
  };
  readonly pools: readonly ErasedPool[];
  /** Snapshots by fate. */
  readonly counts: { readonly [Fate in ErasureFate['kind']]: number };
  /** Nothing is left to do in what was looked at: nothing is locked, unreadable, unfinished or busy. */
  readonly complete: boolean;
  /** The bucket keeps what was deleted as old versions: a lifecycle rule has to expire them. Not known in a dry run. */
  readonly versionsKept: boolean;
}

export interface EraseEnvironment {
  readonly vault: Vault;
  readonly runtime: Runtime;
  readonly observer?: Observer;
}

/**
 * Erases people from a vault: they go into the ledger that every reader honours, then snapshots that hold them are
 * superseded by such that do not, and the files of runs are written anew without them. Live pools are not touched. Throws
 * `refused` where signed snapshots would have to be written without a key, `snapshot-not-found` for a pool that the vault
 * does not know, `damaged` for the ledger; running it again finishes what was interrupted.
 */
export async function eraseUsers(env: EraseEnvironment, options: EraseOptions): Promise<EraseResult> {
  const { vault } = env;
  const { poolId, apply = false, signal } = options;
  const subs = checkedSubs(options.subs);
  const call: CallOptions = signal ? { signal } : {};
  const people = new ErasedPeople(await loadErasures(vault, call), subs);
  const pools = await poolsOf(vault, poolId, call);
  const alsoKnownAs = people.isEmpty ? 0 : await findTwins(vault, await runTargets(vault, call), people, call);
  const planned = people.isEmpty ? [] : await survey(env, pools, people, call);
  refuseUntrusted(vault, planned, SIGN_HINT);
  let remembered = 0;
  let versionsKept = false;
  let done = planned.map(asPlanned);
  if (apply) {
    remembered = await rememberErased(env, { subs: people.subs, pool: poolId ?? null }, call);
    done = [];
    for (const pool of planned) {
      done.push(await carryOutPool(env, pool, people, { ...call, onVersionKept: () => (versionsKept = true) }));
    }
  } else {
    const known = await loadErasures(vault, call);
    remembered = [...people.subs].filter((sub) => !known.has(sub)).length;
  }
  const found = subs.filter((sub) => people.met.has(sub)).length;
  const users = { asked: subs.length, found, alsoKnownAs, remembered };
  return { applied: apply, users, pools: done, counts: countsOf(done), complete: done.every(isComplete), versionsKept };
}

function checkedSubs(given: readonly string[]): readonly string[] {
  const subs = new Set<string>();
  for (const [index, text] of given.entries()) {
    const sub = asSub(text);
    if (sub === undefined) {
      throw new BackupError('bad-input', `No. ${index + 1} of the users to erase is not named by a sub`, {
        hint: 'Give the sub of the user, a UUID; look it up with: cognito-backup show --user KEY',
      });
    }
    subs.add(sub);
  }
  return [...subs];
}

/** One pool, looked through. */
interface SurveyedPool {
  readonly poolId: PoolId;
  readonly snapshots: readonly PlannedErasure[];
  readonly runs: readonly SurveyedRun[];
}

async function poolsOf(vault: Vault, poolId: PoolId | undefined, call: CallOptions): Promise<readonly PoolId[]> {
  const known = [...new Set([...(await vault.pools(call)), ...(await runTargets(vault, call))])].toSorted();
  if (poolId === undefined) return known;
  if (known.includes(poolId)) return [poolId];
  throw new BackupError('snapshot-not-found', `The vault holds nothing of pool ${poolId}`, {
    hint: 'List what there is with: cognito-backup snapshots',
  });
}

/** Pools that were written to from this vault. */
async function runTargets({ storage }: Vault, call: CallOptions): Promise<readonly PoolId[]> {
  const targets: PoolId[] = [];
  for await (const folder of storage.folders(RUNS_PREFIX, call)) {
    try {
      targets.push(parsePoolId(folder));
    } catch {
      continue;
    }
  }
  return targets;
}

/** All snapshots first: what people are called there tells them in runs that know no `sub`. */
async function survey(
  { vault, runtime, observer }: EraseEnvironment,
  pools: readonly PoolId[],
  people: ErasedPeople,
  call: CallOptions,
): Promise<readonly SurveyedPool[]> {
  let total = 0;
  for (const poolId of pools) total += (await vault.snapshots(poolId, call)).length;
  observer?.({ kind: 'phase', phase: 'erase', total });
  let done = 0;
  const onSnapshot = (): void => observer?.({ kind: 'progress', phase: 'erase', done: (done += 1), total });
  const snapshots = new Map<PoolId, readonly PlannedErasure[]>();
  for (const poolId of pools) {
    const now = runtime.now();
    snapshots.set(poolId, await surveySnapshots(vault, poolId, { people, now, onSnapshot, ...call }));
  }
  const surveyed: SurveyedPool[] = [];
  for (const poolId of pools) {
    const runs = await surveyRuns(vault, poolId, people, call);
    surveyed.push({ poolId, snapshots: snapshots.get(poolId) ?? [], runs });
  }
  return surveyed;
}

/** Readers refuse what nobody whom they trust has signed: a snapshot must not become such a one. */
function refuseUntrusted({ trust }: Vault, planned: readonly SurveyedPool[], hint: string): void {
  const { signer, verifier } = trust;
  const own = signer?.sign('');
  const isTrusted = own && verifier?.verify('', own) === 'good';
  const wouldBe = planned
    .flatMap(({ snapshots }) => snapshots)
    .filter(({ fate }) => {
      if (fate.kind !== 'rewritten' || isTrusted) return false;
      const { signature } = fate.reader.manifest;
      return verifier !== undefined || (signature !== undefined && signature.publicKey !== own?.publicKey);
    });
  if (wouldBe.length === 0) return;
  const how = own ? 'with a key that its readers may not trust' : 'without a signature';
  throw new BackupError('refused', `Refused to write ${wouldBe.length} signed snapshots anew ${how}`, { hint });
}

const SIGN_HINT =
  'Nothing was written. Name the private key with --sign-key, and with --verify-key who is trusted where it is a new one';

/** Under the lease of the pool: two erasures, or one and an apply, would take each other's files for leftovers. */
async function carryOutPool(
  env: EraseEnvironment,
  seen: SurveyedPool,
  people: ErasedPeople,
  options: DeleteOptions,
): Promise<ErasedPool> {
  if (!hasWork(seen)) return asPlanned(seen);
  const { vault, runtime } = env;
  const { poolId } = seen;
  const { storage } = vault;
  const lease = await takeFreeLease({ storage, runtime, target: poolId, command: 'erase', ...pick(options) });
  if (!lease) return { ...asPlanned(seen), busy: true };
  const deps: EraseDependencies = { vault: { ...vault, storage: leasedStorage(storage, lease) }, runtime, people };
  try {
    const pool = await surveyedAgain(env, seen, people, pick(options));
    const snapshots: ErasedSnapshot[] = [];
    for (const each of pool.snapshots) snapshots.push(await carryOutErasure(deps, each, options));
    const runs: ErasedRun[] = [];
    for (const run of pool.runs) {
      if (run.kind !== 'unreadable') await eraseRun(deps, { target: poolId, id: run.id }, pick(options));
      runs.push(asErasedRun(run));
    }
    return { ...asPlanned(pool), snapshots: snapshots.map(asDocument), runs };
  } finally {
    await lease.release();
  }
}

/**
 * Looks again where other snapshots stand than when it was looked without the lease: another erase may have written one
 * anew for somebody else, with these people in it.
 */
async function surveyedAgain(
  env: EraseEnvironment,
  seen: SurveyedPool,
  people: ErasedPeople,
  call: CallOptions,
): Promise<SurveyedPool> {
  const { vault, runtime } = env;
  const { poolId } = seen;
  const ids = (await vault.snapshots(poolId, call)).map(({ id }) => id);
  if (ids.join() === seen.snapshots.map(({ snapshot }) => snapshot.ref.id).join()) return seen;
  const snapshots = await surveySnapshots(vault, poolId, { people, now: runtime.now(), ...call });
  const again = { poolId, snapshots, runs: await surveyRuns(vault, poolId, people, call) };
  refuseUntrusted(vault, [again], 'Name the private key with --sign-key, and run it again');
  return again;
}

function hasWork({ snapshots, runs }: SurveyedPool): boolean {
  const changes = snapshots.some(
    ({ fate, leftovers }) =>
      leftovers.length > 0 || fate.kind === 'rewritten' || fate.kind === 'removed' || fate.kind === 'abandoned',
  );
  return (
    changes ||
    runs.some((run) => run.kind === 'never-began' || (run.kind === 'readable' && (run.lines > 0 || run.hasLeftovers)))
  );
}

async function takeFreeLease(options: Parameters<typeof takeLease>[0]): Promise<Lease | undefined> {
  try {
    return await takeLease(options);
  } catch (error) {
    if (isBackupError(error, 'locked')) return undefined;
    throw error;
  }
}

function pick({ signal }: CallOptions): CallOptions {
  return signal ? { signal } : {};
}

/** As it is meant to become; what a dry run says. */
function asPlanned({ poolId, snapshots, runs }: SurveyedPool): ErasedPool {
  return {
    poolId,
    poolName: snapshots.findLast(({ snapshot }) => snapshot.summary.poolName)?.snapshot.summary.poolName ?? null,
    busy: false,
    snapshots: snapshots.map((planned) => asDocument({ ...planned, isDone: isFinal(planned.fate) })),
    runs: runs.map(asErasedRun),
  };
}

function isFinal({ kind }: ErasureFate): boolean {
  return kind === 'untouched' || kind === 'rewritten' || kind === 'removed';
}

function asDocument({ snapshot, fate, supersededBy, isDone }: ErasedSnapshot): EraseDocumentSnapshot {
  const { id, status, startedAt } = snapshot.summary;
  const found = 'found' in fate ? fate.found : undefined;
  const lock = fate.kind === 'locked' ? fate.lock : undefined;
  return {
    id,
    status,
    startedAt: startedAt ?? null,
    fate: fate.kind,
    done: isDone,
    users: found?.users.length ?? 0,
    memberships: found?.memberships.length ?? 0,
    supersededBy: supersededBy?.id ?? null,
    reason: fate.kind === 'unreadable' ? fate.why : null,
    goesAt: fate.kind === 'abandoned' ? fate.goesAt.toISOString() : null,
    lockedUntil: lock?.lockedUntil ?? null,
    legalHold: lock?.legalHold ?? false,
  };
}

function asErasedRun(run: SurveyedRun): ErasedRun {
  const { id } = run;
  switch (run.kind) {
    case 'readable':
      return { id, fate: run.lines > 0 ? 'rewritten' : 'untouched', done: true, lines: run.lines, reason: null };
    case 'never-began':
      return { id, fate: 'removed', done: true, lines: 0, reason: null };
    case 'unreadable':
      return { id, fate: 'unreadable', done: false, lines: 0, reason: run.why };
    default:
      return run satisfies never;
  }
}

function countsOf(pools: readonly ErasedPool[]): EraseResult['counts'] {
  const counts = { untouched: 0, rewritten: 0, removed: 0, abandoned: 0, locked: 0, unreadable: 0 };
  for (const { fate } of pools.flatMap(({ snapshots }) => snapshots)) counts[fate] += 1;
  return counts;
}

function isComplete({ busy, snapshots, runs }: ErasedPool): boolean {
  return !busy && [...snapshots, ...runs].every(({ done }) => done);
}
