import { afterAll, beforeAll } from 'vitest';
import { realRuntime } from '../../src/runtime/real-runtime.ts';
import { withStorageRetry } from '../../src/storage/retrying.ts';
import { storageContract } from '../contracts/storage.contract.ts';
import { onRealS3, openRealBucket, type RealBucket } from './real-s3.ts';

onRealS3('the storage contract', () => {
  let bucket: RealBucket;
  beforeAll(async () => {
    bucket = await openRealBucket();
  });
  afterAll(() => bucket?.close());

  // With retries, as every command has it: a write that lost a race is answered with 500 by some servers.
  storageContract('A prefix of a real S3', async () => {
    const { storage, close } = bucket.fresh();
    return { storage: withStorageRetry(storage, { runtime: realRuntime }), close };
  });
});
