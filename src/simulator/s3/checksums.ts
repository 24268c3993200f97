import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { notImplemented, S3Error } from './s3-error.ts';

/** Every checksum that S3 knows by header; the simulator computes those the SDK can be told to use without add-ons. */
const COMPUTED: ReadonlyMap<string, (bytes: Buffer) => string> = new Map([
  ['x-amz-checksum-crc32', crc32Base64],
  ['x-amz-checksum-sha1', (bytes) => createHash('sha1').update(bytes).digest('base64')],
  ['x-amz-checksum-sha256', (bytes) => createHash('sha256').update(bytes).digest('base64')],
]);

const ANNOUNCEMENTS = new Set(['x-amz-checksum-algorithm', 'x-amz-checksum-mode', 'x-amz-checksum-type']);

/**
 * Verifies each `x-amz-checksum-*` among the given headers against the bytes; returns those that hold.
 * Throws `BadDigest` on a mismatch, `NotImplemented` for an algorithm that is not simulated.
 */
export function verifyChecksums(bytes: Buffer, headers: Iterable<readonly [string, string]>): [string, string][] {
  const verified: [string, string][] = [];
  for (const [name, expected] of headers) {
    if (!name.startsWith('x-amz-checksum-') || ANNOUNCEMENTS.has(name)) continue;
    const compute = COMPUTED.get(name);
    if (!compute) throw notImplemented(`the checksum ${name}`);
    if (compute(bytes) !== expected)
      throw badDigest(`The ${name.slice(15).toUpperCase()} you specified did not match the calculated checksum.`);
    verified.push([name, expected]);
  }
  return verified;
}

/** Verifies a `Content-MD5` header. Throws `InvalidDigest` where it is no MD5, `BadDigest` on a mismatch. */
export function verifyContentMd5(bytes: Buffer, expected: string): void {
  if (Buffer.from(expected, 'base64').length !== 16) {
    throw new S3Error(400, 'InvalidDigest', 'The Content-MD5 you specified was invalid.');
  }
  if (createHash('md5').update(bytes).digest('base64') !== expected) {
    throw badDigest('The Content-MD5 you specified did not match what we received.');
  }
}

/** Verifies `x-amz-content-sha256` where it is a digest and not the name of a streaming mode. */
export function verifyContentSha256(bytes: Buffer, expected: string): void {
  if (!/^[0-9a-f]{64}$/.test(expected)) return;
  if (createHash('sha256').update(bytes).digest('hex') === expected) return;
  throw new S3Error(
    400,
    'XAmzContentSHA256Mismatch',
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
  );
}

function crc32Base64(bytes: Buffer): string {
  const digest = Buffer.alloc(4);
  digest.writeUInt32BE(crc32(bytes));
  return digest.toString('base64');
}

function badDigest(message: string): S3Error {
  return new S3Error(400, 'BadDigest', message);
}
