import * as z from 'zod';
import { BackupError, isBackupError } from '../model/errors.ts';
import type { CallOptions } from '../storage/storage.ts';
import { decodeDigested, encodeDigested, FORMAT_VERSION } from './digested-json.ts';
import { acceptedKey, type SnapshotRef } from './keys.ts';
import { instant, signature, snapshotId } from './manifest.ts';
import { checkSignature, signed, signedLike } from './signed-manifest.ts';
import { MAX_NOTE_BYTES } from './size-limits.ts';
import type { Vault } from './vault.ts';

const acceptance = z.strictObject({
  format: z.literal(FORMAT_VERSION),
  snapshotId,
  manifestSha256: z.string(),
  acceptedAt: instant,
  signature: signature.exactOptional(),
  digest: z.string(),
});

export type Acceptance = z.infer<typeof acceptance>;

/**
 * Writes `accepted.json` beside the manifest, which itself never changes. Writing it twice is no error; a marker that
 * stands there and accepts something else is `damaged`. `like`: the marker that it takes the place of.
 */
export async function writeAcceptance(
  vault: Vault,
  ref: SnapshotRef,
  facts: { readonly manifestSha256: string; readonly acceptedAt: Date; readonly like?: Acceptance },
): Promise<void> {
  const { manifestSha256, acceptedAt, like } = facts;
  const { storage, trust } = vault;
  const file = { format: FORMAT_VERSION, snapshotId: ref.id, manifestSha256, acceptedAt: acceptedAt.toISOString() };
  const marker = like ? signedLike('acceptance', file, like, trust) : signed('acceptance', file, trust.signer);
  if (await storage.putIfAbsent(acceptedKey(ref), encodeDigested(marker))) return;
  if (await isAccepted(vault, ref, manifestSha256)) return;
  throw new BackupError('damaged', `${acceptedKey(ref)} does not belong to this manifest`, {
    hint: 'Remove that file, then accept the snapshot again',
  });
}

/** Whether an operator accepted exactly this manifest; a marker that cannot be trusted accepts nothing. */
export async function isAccepted(
  vault: Vault,
  ref: SnapshotRef,
  manifestSha256: string,
  options: CallOptions = {},
): Promise<boolean> {
  return (await readAcceptance(vault, ref, manifestSha256, options)) !== undefined;
}

/** The marker by which an operator accepted exactly this manifest. */
export async function readAcceptance(
  vault: Vault,
  ref: SnapshotRef,
  manifestSha256: string,
  options: CallOptions = {},
): Promise<Acceptance | undefined> {
  try {
    const stored = await vault.storage.get(acceptedKey(ref), { ...options, maxBytes: MAX_NOTE_BYTES });
    if (stored === undefined) return undefined;
    const marker = decodeDigested(stored.bytes, acceptedKey(ref), acceptance);
    if (vault.trust.verifier) checkSignature('acceptance', marker, vault.trust.verifier, acceptedKey(ref));
    const isOfThis = marker.snapshotId === ref.id && marker.manifestSha256 === manifestSha256;
    return isOfThis ? marker : undefined;
  } catch (error) {
    if (isBackupError(error, 'damaged', 'vault-too-new', 'not-trusted')) return undefined;
    throw error;
  }
}
