import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createS3Handler, createS3Service, type S3Service } from './s3-handler.ts';

const NOW = Date.parse('2026-11-22T12:00:00.000Z');
const Bucket = 'vault-bucket';

let service: S3Service;
let server: Server;
let endpoint: string;
let client: S3Client;

beforeEach(async () => {
  service = createS3Service({ clock: () => NOW });
  service.putBucket(Bucket);
  server = createServer((incoming, response) => void service.handle(incoming, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  // Nothing but endpoint, path style and what an environment would give: the checksum defaults are the SDK's own.
  client = new S3Client({
    endpoint,
    forcePathStyle: true,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'simulated', secretAccessKey: 'simulated' },
    maxAttempts: 1,
  });
});

afterEach(() => {
  client.destroy();
  server.closeAllConnections();
  server.close();
});

const put = (Key: string, Body: string | Uint8Array = 'x', more: object = {}) =>
  client.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));

const errorOf = async (call: Promise<unknown>): Promise<{ name: string; status: number | undefined }> => {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown as { name: string; $metadata?: { httpStatusCode?: number } },
  );
  if (!error) throw new Error('the call was expected to fail');
  return { name: error.name, status: error.$metadata?.httpStatusCode };
};

describe('objects', () => {
  test('put, head and get return the same bytes, ETag, type and metadata', async () => {
    const bytes = randomBytes(100_000);
    const stored = await put('a/b.bin', bytes, { ContentType: 'application/gzip', Metadata: { kind: 'part' } });
    const etag = `"${createHash('md5').update(bytes).digest('hex')}"`;
    expect(stored.ETag).toBe(etag);
    expect(stored.ChecksumCRC32).toBeTypeOf('string');
    const head = await client.send(new HeadObjectCommand({ Bucket, Key: 'a/b.bin' }));
    expect(head).toMatchObject({
      ETag: etag,
      ContentLength: 100_000,
      ContentType: 'application/gzip',
      Metadata: { kind: 'part' },
    });
    expect(head.LastModified?.getTime()).toBe(NOW);
    const got = await client.send(new GetObjectCommand({ Bucket, Key: 'a/b.bin' }));
    expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(bytes)).toBe(true);
    expect(got.ChecksumCRC32).toBe(stored.ChecksumCRC32);
  });

  test('a stream arrives without its chunk framing', async () => {
    const pieces = [randomBytes(65_536), randomBytes(65_536), randomBytes(17)];
    const bytes = Buffer.concat(pieces);
    await client.send(
      new PutObjectCommand({
        Bucket,
        Key: 'streamed',
        Body: Readable.from(pieces),
        ContentLength: bytes.length,
        ContentEncoding: 'gzip',
      }),
    );
    const got = await client.send(new GetObjectCommand({ Bucket, Key: 'streamed' }));
    expect(got.ContentEncoding).toBe('gzip');
    expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(bytes)).toBe(true);
  });

  test('a body of unknown length is refused as S3 refuses it', async () => {
    const body = new Blob(['content']).stream();
    const response = await fetch(`${endpoint}/${Bucket}/k`, { method: 'PUT', body, duplex: 'half' });
    expect([response.status, (await response.text()).includes('MissingContentLength')]).toEqual([411, true]);
  });

  test('a stream of small pieces is refused as S3 refuses it', async () => {
    const Body = Readable.from([randomBytes(100), randomBytes(100)]);
    const call = client.send(new PutObjectCommand({ Bucket, Key: 'k', Body, ContentLength: 200 }));
    expect((await errorOf(call)).name).toBe('InvalidChunkSizeError');
  });

  test('an empty object and a body above 100 MB survive', async () => {
    await put('empty', '');
    await put('large', Buffer.alloc(105 * 1024 * 1024, 7));
    const page = await client.send(new ListObjectsV2Command({ Bucket }));
    expect(page.Contents?.map((entry) => [entry.Key, entry.Size])).toEqual([
      ['empty', 0],
      ['large', 110_100_480],
    ]);
  });

  test('keys with every kind of character come back as they were', async () => {
    const keys = ['..', 'a/../b', 'a//b', 'sp ace+plus', '=cmd|&<>"\'', 'ünï/日本/😀', '100%', '#?x', 'line\nbreak'];
    for (const key of keys) await put(key, key);
    for (const key of keys) {
      const got = await client.send(new GetObjectCommand({ Bucket, Key: key }));
      expect(await got.Body?.transformToString()).toBe(key);
    }
    const page = await client.send(new ListObjectsV2Command({ Bucket }));
    expect(new Set(page.Contents?.map((entry) => entry.Key))).toEqual(new Set(keys));
  });

  test('ranges answer the bytes asked for', async () => {
    await put('k', '0123456789');
    const range = async (Range: string) => {
      const got = await client.send(new GetObjectCommand({ Bucket, Key: 'k', Range }));
      return [got.ContentRange, await got.Body?.transformToString()];
    };
    expect(await range('bytes=2-4')).toEqual(['bytes 2-4/10', '234']);
    expect(await range('bytes=8-')).toEqual(['bytes 8-9/10', '89']);
    expect(await range('bytes=-3')).toEqual(['bytes 7-9/10', '789']);
    const beyond = client.send(new GetObjectCommand({ Bucket, Key: 'k', Range: 'bytes=10-' }));
    expect(await errorOf(beyond)).toEqual({ name: 'InvalidRange', status: 416 });
  });

  test('what is missing is reported by S3 error codes', async () => {
    expect(await errorOf(client.send(new GetObjectCommand({ Bucket, Key: 'no' })))).toEqual({
      name: 'NoSuchKey',
      status: 404,
    });
    expect((await errorOf(client.send(new HeadObjectCommand({ Bucket, Key: 'no' })))).status).toBe(404);
    const elsewhere = client.send(new ListObjectsV2Command({ Bucket: 'other-bucket' }));
    expect(await errorOf(elsewhere)).toEqual({ name: 'NoSuchBucket', status: 404 });
    const putElsewhere = client.send(
      new PutObjectCommand({ Bucket: 'other-bucket', Key: 'k', Body: randomBytes(3e6) }),
    );
    expect(await errorOf(putElsewhere)).toEqual({ name: 'NoSuchBucket', status: 404 });
  });
});

