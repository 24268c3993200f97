import { isUtf8 } from 'node:buffer';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Open, Seal } from '../encryption/age.ts';
import { damaged } from './damaged.ts';
import { PartBuilder, type PartFacts, type SealedPart } from './part-builder.ts';
import { sha256 } from './sha256.ts';

export type { PartFacts, SealedPart } from './part-builder.ts';

const gunzipAsync = promisify(gunzip);

/** Packs lines (without their newlines) into one part, encrypted where `seal` is given. */
export async function sealPart(lines: readonly string[], seal?: Seal): Promise<SealedPart> {
  const part = new PartBuilder();
  await part.add(lines);
  return part.finish(seal);
}

/** Checks the stored size and hash: all that can be told without a key. Throws `damaged`, naming `key`. */
export function checkStored(bytes: Uint8Array, facts: Pick<PartFacts, 'sizeBytes' | 'sha256'>, key: string): void {
  if (bytes.length !== facts.sizeBytes)
    throw damaged(key, `it has ${bytes.length} bytes instead of ${facts.sizeBytes}`);
  if (sha256(bytes) !== facts.sha256) throw damaged(key, 'its SHA-256 does not match the manifest');
}

/**
 * Unpacks a part, checked whole before a line is handed out: stored size and hash first, then (with `open`) decryption, then
 * unpacking that stops at the promised size, then plain hash and count. Throws `damaged`, naming `key`.
 */
export async function openPart(
  bytes: Uint8Array,
  facts: PartFacts,
  key: string,
  open?: Open,
): Promise<readonly string[]> {
  checkStored(bytes, facts, key);
  const plain = await unpack(open ? await decrypt(bytes, key, open) : bytes, facts.plainBytes, key);
  if (facts.plainSha256 !== undefined && sha256(plain) !== facts.plainSha256)
    throw damaged(key, 'the SHA-256 of its content does not match the manifest');
  if (!isUtf8(plain)) throw damaged(key, 'its content is not UTF-8');
  const lines = plain.toString('utf8').split('\n');
  if (lines.pop() !== '') throw damaged(key, 'its last line is not complete');
  if (lines.length !== facts.records) throw damaged(key, `it has ${lines.length} records instead of ${facts.records}`);
  return lines;
}

/** The key is known to fit: it was compared before. What does not open with it was made by somebody else. */
async function decrypt(bytes: Uint8Array, key: string, open: Open): Promise<Uint8Array> {
  try {
    return await open(bytes);
  } catch (error) {
    throw damaged(key, 'it does not decrypt with the key of its snapshot', error);
  }
}

async function unpack(bytes: Uint8Array, plainBytes: number, key: string): Promise<Buffer> {
  let plain: Buffer;
  try {
    plain = await gunzipAsync(bytes, { maxOutputLength: plainBytes });
  } catch (error) {
    throw damaged(key, `it does not unpack to ${plainBytes} bytes`, error);
  }
  if (plain.length !== plainBytes) throw damaged(key, `it unpacks to ${plain.length} bytes instead of ${plainBytes}`);
  if (!endsWithItsMember(bytes, plainBytes)) throw damaged(key, 'something stands behind its content');
  return plain;
}

/** A gzip member ends with the size of its content (RFC 1952); what follows it, gunzip passes over or takes for more. */
function endsWithItsMember(bytes: Uint8Array, plainBytes: number): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).readUInt32LE(bytes.length - 4) === plainBytes;
}
