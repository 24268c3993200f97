import { randomBytes } from 'node:crypto';
import { CreateBucketCommand, DeleteBucketCommand, type S3Client } from '@aws-sdk/client-s3';
import { describe, it } from 'vitest';
import { createS3Client } from '../../src/storage/s3-client.ts';
import { openS3 } from '../../src/storage/s3.ts';
import type { Storage } from '../../src/storage/storage.ts';
import type { StorageUnderTest } from '../contracts/storage.contract.ts';

interface RealS3 {
  readonly endpoint: string;
  readonly region: string;
  /** A bucket to use and keep; made for each test file and removed again where absent. */
  readonly bucket: string | undefined;
}

/** Where the tests on a real S3 find one; the credentials are those of every AWS tool. */
const REAL_S3: RealS3 | undefined = process.env['COGNITO_BACKUP_TEST_S3']
  ? {
      endpoint: process.env['COGNITO_BACKUP_TEST_S3'],
      region: process.env['COGNITO_BACKUP_TEST_S3_REGION'] ?? 'us-east-1',
      bucket: process.env['COGNITO_BACKUP_TEST_S3_BUCKET'],
    }
  : undefined;

/** Tests that need it; where there is none, one test that is skipped says so by its name. */
export function onRealS3(name: string, tests: () => void): void {
  if (!REAL_S3) {
    it.skip(`${name} on a real S3 (runs where COGNITO_BACKUP_TEST_S3 names one: npm run test:s3)`, () => {});
    return;
  }
  describe(`${name} on a real S3`, () => {
    tests();
  });
}

/** What commands and functions need in their environment to find it, besides Cognito's own endpoint. */
export function realS3Environment({ s3 }: RealBucket, cognitoEndpoint: string): Record<string, string | undefined> {
  const credentials = Object.entries(process.env).filter(([name]) => name.startsWith('AWS_') || name === 'HOME');
  return {
    ...Object.fromEntries(credentials),
    AWS_ENDPOINT_URL: undefined,
    AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: cognitoEndpoint,
    AWS_ENDPOINT_URL_S3: s3.endpoint,
    AWS_REGION: s3.region,
  };
}

/** A bucket on the real S3 for one test file. */
export interface RealBucket {
  readonly s3: RealS3;
  readonly bucket: string;
  /** A client of its own, as another process has it. */
  newClient(): S3Client;
  /** A storage that nobody used before; `close` empties it. */
  fresh(): StorageUnderTest & { readonly prefix: string };
  close(): Promise<void>;
}

/** Credentials come from the environment. */
export async function openRealBucket(): Promise<RealBucket> {
  if (!REAL_S3) throw new Error('COGNITO_BACKUP_TEST_S3 names no endpoint');
  const s3 = REAL_S3;
  const clients: S3Client[] = [];
  const newClient = (): S3Client => {
    const made = createS3Client({ endpoint: s3.endpoint, region: s3.region });
    clients.push(made);
    return made;
  };
  const client = newClient();
  const bucket = s3.bucket ?? `cognito-backup-test-${randomBytes(6).toString('hex')}`;
  if (!s3.bucket) await client.send(new CreateBucketCommand({ Bucket: bucket }));
  return {
    s3,
    bucket,
    newClient,
    fresh: () => {
      const prefix = `test-${randomBytes(6).toString('hex')}`;
      const storage = openS3(client, { bucket, prefix });
      return { storage, prefix, close: () => empty(storage) };
    },
    close: async () => {
      if (!s3.bucket) await client.send(new DeleteBucketCommand({ Bucket: bucket }));
      for (const made of clients) made.destroy();
    },
  };
}

async function empty(storage: Storage): Promise<void> {
  const keys: string[] = [];
  for await (const { key } of storage.list('')) keys.push(key);
  for (let at = 0; at < keys.length; at += 32) {
    await Promise.all(keys.slice(at, at + 32).map((key) => storage.delete(key)));
  }
}
