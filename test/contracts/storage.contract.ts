import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../src/model/errors.ts';
import type { Storage, StoredObject } from '../../src/storage/storage.ts';

/** An empty storage, made anew for every case. */
export interface StorageUnderTest {
  readonly storage: Storage;
  readonly close: () => Promise<void>;
}

/** What every storage has to do alike. */
export function storageContract(name: string, makeStorage: () => Promise<StorageUnderTest>): void {
  describe(`${name} keeps the storage contract:`, () => {
    let storage: Storage;
    let close: () => Promise<void>;

    beforeEach(async () => {
      ({ storage, close } = await makeStorage());
    });
    afterEach(() => close());

    contentCases(() => storage);
    conditionCases(() => storage);
    listingCases(() => storage);
    refusalCases(() => storage);
  });
}

type Get = () => Storage;

export function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

export async function keysBelow(storage: Storage, prefix: string): Promise<string[]> {
  return (await collect(storage.list(prefix))).map(({ key }) => key);
}

/** The code of the error that a promise rejects with; fails where it resolves. */
export async function codeOf(work: Promise<unknown>): Promise<ErrorCode | undefined> {
  const outcome = await work.then(
    () => ({ settled: true }),
    (error: unknown) => ({ error }),
  );
  if ('settled' in outcome) throw new Error('Expected a rejection');
  return (outcome.error as { code?: ErrorCode }).code;
}

const everyByte = Uint8Array.from({ length: 5 * 1024 * 1024 }, (_, at) => (at * 31 + (at >> 8)) % 256);

