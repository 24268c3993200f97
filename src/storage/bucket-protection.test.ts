import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BUCKET, simulatedS3, type SimulatedS3 } from '../../test/contracts/simulated-s3.ts';
import { readBucketProtection } from './bucket-protection.ts';
import { locationProtection } from './location-protection.ts';
import { stubAws } from '../../test/support/environment.ts';

let s3: SimulatedS3;
beforeEach(async () => {
  stubAws();
  s3 = await simulatedS3('vault');
});
afterEach(async () => {
  await s3.close();
  vi.unstubAllEnvs();
});

describe('readBucketProtection', () => {
  it.each([
    [{}, 'off', 'off'],
    [{ suspended: true }, 'suspended', 'off'],
    [{ versioned: true }, 'on', 'off'],
    [{ versioned: true, objectLock: true }, 'on', {}],
    [
      { versioned: true, defaultRetention: { mode: 'GOVERNANCE', days: 30 } },
      'on',
      { retention: { mode: 'GOVERNANCE', days: 30 } },
    ],
  ])('tells of a bucket with %j', async (settings, versioning, objectLock) => {
    Object.assign(s3.service.buckets.get(BUCKET)!, settings);
    expect(await readBucketProtection(s3.client, BUCKET)).toEqual({ versioning, objectLock });
  });

  it('does not take a refusal, nor a server that knows neither, for an answer', async () => {
    for (const operation of ['GetBucketVersioning', 'GetObjectLockConfiguration'])
      s3.service.faults.failNext(operation, 403);
    const unknown = 'AccessDenied';
    expect(await readBucketProtection(s3.client, BUCKET)).toEqual({
      versioning: { unknown },
      objectLock: { unknown },
    });
    expect(await readBucketProtection(s3.client, 'nowhere')).toMatchObject({ versioning: { unknown: 'NoSuchBucket' } });
  });

  it('stops where somebody wants it to', async () => {
    await expect(readBucketProtection(s3.client, BUCKET, AbortSignal.abort())).rejects.toMatchObject({
      code: 'interrupted',
    });
  });
});

describe('locationProtection', () => {
  it('knows nothing of a folder, and asks S3 of a bucket', async () => {
    expect(await locationProtection('./vault', {})).toEqual({ kind: 'folder' });
    const { endpoint } = s3;
    expect(await locationProtection(`s3://${BUCKET}/vault`, { endpoint, region: 'us-east-1' })).toEqual({
      kind: 'bucket',
      bucket: BUCKET,
      versioning: 'off',
      objectLock: 'off',
    });
  });
});
