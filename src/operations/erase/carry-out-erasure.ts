import { isBackupError } from '../../model/errors.ts';
import { randomHex } from '../../runtime/random-hex.ts';
import { CheckpointFile, ERASED, loadCheckpoint, type LoadedCheckpoint } from '../../snapshot/checkpoint-file.ts';
import { markExpired } from '../../snapshot/expiry.ts';
import { checkpointKey, manifestKey, snapshotPrefix, type SnapshotRef } from '../../snapshot/keys.ts';
import { readHead } from '../../snapshot/snapshot-head.ts';
import type { Vault } from '../../snapshot/vault.ts';
import type { CallOptions, DeleteOptions, StoredObject } from '../../storage/storage.ts';
import { removeSnapshot } from '../prune/remove-snapshot.ts';
import { hasEveryFile } from '../prune/survey-pool.ts';
import type { EraseDependencies } from './erase-run.ts';
import { supersede } from './supersede.ts';
import { readable, type ErasureFate, type PlannedErasure } from './survey-snapshots.ts';

/** What became of one snapshot, and what stands in its place. */
export interface ErasedSnapshot extends PlannedErasure {
  readonly supersededBy?: SnapshotRef;
  /** Whether what was planned is done; what is not is left as it was, to be done by the next erase. */
  readonly isDone: boolean;
}

/** Does what was decided about one snapshot. The new one stands whole before the old one goes. */
export async function carryOutErasure(
  deps: EraseDependencies,
  planned: PlannedErasure,
  options: DeleteOptions,
): Promise<ErasedSnapshot> {
  const { vault } = deps;
  const { snapshot, fate } = planned;
  for (const { key } of planned.leftovers) await vault.storage.delete(key, options);
  switch (fate.kind) {
    case 'rewritten':
      return rewrite(deps, planned, fate, options);
    case 'removed':
      return { ...planned, isDone: await retire(deps, snapshot, options) };
    case 'abandoned':
      if (fate.checkpoint) await abandon(deps, snapshot.ref, fate.checkpoint);
      return { ...planned, isDone: false };
    case 'untouched':
      return { ...planned, isDone: true };
    case 'locked':
    case 'unreadable':
      return { ...planned, isDone: false };
    default:
      return fate satisfies never;
  }
}

async function rewrite(
  deps: EraseDependencies,
  planned: PlannedErasure,
  { reader, found }: Extract<ErasureFate, { kind: 'rewritten' }>,
  options: DeleteOptions,
): Promise<ErasedSnapshot> {
  const { ref, manifestSha256 } = planned.snapshot;
  if (!(await isStill(deps.vault, planned.snapshot, options))) return { ...planned, isDone: false };
  let supersededBy: SnapshotRef | undefined;
  const fate = await readable(async () => {
    supersededBy = await supersede(deps, { reader, found, people: deps.people }, options);
    return planned.fate;
  });
  if (!supersededBy) return { ...planned, fate, isDone: false };
  const isWhole = await standsWhole(deps.vault, supersededBy, options);
  const isDone = isWhole && (await retire(deps, { ref, ...(manifestSha256 && { manifestSha256 }) }, options));
  return { ...planned, supersededBy, isDone };
}

/** A prune may have removed it since it was looked at. */
async function isStill(
  { storage }: Vault,
  { ref }: PlannedErasure['snapshot'],
  options: CallOptions,
): Promise<boolean> {
  return (await storage.head(manifestKey(ref), options)) !== undefined;
}

async function standsWhole(vault: Vault, ref: SnapshotRef, options: CallOptions): Promise<boolean> {
  const objects: StoredObject[] = [];
  for await (const object of vault.storage.list(snapshotPrefix(ref), options)) objects.push(object);
  const head = await readHead(vault, ref, options);
  return head.state !== 'unfinished' && hasEveryFile(ref, head.manifest, objects);
}

/** Marked first, so that a kill halfway leaves what the next erase or prune knows for what it is. */
async function retire(
  { vault, runtime }: EraseDependencies,
  snapshot: { readonly ref: SnapshotRef; readonly manifestSha256?: string },
  options: DeleteOptions,
): Promise<boolean> {
  const { ref, manifestSha256 } = snapshot;
  if (manifestSha256 !== undefined)
    await markExpired(vault, ref, { manifestSha256, expiredAt: runtime.now() }, options);
  return removeSnapshot(vault, snapshot, options);
}

/** A backup that is under way finds out at its next checkpoint, before its manifest at the latest, and stops; the next one begins anew. */
async function abandon(
  { vault, runtime }: EraseDependencies,
  ref: SnapshotRef,
  { checkpoint, etag }: LoadedCheckpoint,
): Promise<void> {
  if (checkpoint.abandoned !== undefined) return;
  const writer = randomHex(runtime, 8);
  const close = (loaded: LoadedCheckpoint): Promise<void> =>
    new CheckpointFile(vault.storage, ref, loaded.etag).save(() => ({
      ...loaded.checkpoint,
      writer,
      abandoned: ERASED,
    }));
  try {
    await close({ checkpoint, etag });
  } catch (error) {
    if (!isBackupError(error, 'locked')) throw error;
    // It was written meanwhile: once more, for the version that stands there now.
    const now = await loadCheckpoint(vault.storage, checkpointKey(ref));
    if (now) await close(now);
  }
}