function contentCases(storage: Get): void {
  it.each([
    ['an empty object', new Uint8Array()],
    ['bytes that are no text', Uint8Array.of(0, 255, 13, 10, 128, 0)],
    ['five megabytes', everyByte],
    ['a view into a larger buffer', everyByte.subarray(100, 300)],
  ])('%s comes back as it went', async (_, bytes) => {
    const stored = await storage().put('a/object', bytes);
    expect(stored).toMatchObject({ key: 'a/object', sizeBytes: bytes.length });
    const got = await storage().get('a/object');
    expect(Buffer.from(got?.bytes ?? []).equals(bytes)).toBe(true);
    expect(got).toMatchObject({ key: 'a/object', sizeBytes: bytes.length, etag: stored.etag });
    const streamed = await storage().stream('a/object');
    expect(Buffer.concat(await collect(streamed!)).equals(bytes)).toBe(true);
  });

  it.each([0, 10, 5 * 1024 * 1024])('a file of %i bytes is stored as it stands', async (size) => {
    const folder = await mkdtemp(join(tmpdir(), 'storage-body-'));
    try {
      const path = join(folder, 'body');
      await writeFile(path, everyByte.subarray(0, size));
      expect(await storage().putIfAbsent('file', { path })).toMatchObject({ sizeBytes: size });
      expect(await storage().put('again', { path })).toMatchObject({ sizeBytes: size });
      for (const key of ['file', 'again']) {
        const got = await storage().get(key);
        expect(Buffer.from(got?.bytes ?? []).equals(everyByte.subarray(0, size))).toBe(true);
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('a body file that is not there is an error and leaves nothing', async () => {
    expect(await codeOf(storage().put('file', { path: join(tmpdir(), 'no-such-body-file') }))).toBe('storage-failed');
    expect(await keysBelow(storage(), '')).toEqual([]);
  });

  it('put replaces, in content, size and tag', async () => {
    const first = await storage().put('key', text('first'));
    const second = await storage().put('key', text('second one'));
    expect(second.etag).not.toBe(first.etag);
    expect(await storage().head('key')).toEqual({ key: 'key', sizeBytes: 10, etag: second.etag });
  });

  it.each([3, 200_000])('put, head, get and list agree on an object of %i bytes', async (size) => {
    const stored = await storage().put('a/key', everyByte.subarray(0, size));
    expect(await storage().head('a/key')).toEqual(stored);
    expect(await storage().get('a/key')).toMatchObject(stored);
    expect(await collect(storage().list('a/'))).toEqual([stored]);
  });

  it('what is missing is undefined', async () => {
    await storage().put('a/key', text('x'));
    for (const key of ['none', 'a', 'a/key2', 'a/key/below', 'b/c/d']) {
      expect(await storage().get(key)).toBeUndefined();
      expect(await storage().head(key)).toBeUndefined();
      expect(await storage().stream(key)).toBeUndefined();
    }
  });

  it.each([0, 1, 1000, 200_000])(
    'get takes an object of %i bytes where as many are allowed, and no more',
    async (size) => {
      const bytes = everyByte.subarray(0, size);
      await storage().put('key', bytes);
      const got = await storage().get('key', { maxBytes: size });
      expect(Buffer.from(got!.bytes).equals(bytes)).toBe(true);
      if (size > 0) expect(await codeOf(storage().get('key', { maxBytes: size - 1 }))).toBe('damaged');
      expect(await storage().get('none', { maxBytes: 1 })).toBeUndefined();
      expect((await storage().get('key'))!.sizeBytes).toBe(size);
    },
  );

  it('an object that is too large is told by key and size', async () => {
    await storage().put('a/key', everyByte);
    await expect(storage().get('a/key', { maxBytes: 10 })).rejects.toMatchObject({
      code: 'damaged',
      message: `a/key is damaged: it has ${everyByte.length} bytes instead of at most 10`,
    });
  });

  it('delete removes one object, and removing it again is no error', async () => {
    await storage().put('a/b/one', text('1'));
    await storage().put('a/b/two', text('2'));
    await storage().delete('a/b/one');
    await storage().delete('a/b/one');
    await storage().delete('a/b');
    await storage().delete('never/was');
    expect(await keysBelow(storage(), '')).toEqual(['a/b/two']);
  });
}

function conditionCases(storage: Get): void {
  it('putIfAbsent lets the first one in and changes nothing for the second', async () => {
    const first = await storage().putIfAbsent('a/key', text('first'));
    expect(first).toMatchObject({ key: 'a/key', sizeBytes: 5 });
    expect(await storage().putIfAbsent('a/key', text('second'))).toBeUndefined();
    expect(await storage().head('a/key')).toEqual(first);
  });

  it('putIfAbsent has one winner of thirty racers, and the winner is what stands there', async () => {
    const bodies = Array.from({ length: 30 }, (_, racer) => `racer ${racer}`);
    const results = await Promise.all(bodies.map((body) => storage().putIfAbsent('locks/race', text(body))));
    const winners = bodies.filter((_, racer) => results[racer]);
    expect(winners).toHaveLength(1);
    expect(Buffer.from((await storage().get('locks/race'))!.bytes).toString()).toBe(winners[0]);
    expect(await keysBelow(storage(), '')).toEqual(['locks/race']);
  });

  it('putIfAbsent works again after a delete', async () => {
    await storage().putIfAbsent('key', text('one'));
    await storage().delete('key');
    expect(await storage().putIfAbsent('key', text('two'))).toBeDefined();
  });

  it('putIfMatch replaces the version named and no other', async () => {
    const first = await storage().put('lease', text('1111'));
    const second = await storage().putIfMatch('lease', text('2222'), first.etag);
    expect(second).toMatchObject({ key: 'lease', sizeBytes: 4 });
    expect(await storage().putIfMatch('lease', text('3333'), first.etag)).toBeUndefined();
    expect(await storage().head('lease')).toEqual(second);
    expect(await storage().putIfMatch('lease', text('4444'), second!.etag)).toBeDefined();
  });

  it('putIfMatch takes the tag that get, head and list show', async () => {
    await storage().put('lease', text('0'));
    const tags: ((key: string) => Promise<StoredObject | undefined>)[] = [
      (key) => storage().get(key),
      (key) => storage().head(key),
      async () => (await collect(storage().list('')))[0],
    ];
    for (const [round, tag] of tags.entries()) {
      const etag = (await tag('lease'))!.etag;
      expect(await storage().putIfMatch('lease', text(`round ${round}`), etag)).toBeDefined();
    }
  });

  it('putIfMatch does not bring back what was deleted, nor touch what came in its place', async () => {
    const first = await storage().put('lease', text('1111'));
    await storage().delete('lease');
    expect(await storage().putIfMatch('lease', text('2222'), first.etag)).toBeUndefined();
    expect(await storage().head('lease')).toBeUndefined();
    await storage().putIfAbsent('lease', text('3333'));
    expect(await storage().putIfMatch('lease', text('4444'), first.etag)).toBeUndefined();
  });

  it('putIfMatch has one winner of ten racers for the same version', async () => {
    const { etag } = await storage().put('lease', text('start'));
    const racers = Array.from({ length: 10 }, (_, racer) =>
      storage().putIfMatch('lease', text(`racer ${racer}`), etag),
    );
    expect((await Promise.all(racers)).filter(Boolean)).toHaveLength(1);
  });
}

function listingCases(storage: Get): void {
  const putAll = async (keys: readonly string[]): Promise<void> => {
    for (const key of keys) await storage().put(key, text(key));
  };

  it('list gives whole keys in byte order, folders and files mixed', async () => {
    const keys = ['a', 'a-b/x', 'a.b', 'a/x', 'a/x.json', 'a/x/y', 'a0', 'A/z', 'a_b/q'];
    await putAll(keys.filter((key) => !['a', 'a/x'].includes(key)));
    expect(await keysBelow(storage(), '')).toEqual(['A/z', 'a-b/x', 'a.b', 'a/x.json', 'a/x/y', 'a0', 'a_b/q']);
  });

  it('list stays below its prefix: a/ is not ab/', async () => {
    await putAll(['a/1', 'a/b/2', 'ab/3', 'b/a/4']);
    expect(await keysBelow(storage(), 'a/')).toEqual(['a/1', 'a/b/2']);
    expect(await keysBelow(storage(), 'a/b/')).toEqual(['a/b/2']);
    expect(await keysBelow(storage(), 'c/')).toEqual([]);
  });

  it('list and folders go on past a thousand', async () => {
    const keys = Array.from({ length: 1005 }, (_, n) => `many/${String(n).padStart(4, '0')}/o`);
    for (let at = 0; at < keys.length; at += 50) {
      await Promise.all(keys.slice(at, at + 50).map((key) => storage().put(key, text('x'))));
    }
    expect(await keysBelow(storage(), 'many/')).toEqual(keys);
    expect(await collect(storage().folders('many/'))).toEqual(keys.map((key) => key.slice(5, 9)));
  });

  it('folders names what is right below, in key order, without objects', async () => {
    await putAll(['p/b/1', 'p/a/x/2', 'p/a/y/3', 'p/a-b/4', 'p/object', 'q/5', 'pp/6']);
    expect(await collect(storage().folders('p/'))).toEqual(['a-b', 'a', 'b']);
    expect(await collect(storage().folders(''))).toEqual(['p', 'pp', 'q']);
    expect(await collect(storage().folders('p/b/'))).toEqual([]);
    expect(await collect(storage().folders('none/'))).toEqual([]);
  });

  it('a folder goes with its last object', async () => {
    await putAll(['p/a/x/1', 'p/b/2']);
    await storage().delete('p/a/x/1');
    expect(await collect(storage().folders('p/'))).toEqual(['b']);
    expect(await storage().put('p/a/x/1', text('back'))).toBeDefined();
  });

  it('objects can be deleted while they are listed', async () => {
    await putAll(['p/1', 'p/2', 'p/a/3', 'p/b/4']);
    const seen: string[] = [];
    for await (const { key } of storage().list('p/')) {
      seen.push(key);
      await storage().delete(key);
    }
    expect(seen).toEqual(['p/1', 'p/2', 'p/a/3', 'p/b/4']);
    expect(await keysBelow(storage(), '')).toEqual([]);
  });
}

function refusalCases(storage: Get): void {
  it.each([
    '',
    '/',
    '/a',
    'a/',
    'a//b',
    '.',
    '..',
    '../a',
    'a/../b',
    'a/./b',
    '.tmp-1',
    'a/.lock-b',
    'a b',
    'a\\b',
    'ä',
    'a\0',
  ])('the key %j is refused as our mistake', async (key) => {
    expect(await codeOf(storage().put(key, text('x')))).toBe('internal');
    expect(await codeOf(storage().putIfAbsent(key, text('x')))).toBe('internal');
    expect(await codeOf(storage().putIfMatch(key, text('x'), 'etag'))).toBe('internal');
    expect(await codeOf(storage().delete(key))).toBe('internal');
  });

  it.each(['', '/a', 'a/', 'a//b', '.', '..', '../a', 'a/../b'])('reading the key %j is refused', async (key) => {
    expect(await codeOf(storage().get(key))).toBe('internal');
    expect(await codeOf(storage().head(key))).toBe('internal');
    expect(await codeOf(storage().stream(key))).toBe('internal');
  });

  it.each(['a', '/', '../', 'a//'])('the prefix %j is refused', async (prefix) => {
    expect(await codeOf(collect(storage().list(prefix)))).toBe('internal');
    expect(await codeOf(collect(storage().folders(prefix)))).toBe('internal');
  });

  it('an aborted call rejects with interrupted and changes nothing', async () => {
    const { etag } = await storage().put('key', text('old'));
    const call = { signal: AbortSignal.abort() };
    const attempts: (() => Promise<unknown>)[] = [
      () => storage().put('key', text('new'), call),
      () => storage().putIfAbsent('other', text('new'), call),
      () => storage().putIfMatch('key', text('new'), etag, call),
      () => storage().get('key', call),
      () => storage().head('key', call),
      () => storage().stream('key', call),
      () => storage().delete('key', call),
      () => collect(storage().list('', call)),
      () => collect(storage().folders('', call)),
    ];
    for (const attempt of attempts) expect(await codeOf(attempt())).toBe('interrupted');
    expect(await collect(storage().list(''))).toEqual([{ key: 'key', sizeBytes: 3, etag }]);
  });

  it('a write aborted on its way is all or nothing', async () => {
    const abort = new AbortController();
    const write = storage().put('key', everyByte, { signal: abort.signal });
    abort.abort();
    expect(await codeOf(write)).toBe('interrupted');
    expect(await keysBelow(storage(), '')).toEqual([]);
  });

  it('a stream can be aborted between chunks', async () => {
    await storage().put('key', everyByte);
    const abort = new AbortController();
    const read = async (): Promise<void> => {
      for await (const _ of (await storage().stream('key', { signal: abort.signal }))!) abort.abort();
    };
    expect(await codeOf(read())).toBe('interrupted');
  });

  it('a stream left early does no harm', async () => {
    await storage().put('key', everyByte);
    for await (const _ of (await storage().stream('key'))!) break;
    await storage().stream('key');
    expect((await storage().head('key'))?.sizeBytes).toBe(everyByte.length);
  });
}
