import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { createS3Client } from './s3-client.ts';
import { openS3 } from './s3.ts';
import { stubAws } from '../../test/support/environment.ts';

afterEach(() => void vi.unstubAllEnvs());

const hasOpenssl = ((): boolean => {
  try {
    execFileSync('openssl', ['version']);
    return true;
  } catch {
    return false;
  }
})();

it.skipIf(!hasOpenssl)('an S3 client trusts a private server through AWS_CA_BUNDLE, and not without', async () => {
  const folder = await mkdtemp(join(tmpdir(), 's3-client-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  execFileSync('openssl', ['req', '-x509', ...newKey, '-keyout', key, '-out', cert, ...subject], { stdio: 'ignore' });
  const server = createServer({ key: await readFile(key), cert: await readFile(cert) }, (_, response) => {
    response.writeHead(200, { etag: '"tag"' }).end('content');
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  stubAws();
  const read = async (): Promise<unknown> => {
    const endpoint = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const client = createS3Client({ endpoint, region: 'us-east-1' });
    try {
      return await openS3(client, { bucket: 'bucket', prefix: '' }).get('key');
    } finally {
      client.destroy();
    }
  };
  try {
    vi.stubEnv('AWS_CA_BUNDLE', undefined);
    await expect(read()).rejects.toMatchObject({
      code: 'storage-failed',
      hint: expect.stringContaining('AWS_CA_BUNDLE'),
    });
    vi.stubEnv('AWS_CA_BUNDLE', cert);
    expect(await read()).toMatchObject({ sizeBytes: 7 });
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true });
  }
});

it.each([
  ['AWS_ENDPOINT_URL_S3', ''],
  ['AWS_ENDPOINT_URL', ''],
  ["a profile's endpoint_url", 'endpoint_url = ENDPOINT'],
  ["a profile's service section", 'services = local\n\n[services local]\ns3 =\n  endpoint_url = ENDPOINT'],
])('an S3 client addresses buckets by path at the endpoint of %s', async (where, configuration) => {
  const paths: (string | undefined)[] = [];
  const server = createHttpServer((request, response) => {
    paths.push(request.url);
    response.writeHead(200, { etag: '"tag"' }).end('content');
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  // Not by number: the SDK itself puts no bucket before that.
  const endpoint = `http://localhost:${(server.address() as AddressInfo).port}`;
  const folder = await mkdtemp(join(tmpdir(), 's3-client-'));
  await writeFile(join(folder, 'config'), `[default]\n${configuration.replace('ENDPOINT', endpoint)}\n`);
  stubAws();
  vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'config'));
  if (configuration === '') vi.stubEnv(where, endpoint);
  const client = createS3Client({ region: 'us-east-1' });
  try {
    await openS3(client, { bucket: 'bucket', prefix: '' }).get('key');
    expect(paths).toEqual(['/bucket/key?x-id=GetObject']);
  } finally {
    client.destroy();
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true });
  }
});

it('an S3 client addresses buckets by host name at AWS itself', async () => {
  const client = createS3Client({ region: 'us-east-1' });
  const { url } = client.config.endpointProvider({ Bucket: 'bucket', Region: 'us-east-1' });
  expect(url.hostname).toBe('bucket.s3.us-east-1.amazonaws.com');
  client.destroy();
});
