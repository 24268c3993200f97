import type { KeyFileFacts } from '../encryption/encryption-facts.ts';
import type { CallOptions, Storage } from '../storage/storage.ts';
import { damaged } from './damaged.ts';
import { partKey, type SnapshotRef } from './keys.ts';
import { checkStored } from './part.ts';

/** The bytes of a key file as the manifest states them. Throws `damaged`, naming the file. */
export async function readKeyFile(
  storage: Storage,
  ref: SnapshotRef,
  file: KeyFileFacts,
  options: CallOptions = {},
): Promise<Uint8Array> {
  const key = partKey(ref, file.path);
  const stored = await storage.get(key, { ...options, maxBytes: file.sizeBytes });
  if (stored === undefined) throw damaged(key, 'it is missing');
  checkStored(stored.bytes, file, key);
  return stored.bytes;
}
