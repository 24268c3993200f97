import { getEventListeners } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BackupEvent } from '../../src/model/events.ts';
import { manualRuntime } from '../../src/runtime/manual-runtime.ts';
import { withStorageRetry } from '../../src/storage/retrying.ts';
import { createS3Client } from '../../src/storage/s3-client.ts';
import { openS3 } from '../../src/storage/s3.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { BUCKET, simulatedS3, type SimulatedS3 } from './simulated-s3.ts';
import { codeOf, collect, keysBelow, text } from './storage.contract.ts';
import { stubAws } from '../support/environment.ts';

stubAws();

let s3: SimulatedS3;
let bare: Storage;
let storage: Storage;
let events: BackupEvent[];
let folder: string;

beforeEach(async () => {
  s3 = await simulatedS3('vault');
  bare = s3.storage;
  events = [];
  storage = withStorageRetry(bare, { runtime: manualRuntime(), observer: (event) => events.push(event) });
  folder = await mkdtemp(join(tmpdir(), 's3-storage-'));
});
afterEach(async () => {
  await s3.close();
  await rm(folder, { recursive: true });
});

const contentOf = async (key: string): Promise<string> => Buffer.from((await bare.get(key))!.bytes).toString();
const OPERATIONS: readonly (readonly [operation: string, call: () => Promise<unknown>])[] = [
  ['PutObject', () => storage.put('new', text('x'))],
  ['PutObject', () => storage.putIfAbsent('new', text('x'))],
  ['PutObject', async () => storage.putIfMatch('old', text('x'), (await bare.head('old'))!.etag)],
  ['GetObject', () => storage.get('old')],
  ['GetObject', async () => collect((await storage.stream('old'))!)],
  ['ListObjectsV2', () => storage.head('old')],
  ['ListObjectsV2', () => collect(storage.list(''))],
  ['ListObjectsV2', () => collect(storage.folders(''))],
  ['DeleteObject', () => storage.delete('old')],
];

describe('S3 that loses an answer', () => {
  it.each([
    ['a reset', 'reset'],
    ['a 500', { status: 500, code: 'InternalError' }],
  ] as const)('with %s: putIfAbsent and putIfMatch know their own write again', async (_, effect) => {
    const path = join(folder, 'body');
    await writeFile(path, 'of a file');
    s3.service.faults.add({ operation: 'PutObject', effect, when: 'after' });
    expect(await storage.putIfAbsent('manifest', { path })).toEqual(await bare.head('manifest'));
    s3.service.faults.add({ operation: 'PutObject', effect, when: 'after' });
    const { etag } = (await bare.head('manifest'))!;
    expect(await storage.putIfMatch('manifest', text('second'), etag)).toEqual(await bare.head('manifest'));
    expect(await contentOf('manifest')).toBe('second');
    expect(events.map((event) => event.kind)).toEqual(['retried', 'retried']);
  });

  it("does not take somebody else's object for its own", async () => {
    await bare.put('manifest', text('theirs'));
    s3.service.faults.add({ operation: 'PutObject', effect: 'reset' });
    expect(await storage.putIfAbsent('manifest', text('mine!!'))).toBeUndefined();
    expect(await contentOf('manifest')).toBe('theirs');
  });
});

describe('S3 that asks for patience', () => {
  it.each(OPERATIONS)('with a 503 on %s is asked again', async (operation, call) => {
    await bare.put('old', text('content'));
    s3.service.faults.add({ operation, times: 2, effect: { status: 503, code: 'SlowDown' } });
    await call();
    expect(events).toHaveLength(2);
    expect(events[0]).toMatchObject({ kind: 'retried', attempt: 1, reason: 'SlowDown' });
  });

  it('with a 409 under a race of conditions has one winner all the same', async () => {
    s3.service.faults.add({
      operation: 'PutObject',
      times: 10,
      effect: { status: 409, code: 'ConditionalRequestConflict' },
    });
    const racers = Array.from({ length: 20 }, () => storage.putIfAbsent('lease', text('equal bytes')));
    expect((await Promise.all(racers)).filter(Boolean)).toHaveLength(1);
  });

  it('sends a file again from its start', async () => {
    const path = join(folder, 'body');
    const body = Buffer.alloc(3_000_000, 'cognito ');
    await writeFile(path, body);
    s3.service.faults.add({ operation: 'PutObject', effect: 'reset' });
    s3.service.faults.add({ operation: 'PutObject', effect: { status: 503, code: 'SlowDown' } });
    await storage.put('part', { path });
    expect(body.equals((await bare.get('part'))!.bytes)).toBe(true);
  });

  it('is left alone when the patience is used up', async () => {
    s3.service.faults.add({ operation: 'PutObject', times: 100, effect: { status: 503, code: 'SlowDown' } });
    await expect(storage.put('key', text('x'))).rejects.toMatchObject({
      code: 'unavailable',
      awsName: 'SlowDown',
      message: `Cannot write "key" in s3://${BUCKET}/vault: SlowDown`,
    });
    expect(s3.service.calls.get('PutObject')).toBe(8);
  });
});

