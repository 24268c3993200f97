import { BackupError } from '../model/errors.ts';
import type { Observer } from '../model/events.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { openLocalFolder } from './local-folder.ts';
import { withStorageRetry } from './retrying.ts';
import type { S3ClientOptions } from './s3-client.ts';
import type { Storage } from './storage.ts';

export type StorageLocation =
  | { readonly kind: 'local'; readonly folder: string }
  /** The prefix has no slash at either end; empty means the whole bucket. */
  | { readonly kind: 's3'; readonly bucket: string; readonly prefix: string };

export interface OpenStorageOptions extends S3ClientOptions {
  readonly runtime: Runtime;
  readonly observer?: Observer;
  /** Makes a local folder where it is missing; a bucket is never made. */
  readonly create?: boolean;
}

/** Opens a folder or `s3://bucket/prefix` with retries. Throws `usage`, `vault-not-found`. */
export async function openStorage(location: string, options: OpenStorageOptions): Promise<Storage> {
  const parsed = parseStorageLocation(location);
  const { runtime, observer, create = false } = options;
  const storage =
    parsed.kind === 'local'
      ? await openLocalFolder(parsed.folder, { runtime, create })
      : await openBucket(parsed, options);
  return withStorageRetry(storage, { runtime, ...(observer && { observer }) });
}

/** The SDK is loaded for a vault that needs it alone. */
async function openBucket(
  location: Extract<StorageLocation, { readonly kind: 's3' }>,
  options: S3ClientOptions,
): Promise<Storage> {
  const [{ createS3Client }, { openS3 }] = await Promise.all([import('./s3-client.ts'), import('./s3.ts')]);
  return openS3(createS3Client(options), location);
}

/** Reads where a vault is: `s3://bucket/prefix`, or a path on this machine. Throws `usage`. */
export function parseStorageLocation(text: string): StorageLocation {
  if (/^s3:/i.test(text)) return parseS3(text);
  if (text.trim() === '') throw notALocation(text, 'it is empty');
  if (text.includes('\0')) throw notALocation(text, 'it holds a NUL character');
  // Two letters at least: "C:/vault" is a path.
  if (/^[a-z][a-z0-9+.-]+:\//i.test(text)) throw notALocation(text, 'only s3:// is a known scheme');
  return { kind: 'local', folder: text };
}

/** S3 itself wants 3 to 63 lower-case letters; older and compatible services are laxer. */
const BUCKET = /^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$/;

function parseS3(text: string): StorageLocation {
  const match = /^s3:\/\/([^/]*)(?:\/(.*))?$/.exec(text);
  if (!match) throw notALocation(text, 'an S3 location begins with s3://');
  const [, bucket = '', path = ''] = match;
  if (!BUCKET.test(bucket)) throw notALocation(text, `${JSON.stringify(bucket)} is no bucket name`);
  const prefix = path.replace(/\/+$/, '');
  const segments = prefix === '' ? [] : prefix.split('/');
  if (segments.some((segment) => segment === '' || segment === '.' || segment === '..')) {
    throw notALocation(text, 'the prefix has an empty, "." or ".." part');
  }
  return { kind: 's3', bucket, prefix };
}

function notALocation(text: string, reason: string): BackupError {
  return new BackupError('usage', `Not a storage location: ${JSON.stringify(text)}: ${reason}`, {
    hint: 'Give a folder, for example ./vault, or a bucket with an optional prefix: s3://my-bucket/cognito',
  });
}