describe('integrity', () => {
  const raw = (headers: Record<string, string>, body: string): Promise<Response> =>
    fetch(`${endpoint}/${Bucket}/k`, { method: 'PUT', headers, body });

  test.each([
    ['x-amz-checksum-crc32', 'AAAAAA==', 'BadDigest'],
    ['x-amz-checksum-sha256', 'wrong', 'BadDigest'],
    ['content-md5', createHash('md5').update('other').digest('base64'), 'BadDigest'],
    ['content-md5', 'short', 'InvalidDigest'],
    ['x-amz-content-sha256', 'a'.repeat(64), 'XAmzContentSHA256Mismatch'],
  ])('a wrong %s (%s) is refused with %s', async (name, value, code) => {
    const response = await raw({ [name]: value }, 'content');
    expect([response.status, /<Code>(.*)<\/Code>/.exec(await response.text())?.[1]]).toEqual([400, code]);
    expect(service.buckets.get(Bucket)?.size).toBe(0);
  });

  test('a wrong trailer checksum is refused, the right one stored', async () => {
    const headers = {
      'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      'x-amz-decoded-content-length': '9',
      'x-amz-trailer': 'x-amz-checksum-crc32',
      'content-encoding': 'aws-chunked',
    };
    const body = (crc: string): string => `9\r\n123456789\r\n0\r\nx-amz-checksum-crc32:${crc}\r\n\r\n`;
    expect(await (await raw(headers, body('y/Q5Jw=='))).text()).toContain('<Code>BadDigest</Code>');
    // CRC-32 of "123456789" is cbf43926, the check value of its catalogue entry.
    expect((await raw(headers, body(Buffer.from('cbf43926', 'hex').toString('base64')))).status).toBe(200);
    expect(service.buckets.get(Bucket)?.get('k')?.bytes.toString()).toBe('123456789');
    expect(await (await raw(headers, '9\r\n123456789\r\n0\r\n\r\n')).text()).toContain('MalformedTrailerError');
    expect(await (await raw(headers, '9\r\n12345')).text()).toContain('IncompleteBody');
  });
});

