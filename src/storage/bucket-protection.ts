import { GetBucketVersioningCommand, GetObjectLockConfigurationCommand, type S3Client } from '@aws-sdk/client-s3';
import { throwIfInterrupted } from '../runtime/interruption.ts';
import { nameOf } from './s3-errors.ts';

/** What keeps the objects of a bucket from being lost; `unknown` with the reason that S3 gave for not telling. */
export interface BucketProtection {
  readonly versioning: 'on' | 'suspended' | 'off' | Unknown;
  readonly objectLock: ObjectLock | 'off' | Unknown;
}

export interface ObjectLock {
  /** What every object gets that comes without a retention of its own; absent where the bucket has no default. */
  readonly retention?: { readonly mode: string; readonly days: number };
}

export interface Unknown {
  readonly unknown: string;
}

/** What a bucket without Object Lock answers. Source: S3 API reference, GetObjectLockConfiguration, 2026-11. */
const NO_OBJECT_LOCK = 'ObjectLockConfigurationNotFoundError';
const DAYS_OF_A_YEAR = 365;

/** Asks S3 for both, one attempt each; reads alone. Never throws but `interrupted`: what cannot be learned is unknown. */
export async function readBucketProtection(
  client: S3Client,
  bucket: string,
  signal?: AbortSignal,
): Promise<BucketProtection> {
  const call = signal ? { abortSignal: signal } : {};
  const versioning = await known(async () => {
    const { Status } = await client.send(new GetBucketVersioningCommand({ Bucket: bucket }), call);
    return Status === 'Enabled' ? 'on' : Status === 'Suspended' ? 'suspended' : 'off';
  }, signal);
  const objectLock = await known(async () => lockOf(client, bucket, call), signal);
  return { versioning, objectLock };
}

async function lockOf(
  client: S3Client,
  bucket: string,
  call: { readonly abortSignal?: AbortSignal },
): Promise<ObjectLock | 'off'> {
  try {
    const command = new GetObjectLockConfigurationCommand({ Bucket: bucket });
    const { ObjectLockConfiguration: lock } = await client.send(command, call);
    if (lock?.ObjectLockEnabled !== 'Enabled') return 'off';
    const { Mode, Days, Years } = lock.Rule?.DefaultRetention ?? {};
    const days = Days ?? (Years ?? 0) * DAYS_OF_A_YEAR;
    return Mode !== undefined && days > 0 ? { retention: { mode: Mode, days } } : {};
  } catch (error) {
    if (nameOf(error) === NO_OBJECT_LOCK) return 'off';
    throw error;
  }
}

async function known<Answer>(ask: () => Promise<Answer>, signal?: AbortSignal): Promise<Answer | Unknown> {
  throwIfInterrupted(signal);
  try {
    return await ask();
  } catch (error) {
    throwIfInterrupted(signal);
    return { unknown: nameOf(error) };
  }
}
