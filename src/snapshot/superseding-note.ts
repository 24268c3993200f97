import * as z from 'zod';
import { isBackupError } from '../model/errors.ts';
import type { CallOptions, Storage } from '../storage/storage.ts';
import { decodeDigested, encodeDigested, FORMAT_VERSION } from './digested-json.ts';
import { supersedingKey, type SnapshotRef } from './keys.ts';
import { instant, snapshotId } from './manifest.ts';
import { MAX_NOTE_BYTES } from './size-limits.ts';
import { storeOnce } from './store-once.ts';

const note = z.strictObject({
  format: z.literal(FORMAT_VERSION),
  snapshotId,
  supersedes: snapshotId,
  begunAt: instant,
  digest: z.string(),
});

/** What stands beside a snapshot that is being written in the place of another: its id is as old as that one's. */
export type SupersedingNote = Readonly<z.infer<typeof note>>;

export async function writeSupersedingNote(
  storage: Storage,
  ref: SnapshotRef,
  { supersedes, begunAt }: { readonly supersedes: SnapshotRef; readonly begunAt: Date },
): Promise<void> {
  const file = {
    format: FORMAT_VERSION,
    snapshotId: ref.id,
    supersedes: supersedes.id,
    begunAt: begunAt.toISOString(),
  };
  await storeOnce(storage, supersedingKey(ref), encodeDigested(file));
}

/** `undefined` where there is none, or none that can be trusted. */
export async function readSupersedingNote(
  storage: Storage,
  ref: SnapshotRef,
  options: CallOptions = {},
): Promise<SupersedingNote | undefined> {
  const key = supersedingKey(ref);
  try {
    const stored = await storage.get(key, { ...options, maxBytes: MAX_NOTE_BYTES });
    const read = stored && decodeDigested(stored.bytes, key, note);
    return read?.snapshotId === ref.id ? read : undefined;
  } catch (error) {
    if (isBackupError(error, 'damaged', 'vault-too-new')) return undefined;
    throw error;
  }
}
