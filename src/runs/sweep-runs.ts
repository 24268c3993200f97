import { isBackupError } from '../model/errors.ts';
import type { PoolId } from '../model/ids.ts';
import type { CallOptions, Storage } from '../storage/storage.ts';
import { leaseKey, runPrefix, runRecordKey, runsPrefix, type RunRef } from './run-keys.ts';
import { RunRecordFile } from './run-record-file.ts';
import { loadRun, partsOf, runIdsOf, type RunRecord } from './run-record.ts';

/** Deletes every file of a run that its record does not name: plans that were carried out, replaced, or never finished. */
export async function sweepRun(storage: Storage, run: RunRecord): Promise<void> {
  await deleteBelow(storage, runPrefix(run), { kept: namedFiles(run) });
}

/**
 * The same for a run of another process, which may have stalled with a record on its way that names what goes now. So the record is
 * replaced first, by one of a round that nobody has begun: what was sent against the one before it is refused.
 */
export async function takeOverAndSweep(storage: Storage, run: RunRecord): Promise<void> {
  if (!(await hasUnnamedFiles(storage, run))) return;
  const taken = { ...run, round: run.round + 1 };
  await new RunRecordFile(storage, run).save(taken);
  await sweepRun(storage, taken);
}

/** Whether a run's folder holds files that its record does not name. */
export async function hasUnnamedFiles(storage: Storage, run: RunRecord, options: CallOptions = {}): Promise<boolean> {
  const named = namedFiles(run);
  for await (const { key } of storage.list(runPrefix(run), options)) if (!named.has(key)) return true;
  return false;
}

function namedFiles(run: RunRecord): ReadonlySet<string> {
  const keyFiles = (run.encryption?.keyFiles ?? []).map(({ path }) => `${runPrefix(run)}${path}`);
  return new Set([runRecordKey(run), ...keyFiles, ...partsOf(run).map(({ key }) => key)]);
}

/**
 * Deletes what kills left behind: all of the runs that never began, which are those without a record that are newer than the
 * newest run with one; and of that one what its record does not name. Only the holder of the target's lease may do so.
 */
export async function sweepKilledRuns(storage: Storage, target: PoolId): Promise<void> {
  for (const id of (await runIdsOf(storage, target)).toReversed()) {
    if (await storage.head(runRecordKey({ target, id }))) return sweepReadable(storage, { target, id });
    await deleteBelow(storage, runPrefix({ target, id }));
  }
}

/** Of a run whose record cannot be read nobody knows what it names: it is left alone. */
async function sweepReadable(storage: Storage, ref: RunRef): Promise<void> {
  const run = await loadRun(storage, ref).catch((error: unknown) => {
    if (!isBackupError(error, 'damaged', 'vault-too-new')) throw error;
    return undefined;
  });
  if (run) await takeOverAndSweep(storage, run);
}

/**
 * Deletes everything that is remembered of a target: for one that is deleted itself right afterwards. What is remembered names
 * people.
 */
export async function forgetTarget(storage: Storage, target: PoolId): Promise<void> {
  await deleteBelow(storage, runsPrefix(target));
  await storage.delete(leaseKey(target));
}

/** Deletes whatever stands below a prefix, but for what is `kept`. */
export async function deleteBelow(
  storage: Storage,
  prefix: string,
  { kept, ...options }: CallOptions & { readonly kept?: ReadonlySet<string> } = {},
): Promise<void> {
  const keys: string[] = [];
  for await (const { key } of storage.list(prefix, options)) if (!kept?.has(key)) keys.push(key);
  for (const key of keys) await storage.delete(key, options);
}
