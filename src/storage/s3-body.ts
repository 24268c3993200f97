import { createHash } from 'node:crypto';
import type { ReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { localError } from './local-errors.ts';
import type { Body } from './storage.ts';

/** The part of a PutObject that carries the bytes. */
interface S3Upload {
  readonly Body: Uint8Array | ReadStream;
  readonly ContentLength: number;
  readonly ChecksumSHA256?: string;
}

interface S3UploadOptions {
  /** Whether the client sends checksums unasked (`requestChecksumCalculation: WHEN_SUPPORTED`, the default). */
  readonly checksums: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Opens a body for one attempt, hands it to `send`, and closes it whatever happens. A file goes as a plain stream of known
 * length with its digest ahead of it: left to itself the SDK sends a stream as aws-chunked with a trailer, which some
 * S3-compatible servers refuse or store as content. Throws `storage-failed` and the like where the file cannot be read.
 */
export async function withUpload<T>(
  body: Body,
  options: S3UploadOptions,
  send: (upload: S3Upload, signal: AbortSignal | undefined) => Promise<T>,
): Promise<T> {
  if (body instanceof Uint8Array) return send({ Body: body, ContentLength: body.length }, options.signal);
  const failed = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, failed.signal]) : failed.signal;
  const upload = await openFile(body.path, options.checksums);
  upload.Body.once('error', (error) => failed.abort(unreadable(error, body.path)));
  try {
    return await send(upload, signal);
  } catch (error) {
    throw failed.signal.aborted ? failed.signal.reason : error;
  } finally {
    upload.Body.destroy();
  }
}

async function openFile(path: string, checksums: boolean): Promise<S3Upload & { readonly Body: ReadStream }> {
  try {
    const handle = await open(path);
    try {
      const { size } = await handle.stat();
      const hash = createHash('sha256');
      if (checksums) {
        const chunks: AsyncIterable<Uint8Array> = handle.createReadStream({ autoClose: false, start: 0 });
        for await (const chunk of chunks) hash.update(chunk);
      }
      return {
        Body: handle.createReadStream({ start: 0 }),
        ContentLength: size,
        ...(checksums && { ChecksumSHA256: hash.digest('base64') }),
      };
    } catch (error) {
      await handle.close();
      throw error;
    }
  } catch (error) {
    throw unreadable(error, path);
  }
}

function unreadable(error: unknown, path: string): Error {
  return localError(error, 'read', `the file to be stored ${JSON.stringify(path)}`);
}
