import { isChoiceOf } from '../encryption/encryption-choice.ts';
import { KeyRing } from '../encryption/key-ring.ts';
import { isBackupError } from '../model/errors.ts';
import type { PoolId } from '../model/ids.ts';
import type { CallOptions } from '../storage/storage.ts';
import { loadCheckpoint, type LoadedCheckpoint } from './checkpoint-file.ts';
import type { ListingMode } from './checkpoint.ts';
import { checkpointKey, manifestKey } from './keys.ts';
import { lockedSnapshot } from './unlock-snapshot.ts';
import type { Vault } from './vault.ts';

/** A window longer than a day is no snapshot of a moment: an older start is left behind for a new one. */
const MAX_AGE_MS = 24 * 60 * 60 * 1000;

export interface UnfinishedQuery extends CallOptions {
  readonly now: Date;
  /** Asked for by hand: a snapshot begun in the other mode is not continued. */
  readonly mode?: ListingMode;
  /** A snapshot begun with other secrets than asked for is not continued. Default: false. */
  readonly includeSecrets?: boolean;
  /** The same for users' factors. Default: false. */
  readonly deep?: boolean;
}

/**
 * The snapshot of a pool that a backup goes on with: the newest unfinished one begun after the last that was finished, in the
 * same listing mode, with the same secrets and factors or none, and encrypted for the same.
 */
export async function findUnfinished(
  vault: Vault,
  poolId: PoolId,
  query: UnfinishedQuery,
): Promise<LoadedCheckpoint | undefined> {
  for (const ref of (await vault.snapshots(poolId, query)).toReversed()) {
    const loaded = await loadCheckpoint(vault.storage, checkpointKey(ref), query);
    // Asked after the checkpoint, which goes when the manifest stands: a snapshot finished in between is not passed over.
    if (await vault.storage.head(manifestKey(ref), query)) return undefined;
    if (loaded === undefined || loaded.checkpoint.snapshotId !== ref.id || loaded.checkpoint.poolId !== poolId)
      continue;
    const { abandoned, mode, secrets, deep = false, startedAt } = loaded.checkpoint;
    const ageMs = query.now.getTime() - new Date(startedAt).getTime();
    const isOpen = abandoned === undefined && ageMs <= MAX_AGE_MS && (query.mode ?? mode) === mode;
    const isAsAsked = secrets === (query.includeSecrets ?? false) && deep === (query.deep ?? false);
    if (isOpen && isAsAsked && (await isForTheSame(vault, loaded, query))) return loaded;
  }
  return undefined;
}

/** A passphrase may have been changed meanwhile: then the snapshot would open with the old one. */
async function isForTheSame(vault: Vault, { checkpoint }: LoadedCheckpoint, options: CallOptions): Promise<boolean> {
  const { encryption } = checkpoint;
  const { choice } = vault.keys;
  if (!isChoiceOf(encryption, choice)) return false;
  if (!encryption || !choice?.passphrase) return true;
  const ref = { poolId: checkpoint.poolId, id: checkpoint.snapshotId };
  const facts = { ...encryption, keyFiles: encryption.keyFiles.filter(({ kind }) => kind === 'passphrase') };
  try {
    await new KeyRing({ passphrase: choice.passphrase }).unlock(lockedSnapshot(vault, ref, facts, options));
    return true;
  } catch (error) {
    if (isBackupError(error, 'key-wrong', 'damaged')) return false;
    throw error;
  }
}
