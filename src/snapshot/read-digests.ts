import type { CallOptions } from '../storage/storage.ts';
import { damaged } from './damaged.ts';
import { digestsPath, partKey } from './keys.ts';
import type { PartSource } from './read-part.ts';
import { DIGEST_BYTES } from './record-digests.ts';
import { sha256 } from './sha256.ts';
import { MAX_PART_RECORDS } from './size-limits.ts';

/** What the checkpoint says of a file of digests: the path of its part, how many there are, their SHA-256 in hex. */
export interface DigestsEntry {
  readonly path: string;
  readonly count: number;
  readonly sha256: string;
}

/** Reads the digests of a part's records. Throws `damaged`. */
export async function readDigests(
  { storage, ref }: PartSource,
  entry: DigestsEntry,
  options: CallOptions = {},
): Promise<Uint8Array> {
  const key = partKey(ref, digestsPath(entry.path));
  const stored = await storage.get(key, { ...options, maxBytes: MAX_PART_RECORDS * DIGEST_BYTES });
  if (stored === undefined) throw damaged(key, 'it is missing');
  if (sha256(stored.bytes) !== entry.sha256) throw damaged(key, 'its SHA-256 does not match the checkpoint');
  if (stored.bytes.length !== entry.count * DIGEST_BYTES) throw damaged(key, 'it does not fit its part');
  return stored.bytes;
}

/** One by one, as hex digits. */
export function digestTexts(digests: Uint8Array): string[] {
  const text = Buffer.from(digests.buffer, digests.byteOffset, digests.length).toString('hex');
  return text.match(/.{16}/g) ?? [];
}
