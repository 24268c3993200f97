import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CreateBucketCommand, type S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { createS3Service, type S3Service } from '../../src/simulator/s3/s3-handler.ts';
import { createS3Client } from '../../src/storage/s3-client.ts';
import { openS3 } from '../../src/storage/s3.ts';
import type { StorageUnderTest } from './storage.contract.ts';

export const BUCKET = 'vaults';

export interface SimulatedS3 extends StorageUnderTest {
  readonly service: S3Service;
  readonly client: S3Client;
  readonly endpoint: string;
}

/** A storage on a fresh simulated S3. Credentials come from the environment. */
export async function simulatedS3(
  prefix: string,
  config: Pick<S3ClientConfig, 'requestChecksumCalculation'> = {},
): Promise<SimulatedS3> {
  const service = createS3Service({ clock: () => Date.UTC(2026, 10, 22) });
  const server = await startServer((request, response) => void service.handle(request, response));
  const client = createS3Client({ endpoint: server.endpoint, region: 'us-east-1' });
  if (config.requestChecksumCalculation) {
    const value = config.requestChecksumCalculation;
    client.config.requestChecksumCalculation = typeof value === 'function' ? value : () => Promise.resolve(value);
  }
  await client.send(new CreateBucketCommand({ Bucket: BUCKET }));
  return {
    service,
    client,
    endpoint: server.endpoint,
    storage: openS3(client, { bucket: BUCKET, prefix }),
    close: async () => {
      client.destroy();
      await server.close();
    },
  };
}

async function startServer(
  listener: RequestListener,
): Promise<{ readonly endpoint: string; readonly close: () => Promise<void> }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
