import type { IncomingMessage } from 'node:http';
import { decodeAwsChunked } from './aws-chunked.ts';
import { verifyChecksums, verifyContentMd5, verifyContentSha256 } from './checksums.ts';
import { invalidArgument, S3Error } from './s3-error.ts';

/** A path-style S3 request line: `/<bucket>/<key>?<query>`. The key is empty for requests on the bucket. */
export interface S3Address {
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
}

export interface S3Body {
  readonly bytes: Buffer;
  /** The checksum headers and trailers that were sent, all of them verified. */
  readonly checksums: readonly (readonly [name: string, value: string])[];
}

/** Largest body of one PutObject. Source: S3 user guide, "Uploading objects", 2026-11. */
const LARGEST_OBJECT_BYTES = 5 * 1024 ** 3;

/** Splits a request line by hand: the URL parser would resolve `..` inside a key. */
export function parseAddress(requestLine: string): S3Address {
  const mark = requestLine.indexOf('?');
  const path = mark < 0 ? requestLine : requestLine.slice(0, mark);
  const slash = path.indexOf('/', 1);
  try {
    return {
      bucket: decodeURIComponent(slash < 0 ? path.slice(1) : path.slice(1, slash)),
      key: slash < 0 ? '' : decodeURIComponent(path.slice(slash + 1)),
      query: new URLSearchParams(mark < 0 ? '' : requestLine.slice(mark + 1)),
    };
  } catch {
    throw new S3Error(400, 'InvalidURI', "Couldn't parse the specified URI.");
  }
}

export function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

/**
 * Reads a body whole, decodes `aws-chunked` and verifies every digest that came with it.
 * Throws `BadDigest`, `IncompleteBody`, `MissingContentLength` and their kin.
 */
export async function readBody(request: IncomingMessage): Promise<S3Body> {
  const decodedLength = headerOf(request, 'x-amz-decoded-content-length');
  const contentLength = headerOf(request, 'content-length');
  if (contentLength === undefined && decodedLength === undefined) {
    throw new S3Error(411, 'MissingContentLength', 'You must provide the Content-Length HTTP header.');
  }
  if (Number(decodedLength ?? contentLength) > LARGEST_OBJECT_BYTES) {
    throw new S3Error(400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size');
  }
  const raw = await collect(request);
  const { bytes, trailers } = isAwsChunked(request)
    ? decodeAwsChunked(raw)
    : { bytes: raw, trailers: new Map<string, string>() };
  if (decodedLength !== undefined && Number(decodedLength) !== bytes.length) {
    throw new S3Error(
      400,
      'IncompleteBody',
      'You did not provide the number of bytes specified by the Content-Length HTTP header',
    );
  }
  return { bytes, checksums: verify(request, bytes, trailers) };
}

function verify(request: IncomingMessage, bytes: Buffer, trailers: ReadonlyMap<string, string>): [string, string][] {
  for (const name of announcedTrailers(request)) {
    if (!trailers.has(name)) {
      throw new S3Error(400, 'MalformedTrailerError', 'The request announced a trailer that it did not send');
    }
  }
  const md5 = headerOf(request, 'content-md5');
  if (md5 !== undefined) verifyContentMd5(bytes, md5);
  const sha256 = headerOf(request, 'x-amz-content-sha256');
  if (sha256 !== undefined) verifyContentSha256(bytes, sha256);
  const headers = Object.keys(request.headers).map((name): [string, string] => [name, headerOf(request, name) ?? '']);
  return verifyChecksums(bytes, [...headers, ...trailers]);
}

function announcedTrailers(request: IncomingMessage): string[] {
  const names = headerOf(request, 'x-amz-trailer')?.split(',') ?? [];
  return names.map((name) => name.trim().toLowerCase()).filter((name) => name !== '');
}

/** Signed chunks are decoded too; the simulator does not check signatures. */
function isAwsChunked(request: IncomingMessage): boolean {
  const sha256 = headerOf(request, 'x-amz-content-sha256') ?? '';
  if (sha256.startsWith('STREAMING-')) return true;
  const encodings = headerOf(request, 'content-encoding') ?? '';
  if (encodings.split(',').some((encoding) => encoding.trim() === 'aws-chunked')) {
    throw invalidArgument('aws-chunked needs x-amz-content-sha256 to name a streaming mode');
  }
  return false;
}

async function collect(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
