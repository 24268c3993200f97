import { isBackupError } from '../model/errors.ts';
import type { PoolId } from '../model/ids.ts';
import type { CallOptions } from '../storage/storage.ts';
import { isAccepted } from './acceptance.ts';
import { checkManifest } from './check-manifest.ts';
import { manifestKey, type SnapshotRef } from './keys.ts';
import { decodeManifest, type Manifest } from './manifest.ts';
import { sha256 } from './sha256.ts';
import { MAX_INDEX_BYTES } from './size-limits.ts';
import type { Vault } from './vault.ts';

/** What can be told of a snapshot without opening its parts. `accepted`: suspect, and an operator has accepted it. */
export type SnapshotHead =
  | {
      readonly ref: SnapshotRef;
      readonly state: 'complete' | 'suspect' | 'accepted';
      readonly manifest: Manifest;
      /** SHA-256 of the manifest's bytes as stored. */
      readonly manifestSha256: string;
    }
  /** No manifest: a backup is running, or was interrupted. */
  | { readonly ref: SnapshotRef; readonly state: 'unfinished' };

/** Throws `damaged` and `vault-too-new`, naming the manifest. */
export async function readHead(vault: Vault, ref: SnapshotRef, options: CallOptions = {}): Promise<SnapshotHead> {
  const key = manifestKey(ref);
  const stored = await vault.storage.get(key, { ...options, maxBytes: MAX_INDEX_BYTES });
  if (stored === undefined) return { ref, state: 'unfinished' };
  const manifest = decodeManifest(stored.bytes, key);
  checkManifest(manifest, { ref, vaultId: vault.id });
  const manifestSha256 = sha256(stored.bytes);
  if (manifest.status === 'complete') return { ref, state: 'complete', manifest, manifestSha256 };
  const accepted = await isAccepted(vault, ref, manifestSha256, options);
  return { ref, state: accepted ? 'accepted' : 'suspect', manifest, manifestSha256 };
}

/** The newest snapshot of a pool that is complete or accepted. Damaged manifests and those of a later format are passed over. */
export async function findLastGood(
  vault: Vault,
  poolId: PoolId,
  options: CallOptions = {},
): Promise<Extract<SnapshotHead, { manifest: Manifest }> | undefined> {
  for (const ref of (await vault.snapshots(poolId, options)).toReversed()) {
    try {
      const head = await readHead(vault, ref, options);
      if (head.state === 'complete' || head.state === 'accepted') return head;
    } catch (error) {
      if (!isBackupError(error, 'damaged', 'vault-too-new')) throw error;
    }
  }
  return undefined;
}
