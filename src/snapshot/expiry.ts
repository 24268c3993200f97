import * as z from 'zod';
import { BackupError, isBackupError } from '../model/errors.ts';
import type { CallOptions } from '../storage/storage.ts';
import { decodeDigested, encodeDigested, FORMAT_VERSION } from './digested-json.ts';
import { expiredKey, type SnapshotRef } from './keys.ts';
import { digest, instant, snapshotId } from './manifest.ts';
import { MAX_NOTE_BYTES } from './size-limits.ts';
import type { Vault } from './vault.ts';

const expiry = z.strictObject({
  format: z.literal(FORMAT_VERSION),
  snapshotId,
  manifestSha256: digest,
  expiredAt: instant,
  digest: z.string(),
});

/** The mark on a snapshot that the retention policy has let go: it is removed when its grace period is over. */
export type Expiry = Readonly<z.infer<typeof expiry>>;

/** Reads `expired.json`; a mark that cannot be trusted, or marks another snapshot, marks nothing. */
export async function readExpiry(
  vault: Vault,
  ref: SnapshotRef,
  options: CallOptions = {},
): Promise<Expiry | undefined> {
  const key = expiredKey(ref);
  try {
    const stored = await vault.storage.get(key, { ...options, maxBytes: MAX_NOTE_BYTES });
    const mark = stored && decodeDigested(stored.bytes, key, expiry);
    return mark?.snapshotId === ref.id ? mark : undefined;
  } catch (error) {
    if (isBackupError(error, 'damaged', 'vault-too-new')) return undefined;
    throw error;
  }
}

/**
 * Writes `expired.json` beside the manifest, which itself never changes. A mark of this manifest that stands there stays,
 * one that marks nothing is replaced. Throws `locked` when somebody else keeps changing it.
 */
export async function markExpired(
  vault: Vault,
  ref: SnapshotRef,
  { manifestSha256, expiredAt }: { readonly manifestSha256: string; readonly expiredAt: Date },
  options: CallOptions = {},
): Promise<void> {
  const key = expiredKey(ref);
  const file = { format: FORMAT_VERSION, snapshotId: ref.id, manifestSha256, expiredAt: expiredAt.toISOString() };
  const bytes = encodeDigested(file);
  if (await vault.storage.putIfAbsent(key, bytes, options)) return;
  if ((await readExpiry(vault, ref, options))?.manifestSha256 === manifestSha256) return;
  await vault.storage.delete(key, options);
  if (await vault.storage.putIfAbsent(key, bytes, options)) return;
  if ((await readExpiry(vault, ref, options))?.manifestSha256 === manifestSha256) return;
  throw new BackupError('locked', `${key} is written by another run`, { hint: 'Run one prune of a vault at a time' });
}
