import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { manualRuntime } from '../../src/runtime/manual-runtime.ts';
import { realRuntime } from '../../src/runtime/real-runtime.ts';
import { openLocalFolder } from '../../src/storage/local-folder.ts';
import { withStorageRetry } from '../../src/storage/retrying.ts';
import { simulatedS3 } from './simulated-s3.ts';
import { storageContract, type StorageUnderTest } from './storage.contract.ts';
import { stubAws } from '../support/environment.ts';

stubAws();

async function localFolder(): Promise<StorageUnderTest> {
  const parent = await mkdtemp(join(tmpdir(), 'storage-contract-'));
  const storage = await openLocalFolder(join(parent, 'vault'), { runtime: realRuntime, create: true });
  return { storage, close: () => rm(parent, { recursive: true }) };
}

async function retrying(make: () => Promise<StorageUnderTest>): Promise<StorageUnderTest> {
  const made = await make();
  return { ...made, storage: withStorageRetry(made.storage, { runtime: manualRuntime() }) };
}

storageContract('A local folder', localFolder);
storageContract('A local folder with retries', () => retrying(localFolder));
storageContract('An S3 prefix', () => simulatedS3('cognito/vault'));
storageContract('An S3 bucket with retries', () => retrying(() => simulatedS3('')));
storageContract('An S3 prefix without checksums', () =>
  simulatedS3('cognito', { requestChecksumCalculation: 'WHEN_REQUIRED' }),
);
