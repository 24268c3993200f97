import { S3Error } from './s3-error.ts';

/** Bytes of every chunk but the last must be at least this many. Source: S3 user guide, "Uploading objects using chunked transfer", 2026-11. */
const SMALLEST_CHUNK_BYTES = 8192;

export interface AwsChunkedBody {
  readonly bytes: Buffer;
  /** Trailer names in lower case. */
  readonly trailers: ReadonlyMap<string, string>;
}

/**
 * Decodes an `aws-chunked` body: `<hex size>[;extension]CRLF data CRLF … 0 CRLF trailers CRLF`.
 * Throws `IncompleteBody` where the body breaks off and `InvalidChunkSizeError` for small chunks in the middle.
 */
export function decodeAwsChunked(body: Buffer): AwsChunkedBody {
  const chunks: Buffer[] = [];
  let at = 0;
  let previousSize = SMALLEST_CHUNK_BYTES;
  for (;;) {
    const line = readLine(body, at);
    const size = chunkSize(line.text);
    at = line.end;
    if (size === 0) return { bytes: Buffer.concat(chunks), trailers: readTrailers(body, at) };
    if (previousSize < SMALLEST_CHUNK_BYTES) throw invalidChunkSize();
    previousSize = size;
    if (at + size + 2 > body.length || body.toString('latin1', at + size, at + size + 2) !== '\r\n') throw incomplete();
    chunks.push(body.subarray(at, at + size));
    at += size + 2;
  }
}

function readTrailers(body: Buffer, start: number): Map<string, string> {
  const trailers = new Map<string, string>();
  let at = start;
  while (at < body.length) {
    const line = readLine(body, at);
    at = line.end;
    if (line.text === '') break;
    const colon = line.text.indexOf(':');
    if (colon < 1) throw malformedTrailer();
    trailers.set(line.text.slice(0, colon).toLowerCase(), line.text.slice(colon + 1).trim());
  }
  return trailers;
}

function readLine(body: Buffer, start: number): { readonly text: string; readonly end: number } {
  const end = body.indexOf('\r\n', start, 'latin1');
  if (end < 0) throw incomplete();
  return { text: body.toString('latin1', start, end), end: end + 2 };
}

function chunkSize(line: string): number {
  const hex = line.split(';', 1)[0] ?? '';
  if (!/^[0-9a-f]{1,8}$/i.test(hex)) throw incomplete();
  return Number.parseInt(hex, 16);
}

const incomplete = (): S3Error =>
  new S3Error(400, 'IncompleteBody', 'The request body terminated unexpectedly or is no valid aws-chunked body');

const malformedTrailer = (): S3Error =>
  new S3Error(400, 'MalformedTrailerError', 'The request contained trailing data that was not well-formed');

const invalidChunkSize = (): S3Error =>
  new S3Error(403, 'InvalidChunkSizeError', 'Only the last chunk is allowed to have a size less than 8192 bytes');
