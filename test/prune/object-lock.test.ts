import { CreateBucketCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { realRuntime } from '../../src/runtime/real-runtime.ts';
import { withStorageRetry } from '../../src/storage/retrying.ts';
import { openS3 } from '../../src/storage/s3.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { simulatedS3, type SimulatedS3 } from '../contracts/simulated-s3.ts';
import { stubAws } from '../support/environment.ts';

const Bucket = 'locked';
const UNTIL = new Date('2027-03-01T00:00:00.000Z');

let s3: SimulatedS3;
let storage: Storage;

beforeEach(async () => {
  stubAws();
  s3 = await simulatedS3('vault');
  await s3.client.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: true }));
  storage = withStorageRetry(openS3(s3.client, { bucket: Bucket, prefix: '' }), { runtime: realRuntime });
});

afterEach(async () => s3.close());

describe('a storage on S3', () => {
  it('tells retention and legal hold of an object when asked, and asks S3 only then', async () => {
    const lock = { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: UNTIL } as const;
    await s3.client.send(new PutObjectCommand({ Bucket, Key: 'kept', Body: 'x', ...lock }));
    await s3.client.send(new PutObjectCommand({ Bucket, Key: 'held', Body: 'x', ObjectLockLegalHoldStatus: 'ON' }));
    await s3.client.send(new PutObjectCommand({ Bucket, Key: 'free', Body: 'x' }));
    expect(await storage.head('kept')).not.toHaveProperty('lockedUntil');
    expect(s3.service.calls.get('HeadObject')).toBeUndefined();
    expect(await storage.head('kept', { lock: true })).toMatchObject({ lockedUntil: UNTIL.toISOString() });
    expect(await storage.head('held', { lock: true })).toMatchObject({ legalHold: true });
    expect(await storage.head('free', { lock: true })).toEqual(await storage.head('free'));
    expect(await storage.head('none', { lock: true })).toBeUndefined();
  });

  it('tells when a delete has left a version', async () => {
    await storage.put('one', Buffer.from('x'));
    let told = 0;
    await storage.delete('one', { onVersionKept: () => (told += 1) });
    expect(told).toBe(1);
    expect(await storage.head('one')).toBeUndefined();
    await s3.storage.put('two', Buffer.from('x'));
    await s3.storage.delete('two', { onVersionKept: () => (told += 1) });
    expect(told).toBe(1);
  });
});

describe('the simulated S3', () => {
  it('refuses a lock in a bucket without Object Lock, as S3 does', async () => {
    const upload = { Bucket: 'vaults', Key: 'x', Body: 'x', ObjectLockLegalHoldStatus: 'ON' } as const;
    await expect(s3.client.send(new PutObjectCommand(upload))).rejects.toMatchObject({ name: 'InvalidRequest' });
  });

  it('shows the default retention of a bucket', async () => {
    s3.service.buckets.get(Bucket)!.defaultRetention = { mode: 'COMPLIANCE', days: 10 };
    await storage.put('one', Buffer.from('x'));
    const { ObjectLockMode, ObjectLockRetainUntilDate } = await s3.client.send(
      new HeadObjectCommand({ Bucket, Key: 'one' }),
    );
    expect([ObjectLockMode, ObjectLockRetainUntilDate]).toEqual(['COMPLIANCE', new Date('2026-12-02T00:00:00Z')]);
  });
});
