import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isBackupError } from '../model/errors.ts';
import { createS3Client } from './s3-client.ts';
import { openS3 } from './s3.ts';
import type { Storage } from './storage.ts';
import { stubAws, stubEnvironment } from '../../test/support/environment.ts';

stubAws();

let answer: (response: ServerResponse) => void;
let server: Server;
let client: S3Client;
let storage: Storage;

beforeEach(async () => {
  server = createServer((request, response) => {
    request.resume();
    request.on('end', () => answer(response));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  client = createS3Client({ endpoint: endpoint(), region: 'us-east-1' });
  storage = openS3(client, { bucket: 'bucket', prefix: '' });
});
afterEach(async () => {
  client.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const endpoint = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const list = async (): Promise<unknown> => storage.list('')[Symbol.asyncIterator]().next();
const put = (): Promise<unknown> => storage.put('key', new Uint8Array(3));

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isBackupError(error)) throw new Error('Expected a BackupError', { cause: error });
  return { code: error.code, message: error.message, hint: error.hint };
}

function answering(status: number, body: string, headers: Record<string, string> = {}): void {
  answer = (response) => void response.writeHead(status, headers).end(body);
}

function errorDocument(code: string, more = ''): string {
  return `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>no</Message>${more}</Error>`;
}

describe('What S3 answers', () => {
  it.each([
    [400, 'ExpiredToken', 'credentials'],
    [403, 'InvalidAccessKeyId', 'credentials'],
    [403, 'SignatureDoesNotMatch', 'credentials'],
    [403, 'RequestTimeTooSkewed', 'credentials'],
    [403, 'AccessDenied', 'not-authorized'],
    [403, 'AllAccessDisabled', 'not-authorized'],
    [404, 'NoSuchBucket', 'vault-not-found'],
    [400, 'RequestTimeout', 'unavailable'],
    [409, 'OperationAborted', 'unavailable'],
    [500, 'InternalError', 'unavailable'],
    [503, 'SlowDown', 'unavailable'],
    [501, 'NotImplemented', 'storage-failed'],
    [400, 'InvalidRequest', 'storage-failed'],
    [400, 'KMS.DisabledException', 'storage-failed'],
  ])('%i %s is %s', async (status, awsName, code) => {
    answering(status, errorDocument(awsName));
    expect(await failureOf(list())).toMatchObject({ code, message: `Cannot list s3://bucket: ${awsName}` });
    expect(await failureOf(put())).toMatchObject({ code, message: `Cannot write "key" in s3://bucket: ${awsName}` });
  });

  it.each([
    [301, 'PermanentRedirect', '', { 'x-amz-bucket-region': 'eu-west-1' }],
    [400, 'AuthorizationHeaderMalformed', '<Region>eu-west-1</Region>', {}],
  ])('%i %s is a wrong Region, and says which is right', async (status, awsName, more, headers) => {
    answering(status, errorDocument(awsName, more), headers);
    expect(await failureOf(list())).toMatchObject({
      code: 'usage',
      hint: 'The bucket is in "eu-west-1": name that, for example with AWS_REGION',
    });
  });

  it.each([
    ['a web page', '<html><head><meta a></head><body><p>Sign in<br></body>'],
    ['a well-formed web page', '<html><body><p>Sign in</p></body></html>'],
    ['JSON', '{"message":"hello"}'],
    ['half a document', '<?xml version="1.0"?><ListBucketResult><IsTrunc'],
    ['nothing', ''],
  ])('%s with status 200 is no empty vault and no stored object', async (_, body) => {
    answering(200, body);
    const unreadable = { code: 'unreadable-answer', hint: expect.stringContaining('is not S3') };
    expect(await failureOf(list())).toMatchObject(unreadable);
    expect(await failureOf(storage.head('key'))).toMatchObject(unreadable);
    expect(await failureOf(storage.get('key'))).toMatchObject(unreadable);
    expect(await failureOf(put())).toMatchObject(unreadable);
  });

  it('a web page with another status is judged by that', async () => {
    answering(502, '<html><br></html>');
    expect(await failureOf(list())).toMatchObject({ code: 'unavailable' });
    answering(403, '<html><br></html>');
    expect(await failureOf(list())).toMatchObject({
      code: 'unreadable-answer',
      message: "Cannot list s3://bucket: an answer that is not S3's, with status 403",
    });
  });

  it('a page that says it goes on but not where is unreadable', async () => {
    answering(200, '<?xml version="1.0"?><ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>');
    expect(await failureOf(list())).toMatchObject({ code: 'unreadable-answer' });
  });
});

describe('S3 that does not answer', () => {
  it('by a reset, in the middle of a body, or not at all, is unavailable', async () => {
    answer = (response) => response.socket?.destroy();
    expect(await failureOf(list())).toMatchObject({
      code: 'unavailable',
      message: 'Cannot list s3://bucket: ECONNRESET',
    });
    answer = (response) => {
      response.writeHead(200, { etag: '"tag"', 'content-length': '100' });
      response.write('half', () => response.socket?.destroy());
    };
    expect(await failureOf(storage.get('key'))).toMatchObject({ code: 'unavailable' });
    const stream = (await storage.stream('key'))!;
    expect(
      await failureOf(
        stream[Symbol.asyncIterator]()
          .next()
          .then(() => stream[Symbol.asyncIterator]().next()),
      ),
    ).toMatchObject({
      code: 'unavailable',
    });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    expect(await failureOf(list())).toMatchObject({ code: 'unavailable' });
    server.listen(0, '127.0.0.1');
  });

  it('until somebody interrupts is interrupted', async () => {
    const abort = new AbortController();
    answer = () => abort.abort();
    expect(await failureOf(storage.get('key', { signal: abort.signal }))).toMatchObject({ code: 'interrupted' });
  });
});

describe('A client without what it needs', () => {
  it('has no credentials', async () => {
    const bare = new S3Client({
      endpoint: endpoint(),
      region: 'us-east-1',
      maxAttempts: 1,
      credentials: () => Promise.reject(Object.assign(new Error('none'), { name: 'CredentialsProviderError' })),
    });
    expect(await failureOf(openS3(bare, { bucket: 'bucket', prefix: '' }).get('key'))).toMatchObject({
      code: 'credentials',
      message: 'No usable AWS credentials were found, so nothing was sent',
    });
  });

  it('has no Region', async () => {
    stubEnvironment({
      AWS_REGION: undefined,
      AWS_PROFILE: undefined,
      AWS_CONFIG_FILE: '/nowhere',
      AWS_SHARED_CREDENTIALS_FILE: '/nowhere',
    });
    const bare = openS3(createS3Client({}), { bucket: 'bucket', prefix: '' });
    expect(await failureOf(bare.get('key'))).toMatchObject({
      code: 'usage',
      message: expect.stringContaining('Region is missing'),
    });
  });
});