describe('conditions', () => {
  test('of 30 racing If-None-Match puts exactly one wins', async () => {
    const racers = Array.from({ length: 30 }, (_, racer) =>
      put('manifest.json', `racer ${racer}`, { IfNoneMatch: '*' }),
    );
    const results = await Promise.allSettled(racers);
    const winners = results.flatMap((result, racer) => (result.status === 'fulfilled' ? [racer] : []));
    const losers = results.flatMap((result) => (result.status === 'rejected' ? [(result.reason as Error).name] : []));
    expect(winners).toHaveLength(1);
    expect(losers).toEqual(Array.from({ length: 29 }, () => 'PreconditionFailed'));
    expect(service.buckets.get(Bucket)?.get('manifest.json')?.bytes.toString()).toBe(`racer ${winners[0]}`);
  });

  test('of 30 puts that all began before one ended exactly one wins', async () => {
    const headers = { 'if-none-match': '*', 'content-length': 8 };
    const uploads = Array.from({ length: 30 }, () =>
      request(`${endpoint}/${Bucket}/lease`, { method: 'PUT', headers, agent: false }),
    );
    const statuses = uploads.map(async (upload) => {
      const [response] = (await once(upload, 'response')) as [IncomingMessage];
      response.resume();
      return response.statusCode;
    });
    for (const upload of uploads) upload.write('half');
    await vi.waitFor(() => expect(service.calls.get('PutObject')).toBe(30), { interval: 5 });
    for (const upload of uploads) upload.end('half');
    expect((await Promise.all(statuses)).sort()).toEqual([200, ...Array.from({ length: 29 }, () => 412)]);
  });

  test('If-Match replaces and deletes only the version named', async () => {
    const { ETag: IfMatch } = await put('lease', 'one');
    await put('lease', 'two', { IfMatch });
    expect(await errorOf(put('lease', 'three', { IfMatch }))).toEqual({ name: 'PreconditionFailed', status: 412 });
    expect(await errorOf(put('nothing', 'x', { IfMatch }))).toEqual({ name: 'NoSuchKey', status: 404 });
    const stale = client.send(new DeleteObjectCommand({ Bucket, Key: 'lease', IfMatch }));
    expect((await errorOf(stale)).status).toBe(412);
    const head = await client.send(new HeadObjectCommand({ Bucket, Key: 'lease' }));
    await client.send(new DeleteObjectCommand({ Bucket, Key: 'lease', IfMatch: head.ETag }));
    expect(service.buckets.get(Bucket)?.size).toBe(0);
  });
});

describe('deleting', () => {
  test('deleting what is not there is no error', async () => {
    await expect(client.send(new DeleteObjectCommand({ Bucket, Key: 'no' }))).resolves.toBeDefined();
  });

  test('many keys go in one request', async () => {
    for (const key of ['a', 'b & <c>', 'keep']) await put(key);
    const { Deleted, Errors } = await client.send(
      new DeleteObjectsCommand({
        Bucket,
        Delete: { Objects: [{ Key: 'a' }, { Key: 'b & <c>' }, { Key: 'keep', ETag: '"no"' }] },
      }),
    );
    expect(Deleted?.map((entry) => entry.Key)).toEqual(['a', 'b & <c>']);
    expect(Errors).toMatchObject([{ Key: 'keep', Code: 'PreconditionFailed' }]);
    expect(service.buckets.get(Bucket)?.keys).toEqual(['keep']);
  });
});

