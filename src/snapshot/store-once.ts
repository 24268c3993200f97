import { BackupError } from '../model/errors.ts';
import type { Storage } from '../storage/storage.ts';

/**
 * Writes an object that is never replaced. A lost race against ourselves (the answer to an earlier try went missing) is
 * recognised by equal bytes. Throws `locked` when somebody else's object stands there.
 */
export async function storeOnce(storage: Storage, key: string, bytes: Uint8Array): Promise<void> {
  if (await storage.putIfAbsent(key, bytes)) return;
  // Something of another size is not ours, and may be anything: it is not read.
  if ((await storage.head(key))?.sizeBytes === bytes.length) {
    const there = await storage.get(key, { maxBytes: bytes.length });
    if (there !== undefined && Buffer.from(there.bytes).equals(bytes)) return;
  }
  throw writtenByAnother(key);
}

export function writtenByAnother(key: string, cause?: unknown): BackupError {
  return new BackupError('locked', `${key} was written by another run`, {
    cause,
    hint: 'Two backups of one pool ran at once; let the other one finish, then look at the list of snapshots',
  });
}
