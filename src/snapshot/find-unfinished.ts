import type { PoolId } from '../model/ids.ts';
import type { CallOptions } from '../storage/storage.ts';
import { loadCheckpoint, type LoadedCheckpoint } from './checkpoint-file.ts';
import type { ListingMode } from './checkpoint.ts';
import { checkpointKey, manifestKey } from './keys.ts';
import type { Vault } from './vault.ts';

/** A window longer than a day is no snapshot of a moment: an older start is left behind for a new one. */
const MAX_AGE_MS = 24 * 60 * 60 * 1000;

export interface UnfinishedQuery extends CallOptions {
  readonly now: Date;
  /** Asked for by hand: a snapshot begun in the other mode is not continued. */
  readonly mode?: ListingMode;
}

/** The snapshot of a pool that a backup goes on with: the newest unfinished one begun after the last that was finished. */
export async function findUnfinished(
  vault: Vault,
  poolId: PoolId,
  query: UnfinishedQuery,
): Promise<LoadedCheckpoint | undefined> {
  for (const ref of (await vault.snapshots(poolId, query)).toReversed()) {
    if (await vault.storage.head(manifestKey(ref), query)) return undefined;
    const loaded = await loadCheckpoint(vault.storage, checkpointKey(ref), query);
    if (loaded === undefined || loaded.checkpoint.snapshotId !== ref.id || loaded.checkpoint.poolId !== poolId)
      continue;
    const { abandoned, mode, startedAt } = loaded.checkpoint;
    const ageMs = query.now.getTime() - new Date(startedAt).getTime();
    if (abandoned === undefined && ageMs <= MAX_AGE_MS && (query.mode ?? mode) === mode) return loaded;
  }
  return undefined;
}