describe('listing', () => {
  const listAll = async (input: object): Promise<{ keys: string[]; folders: string[]; pages: number[] }> => {
    const listed = { keys: [] as string[], folders: [] as string[], pages: [] as number[] };
    let ContinuationToken: string | undefined;
    do {
      const page = await client.send(new ListObjectsV2Command({ Bucket, ContinuationToken, ...input }));
      listed.keys.push(...(page.Contents ?? []).map((entry) => entry.Key ?? ''));
      listed.folders.push(...(page.CommonPrefixes ?? []).map((entry) => entry.Prefix ?? ''));
      listed.pages.push(page.KeyCount ?? -1);
      ContinuationToken = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (ContinuationToken !== undefined);
    return listed;
  };

  const fill = (keys: readonly string[]): void => {
    for (const key of keys) {
      service
        .putBucket(Bucket)
        .put(key, { bytes: Buffer.from(key), etag: '"e"', modifiedMs: NOW, headers: [], checksums: [] });
    }
  };

  test('2,345 keys come in pages of 1,000, each key once, in order', async () => {
    const keys = Array.from({ length: 2345 }, (_, index) => `p/${String(index).padStart(5, '0')}`);
    fill([...keys].reverse());
    fill(['o', 'q']);
    expect(await listAll({ Prefix: 'p/' })).toEqual({ keys, folders: [], pages: [1000, 1000, 345] });
    expect((await listAll({ Prefix: 'p/', MaxKeys: 5000 })).pages).toEqual([1000, 1000, 345]);
  });

  test('keys are ordered by their UTF-8 bytes', async () => {
    fill(['\u{1f600}', '\u{ff21}', 'z', 'é', 'Z']);
    expect((await listAll({})).keys).toEqual(['Z', 'z', 'é', '\u{ff21}', '\u{1f600}']);
  });

  test('a delimiter rolls keys up into folders, across pages of one', async () => {
    fill(['s/1/a', 's/1/b', 's/2/a', 's/2/x/y', 's/3', 's/4/a', 't/1']);
    const expected = { keys: ['s/3'], folders: ['s/1/', 's/2/', 's/4/'] };
    expect(await listAll({ Prefix: 's/', Delimiter: '/' })).toEqual({ ...expected, pages: [4] });
    expect(await listAll({ Prefix: 's/', Delimiter: '/', MaxKeys: 1 })).toEqual({ ...expected, pages: [1, 1, 1, 1] });
  });

  test('start-after, url encoding and an empty page', async () => {
    fill(['a', 'b', 'c d(1)/é']);
    expect((await listAll({ StartAfter: 'a' })).keys).toEqual(['b', 'c d(1)/é']);
    expect((await listAll({ StartAfter: 'b', EncodingType: 'url' })).keys).toEqual(['c+d%281%29/%C3%A9']);
    expect(await listAll({ Prefix: 'zz' })).toEqual({ keys: [], folders: [], pages: [0] });
    expect(await listAll({ MaxKeys: 0 })).toEqual({ keys: [], folders: [], pages: [0] });
  });

  test('a made-up continuation token is refused', async () => {
    const call = client.send(new ListObjectsV2Command({ Bucket, ContinuationToken: 'made-up' }));
    expect(await errorOf(call)).toEqual({ name: 'InvalidArgument', status: 400 });
  });
});

describe('buckets and faults', () => {
  test('a bucket has to be created before use, once', async () => {
    expect((await errorOf(client.send(new HeadBucketCommand({ Bucket: 'new-bucket' })))).status).toBe(404);
    await client.send(new CreateBucketCommand({ Bucket: 'new-bucket' }));
    await client.send(new HeadBucketCommand({ Bucket: 'new-bucket' }));
    expect((await errorOf(client.send(new CreateBucketCommand({ Bucket: 'new-bucket' })))).name).toBe(
      'BucketAlreadyOwnedByYou',
    );
    expect((await errorOf(client.send(new CreateBucketCommand({ Bucket: 'Bad_Name' })))).name).toBe(
      'InvalidBucketName',
    );
  });

  test('faults hit the requests they name, as often as they say', async () => {
    service.faults.add({
      operation: 'PutObject',
      key: /^users\//,
      skip: 1,
      times: 2,
      effect: { status: 503, code: 'SlowDown' },
    });
    const outcomes: string[] = [];
    for (const key of ['users/1', 'other', 'users/2', 'users/3', 'users/4']) {
      outcomes.push(
        await put(key).then(
          () => 'stored',
          (error: Error) => error.name,
        ),
      );
    }
    expect(outcomes).toEqual(['stored', 'stored', 'SlowDown', 'SlowDown', 'stored']);
    service.faults.failNext('GetObject', 403);
    expect((await errorOf(client.send(new GetObjectCommand({ Bucket, Key: 'other' })))).name).toBe('AccessDenied');
    expect(service.calls.get('PutObject')).toBe(5);
  });

  test('a fault after the fact stores the object and loses the answer', async () => {
    service.faults.add({ key: /^k$/, effect: 'reset', when: 'after' });
    await expect(put('k')).rejects.toThrow();
    expect(service.buckets.get(Bucket)?.get('k')?.bytes.toString()).toBe('x');
  });

  test('what is not simulated says so', async () => {
    const response = await fetch(`${endpoint}/${Bucket}/k?uploads`, { method: 'POST' });
    expect([response.status, (await response.text()).includes('NotImplemented')]).toEqual([501, true]);
  });

  test('the bare handler serves a bucket made through it', async () => {
    const handle = createS3Handler({ clock: () => NOW });
    const bare = createServer((incoming, response) => void handle(incoming, response)).listen(0, '127.0.0.1');
    await once(bare, 'listening');
    const url = `http://127.0.0.1:${(bare.address() as AddressInfo).port}/some-bucket`;
    expect((await fetch(url, { method: 'PUT' })).status).toBe(200);
    expect((await fetch(`${url}?list-type=2`)).status).toBe(200);
    bare.close();
    bare.closeAllConnections();
  });
});
