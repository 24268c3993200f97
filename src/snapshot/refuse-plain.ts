import { BackupError } from '../model/errors.ts';
import type { PoolId } from '../model/ids.ts';
import type { CallOptions } from '../storage/storage.ts';
import { loadCheckpoint } from './checkpoint-file.ts';
import { checkpointKey } from './keys.ts';
import { isUnusable, readHead } from './snapshot-head.ts';
import type { Vault } from './vault.ts';

/**
 * Refuses to write personal data in the clear about a pool whose newest snapshot is encrypted: a forgotten option must not
 * undo what somebody decided, and what a versioned bucket has seen cannot be taken back. Throws `refused`.
 */
export async function refusePlain(vault: Vault, poolId: PoolId, options: CallOptions = {}): Promise<void> {
  if (vault.keys.choice || vault.keys.allowsPlain) return;
  if (!(await isNewestEncrypted(vault, poolId, options))) return;
  throw new BackupError('refused', `The newest snapshot of pool ${poolId} is encrypted, and this would not be`, {
    hint: 'Nothing was written. Name the recipients again with --encrypt-to, --passphrase-file or --kms-key, or mean it with --unencrypted',
  });
}

async function isNewestEncrypted(vault: Vault, poolId: PoolId, options: CallOptions): Promise<boolean> {
  for (const ref of (await vault.snapshots(poolId, options)).toReversed()) {
    try {
      const head = await readHead(vault, ref, options);
      if (head.state !== 'unfinished') return head.manifest.encryption !== null;
    } catch (error) {
      // A manifest that cannot be believed says nothing; the one before it may.
      if (!isUnusable(error)) throw error;
      continue;
    }
    const unfinished = await loadCheckpoint(vault.storage, checkpointKey(ref), options);
    if (unfinished) return unfinished.checkpoint.encryption !== null;
  }
  return false;
}
