import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { BackupError } from '../../model/errors.ts';
import { withhold } from '../../model/withheld.ts';
import { throwIfInterrupted } from '../../runtime/interruption.ts';

export interface UploadOptions {
  readonly ca?: Buffer | string;
  readonly signal?: AbortSignal | undefined;
}

const IDLE_TIMEOUT_MS = 60_000;

/**
 * PUTs a file to the pre-signed URL of an import job. The URL holds for 15 minutes and signs the encryption header. [D] COGNITO-FACTS §3
 *
 * Errors: `file-not-found`, `unavailable` (network, HTTP 5xx), `import-failed` (refused).
 */
export async function uploadFile(preSignedUrl: string, path: string, options: UploadOptions = {}): Promise<void> {
  throwIfInterrupted(options.signal);
  const sizeBytes = await sizeOf(path);
  let status: number;
  try {
    status = await put(new URL(preSignedUrl), path, sizeBytes, options);
  } catch (error) {
    throwIfInterrupted(options.signal);
    throw new BackupError('unavailable', 'The upload of the import file broke off', { cause: withhold(error) });
  }
  if (status >= 500) throw new BackupError('unavailable', `The upload of the import file failed (HTTP ${status})`);
  if (status < 200 || status >= 300) {
    throw new BackupError('import-failed', `The upload of the import file was refused (HTTP ${status})`, {
      hint: 'The upload address holds for 15 minutes: run again, and check that no proxy changes the request',
    });
  }
}

async function put(url: URL, path: string, sizeBytes: number, options: UploadOptions): Promise<number> {
  const { ca, signal } = options;
  const requestOptions: RequestOptions = {
    method: 'PUT',
    headers: { 'content-length': sizeBytes, 'x-amz-server-side-encryption': 'aws:kms' },
    timeout: IDLE_TIMEOUT_MS,
    signal,
  };
  const request =
    url.protocol === 'https:'
      ? httpsRequest(url, ca === undefined ? requestOptions : { ...requestOptions, ca })
      : httpRequest(url, requestOptions);
  request.on('timeout', () => request.destroy(new Error('The upload stalled')));
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve);
    request.once('error', reject);
  });
  // An early refusal closes the connection under the file: the answer then says more than the broken pipe. What breaks the
  // file destroys the request too, and arrives as its error.
  pipeline(createReadStream(path), request).catch(() => undefined);
  const response = await answer;
  response.resume();
  return response.statusCode ?? 0;
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    throw new BackupError('file-not-found', `No readable import file at ${JSON.stringify(path)}`, { cause: error });
  }
}
