import { isBackupError } from '../model/errors.ts';
import { MAX_NOTE_BYTES } from '../snapshot/size-limits.ts';
import type { CallOptions, Storage } from '../storage/storage.ts';
import { decodeLease, type LeaseContent } from './lease-file.ts';

/** A lease as it stands in the vault; `content` is absent for bytes that are no lease. */
export interface StoredLease {
  readonly etag: string;
  readonly content: LeaseContent | undefined;
}

/** `undefined` where there is none. What is too large to be a lease is not read. */
export async function readLease(
  storage: Storage,
  key: string,
  options: CallOptions = {},
): Promise<StoredLease | undefined> {
  try {
    const stored = await storage.get(key, { ...options, maxBytes: MAX_NOTE_BYTES });
    return stored && { etag: stored.etag, content: decodeLease(stored.bytes) };
  } catch (error) {
    if (!isBackupError(error, 'damaged')) throw error;
    const there = await storage.head(key, options);
    return there && { etag: there.etag, content: undefined };
  }
}