describe('S3 that refuses', () => {
  it.each(OPERATIONS)('with a 403 on %s is not authorized, at once', async (operation, call) => {
    await bare.put('old', text('content'));
    const before = s3.service.calls.get(operation) ?? 0;
    s3.service.faults.add({ operation, times: 5, effect: { status: 403, code: 'AccessDenied' } });
    await expect(call()).rejects.toMatchObject({
      code: 'not-authorized',
      awsName: 'AccessDenied',
      hint: expect.stringContaining('s3:ListBucket'),
    });
    expect(s3.service.calls.get(operation)).toBe(before + 1);
    expect(events).toEqual([]);
  });

  it.each(OPERATIONS.map(([operation], at) => [operation, at] as const))(
    'without the bucket: %s (%i) says that it is missing',
    async (_, at) => {
      const lost = openS3(s3.client, { bucket: 'no-such-bucket', prefix: 'vault' });
      const calls: (() => Promise<unknown>)[] = [
        () => lost.put('new', text('x')),
        () => lost.putIfAbsent('new', text('x')),
        () => lost.putIfMatch('old', text('x'), '"tag"'),
        () => lost.get('old'),
        () => lost.stream('old'),
        () => lost.head('old'),
        () => collect(lost.list('')),
        () => collect(lost.folders('')),
        () => lost.delete('old'),
      ];
      await expect(calls[at]!()).rejects.toMatchObject({ code: 'vault-not-found', awsName: 'NoSuchBucket' });
    },
  );
});

describe('The S3 storage', () => {
  it('serves many calls with one signal, without a warning and without leaving listeners behind', async () => {
    const warnings: string[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning.name);
    process.on('warning', onWarning);
    const { signal } = new AbortController();
    const keys = Array.from({ length: 30 }, (_, n) => `many/${n}`);
    await Promise.all(keys.map((key) => storage.put(key, text(key), { signal })));
    await Promise.all(keys.map((key) => storage.get(key, { signal })));
    await Promise.all(keys.map(async (key) => collect((await storage.stream(key, { signal }))!)));
    await collect(storage.list('', { signal }));
    await new Promise(setImmediate);
    process.off('warning', onWarning);
    expect(warnings).not.toContain('MaxListenersExceededWarning');
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('prints nothing, whatever the SDK thinks of a failed upload', async () => {
    const printed = (['log', 'info', 'warn', 'error', 'debug'] as const).map((level) => vi.spyOn(console, level));
    const path = join(folder, 'body');
    await writeFile(path, 'content');
    s3.service.faults.add({ operation: 'PutObject', effect: 'reset' });
    await storage.put('key', { path });
    for (const spy of printed) expect(spy).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });

  it('keeps to its prefix', async () => {
    const other = openS3(s3.client, { bucket: BUCKET, prefix: 'vault-2' });
    await other.put('key', text('other'));
    await bare.put('key', text('mine'));
    expect(await keysBelow(bare, '')).toEqual(['key']);
    expect([...s3.service.buckets.get(BUCKET)!.keys]).toEqual(['vault-2/key', 'vault/key']);
    expect([bare.location, openS3(s3.client, { bucket: BUCKET, prefix: '' }).location]).toEqual([
      `s3://${BUCKET}/vault`,
      `s3://${BUCKET}`,
    ]);
  });

  it('reads an object that somebody else named, and leaves it out of listings', async () => {
    const bucket = s3.service.buckets.get(BUCKET)!;
    await bare.put('users.csv', text('header'));
    for (const name of ['vault/my users (1).csv', 'vault/', 'vault/ä/x', 'vault/.hidden']) {
      bucket.put(name, { ...bucket.get('vault/users.csv')! });
    }
    expect(await contentOf('my users (1).csv')).toBe('header');
    expect(await bare.head('my users (1).csv')).toMatchObject({ sizeBytes: 6 });
    expect(await keysBelow(bare, '')).toEqual(['users.csv']);
    expect(await collect(bare.folders(''))).toEqual([]);
  });

  it('does not run out of connections when streams are left early', async () => {
    await bare.put('key', Buffer.alloc(1_000_000));
    for (let n = 0; n < 60; n += 1) for await (const _ of (await bare.stream('key'))!) break;
    expect((await bare.get('key'))?.sizeBytes).toBe(1_000_000);
  });

  it.each([undefined, 'WHEN_REQUIRED'] as const)('sends a file in one plain PutObject (%s)', async (calculation) => {
    const own = await simulatedS3('', calculation && { requestChecksumCalculation: calculation });
    try {
      const path = join(folder, 'body');
      await writeFile(path, 'content');
      let headers: unknown;
      own.client.middlewareStack.add(
        (next) => (args) => {
          headers = (args.request as { headers: Record<string, string> }).headers;
          return next(args);
        },
        { step: 'finalizeRequest', priority: 'low' },
      );
      await own.storage.put('key', { path });
      expect(headers).toMatchObject({ 'content-length': '7' });
      expect(headers).not.toHaveProperty('x-amz-trailer');
      expect(JSON.stringify(headers).includes('x-amz-checksum-sha256')).toBe(calculation === undefined);
    } finally {
      await own.close();
    }
  });

  it("takes its endpoint from the SDK's variables, path style", async () => {
    vi.stubEnv('AWS_ENDPOINT_URL_S3', s3.endpoint);
    try {
      const client = createS3Client({ region: 'us-east-1' });
      expect(await codeOf(openS3(client, { bucket: 'no-such-bucket', prefix: '' }).get('x'))).toBe('vault-not-found');
      client.destroy();
    } finally {
      vi.stubEnv('AWS_ENDPOINT_URL_S3', undefined);
    }
  });
});
