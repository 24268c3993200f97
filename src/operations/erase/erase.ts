import { BackupError, isBackupError } from '../../model/errors.ts';
import type { Observer } from '../../model/events.ts';
import { asSub, isPoolId, type PoolId } from '../../model/ids.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { takeLease, type Lease } from '../../runs/lease.ts';
import { leasedStorage } from '../../runs/leased-storage.ts';
import { RUNS_PREFIX } from '../../runs/run-keys.ts';
import { loadErasures, rememberErased } from '../../snapshot/erasure-ledger.ts';
import type { Vault } from '../../snapshot/vault.ts';
import type { CallOptions, DeleteOptions } from '../../storage/storage.ts';
import { carryOutErasure, type ErasedSnapshot } from './carry-out-erasure.ts';
import { eraseRun, type EraseDependencies } from './erase-run.ts';
import {
  asDocument,
  asErasedRun,
  asPlanned,
  countsOf,
  isComplete,
  type ErasedPool,
  type ErasedRun,
  type EraseResult,
  type SurveyedPool,
} from './erase-result.ts';
import { ErasedPeople } from './erased-people.ts';
import { findTwins, surveyRuns } from './survey-runs.ts';
import { surveySnapshots, type PlannedErasure } from './survey-snapshots.ts';

export interface EraseOptions extends CallOptions {
  /** Whom to erase; empty: those who were erased before, once more, for what was locked or unreadable then. */
  readonly subs: readonly string[];
  /** Only this pool's snapshots and runs; default: every pool's. */
  readonly poolId?: PoolId;
  /** Without it nothing is written, and the result says what would happen. */
  readonly apply?: boolean;
}

export interface EraseEnvironment {
  readonly vault: Vault;
  readonly runtime: Runtime;
  readonly observer?: Observer;
}

/**
 * Erases people from a vault: they go into the ledger that every reader honours, then snapshots that hold them are
 * superseded by such that do not, and the files of runs are written anew without them. Live pools are not touched. Throws
 * `bad-input` for somebody who is not named by a `sub`, `refused` where signed snapshots would have to be written without a key,
 * or with another than the one that signed them, `snapshot-not-found` for a pool that the vault does not know, `damaged` for
 * the ledger; running it again finishes what was interrupted.
 */
export async function eraseUsers(env: EraseEnvironment, options: EraseOptions): Promise<EraseResult> {
  const { vault } = env;
  const { poolId, apply = false, signal } = options;
  const subs = checkedSubs(options.subs);
  const call: CallOptions = { signal };
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
      throw new BackupError('bad-input', `User ${index + 1} of those to erase is not named by a sub`, {
        hint: 'Give the sub of the user, a UUID; look it up with: cognito-backup show --user KEY',
      });
    }
    subs.add(sub);
  }
  return [...subs];
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
    if (isPoolId(folder)) targets.push(folder);
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
  return { signal };
}
