import type { PoolId } from '../model/ids.ts';
import type { Storage } from '../storage/storage.ts';
import { asRunId, runPrefix, runRecordKey, runsPrefix } from './run-keys.ts';
import type { RunRecord } from './run-record.ts';

/** Deletes every file of a run that its record does not name: plans that were carried out, replaced, or never finished. */
export async function sweepRun(storage: Storage, run: RunRecord): Promise<void> {
  const parts = [run.groups, run.plan, run.groupDeletes, run.findings, run.failures, run.map].flat();
  const kept = new Set([runRecordKey(run), ...parts.map(({ key }) => key)]);
  await deleteBelow(storage, runPrefix(run), kept);
}

/**
 * Deletes what planning left of runs that never began: those without a record that are newer than the newest run with one.
 * Only the holder of the target's lease may do so.
 */
export async function sweepUnbegunRuns(storage: Storage, target: PoolId): Promise<void> {
  const folders: string[] = [];
  for await (const folder of storage.folders(runsPrefix(target))) folders.push(folder);
  for (const folder of folders.reverse()) {
    const id = asRunId(folder);
    if (!id) continue;
    if (await storage.head(runRecordKey({ target, id }))) return;
    await deleteBelow(storage, runPrefix({ target, id }), new Set());
  }
}

async function deleteBelow(storage: Storage, prefix: string, kept: ReadonlySet<string>): Promise<void> {
  const keys: string[] = [];
  for await (const { key } of storage.list(prefix)) if (!kept.has(key)) keys.push(key);
  for (const key of keys) await storage.delete(key);
}
