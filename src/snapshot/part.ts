import { isUtf8 } from 'node:buffer';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Open, Seal } from '../encryption/age.ts';
import { damaged } from './damaged.ts';
import { PartBuilder, type PartFacts, type SealedPart } from './part-builder.ts';
import { sha256 } from './sha256.ts';

const gunzipAsync = promisify(gunzip);
const NEWLINE = 0x0a;
const LARGEST_PIECE = 4 * 1024 * 1024;
/** What zlib takes at least. */
const SMALLEST_PIECE = 64;

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
 * Unpacks a part to its lines, each with its newline, checked whole before one is handed out: stored size and hash first, then (with `open`) decryption, then
 * unpacking that stops at the promised size, then plain hash and count. Throws `damaged`, naming `key`.
 */
export async function openPart(bytes: Uint8Array, facts: PartFacts, key: string, open?: Open): Promise<Buffer> {
  checkStored(bytes, facts, key);
  const plain = await unpack(open ? await decrypt(bytes, key, open) : bytes, facts.plainBytes, key);
  if (facts.plainSha256 !== undefined && sha256(plain) !== facts.plainSha256)
    throw damaged(key, 'the SHA-256 of its content does not match the manifest');
  if (!isUtf8(plain)) throw damaged(key, 'its content is not UTF-8');
  if (plain.length > 0 && plain.at(-1) !== NEWLINE) throw damaged(key, 'its last line is not complete');
  const records = countLines(plain);
  if (records !== facts.records) throw damaged(key, `it has ${records} records instead of ${facts.records}`);
  return plain;
}

/** The lines of an opened part, without their newlines. */
export function* linesOf(plain: Buffer): Generator<string> {
  for (const [start, end] of lineRanges(plain)) yield plain.toString('utf8', start, end);
}

/** Where each line of an opened part begins, and where its newline stands. */
export function* lineRanges(plain: Buffer): Generator<readonly [start: number, end: number]> {
  let start = 0;
  while (start < plain.length) {
    const end = plain.indexOf(NEWLINE, start);
    yield [start, end];
    start = end + 1;
  }
}

function countLines(plain: Buffer): number {
  let lines = 0;
  for (let at = plain.indexOf(NEWLINE); at !== -1; at = plain.indexOf(NEWLINE, at + 1)) lines += 1;
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
    // In as few pieces as can be: each is handed over by another thread, and copied.
    const chunkSize = Math.min(Math.max(plainBytes + 1, SMALLEST_PIECE), LARGEST_PIECE);
    plain = await gunzipAsync(bytes, { maxOutputLength: plainBytes, chunkSize });
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
