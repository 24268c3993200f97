import { isBackupError } from '../model/errors.ts';
import type { PoolId } from '../model/ids.ts';
import type { Sighting } from '../signing/seen-snapshots.ts';
import type { CallOptions } from '../storage/storage.ts';
import { isAccepted } from './acceptance.ts';
import { checkManifest } from './check-manifest.ts';
import { manifestKey, type SnapshotRef } from './keys.ts';
import { decodeManifest, type Manifest } from './manifest.ts';
import { sha256 } from './sha256.ts';
import { checkSignature } from './signed-manifest.ts';
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

/** Throws `damaged`, `vault-too-new` and, where signatures are asked for, `not-trusted`, naming the manifest. */
export async function readHead(vault: Vault, ref: SnapshotRef, options: CallOptions = {}): Promise<SnapshotHead> {
  const key = manifestKey(ref);
  const stored = await vault.storage.get(key, { ...options, maxBytes: MAX_INDEX_BYTES });
  if (stored === undefined) return { ref, state: 'unfinished' };
  const manifest = decodeManifest(stored.bytes, key);
  checkManifest(manifest, { ref, vaultId: vault.id });
  const manifestSha256 = sha256(stored.bytes);
  const { seen, verifier } = vault.trust;
  if (verifier) checkSignature('manifest', manifest, verifier, key);
  const state = manifest.status === 'complete' ? 'complete' : await stateOfSuspect(vault, ref, manifestSha256, options);
  if (state !== 'suspect') await seen?.see(sightingOf(ref, { manifest, manifestSha256 }));
  return { ref, state, manifest, manifestSha256 };
}

async function stateOfSuspect(
  vault: Vault,
  ref: SnapshotRef,
  manifestSha256: string,
  options: CallOptions,
): Promise<'accepted' | 'suspect'> {
  return (await isAccepted(vault, ref, manifestSha256, options)) ? 'accepted' : 'suspect';
}

function sightingOf(
  { id, poolId }: SnapshotRef,
  { manifest, manifestSha256 }: { readonly manifest: Manifest; readonly manifestSha256: string },
): Sighting {
  const { startedAt } = manifest.window;
  return { poolId, snapshotId: id, startedAt, manifestSha256 };
}

/** The newest snapshot of a pool that is complete or accepted. Those that are damaged, of a later format or not trusted are passed over. */
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
      if (!isUnusable(error)) throw error;
    }
  }
  return undefined;
}

/** Whether a manifest was refused for what it is: it says nothing then, but others beside it may. */
export function isUnusable(error: unknown): boolean {
  return isBackupError(error, 'damaged', 'vault-too-new', 'not-trusted');
}
