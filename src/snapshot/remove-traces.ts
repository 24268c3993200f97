import { inParallel } from '../runtime/in-parallel.ts';
import type { CallOptions, Storage } from '../storage/storage.ts';
import { checkpointKey, isDigestsPath, snapshotPrefix, type SnapshotRef } from './keys.ts';

const DELETES_AT_ONCE = 16;

/**
 * Removes what only a running backup needs: the digests, and at last the checkpoint with its tokens and their salt. As long as
 * it stands, the next backup knows that something is left.
 */
export async function removeTraces(storage: Storage, ref: SnapshotRef, options: CallOptions = {}): Promise<void> {
  const keys: string[] = [];
  for await (const { key } of storage.list(snapshotPrefix(ref), options)) if (isDigestsPath(key)) keys.push(key);
  await inParallel(keys, DELETES_AT_ONCE, (key) => storage.delete(key, options));
  await storage.delete(checkpointKey(ref), options);
}
