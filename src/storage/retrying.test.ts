import { describe, expect, it } from 'vitest';
import { BackupError, type ErrorCode } from '../model/errors.ts';
import type { BackupEvent } from '../model/events.ts';
import { manualRuntime } from '../runtime/manual-runtime.ts';
import { withStorageRetry } from './retrying.ts';
import type { Storage, StoredObject } from './storage.ts';

const failure = (code: ErrorCode, awsName?: string): BackupError =>
  new BackupError(code, 'Injected', awsName === undefined ? {} : { awsName });

const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);
const object = (key: string): StoredObject => ({ key, sizeBytes: 1, etag: 'tag' });

/** A storage of which only the methods given can be called. */
function only(methods: Partial<Storage>): Storage {
  return { location: 'fake', ...methods } as Storage;
}

/** Calls the functions given one after another, then the last one for ever. */
function inTurn<T>(...turns: (() => T)[]): { readonly next: () => T; readonly calls: () => number } {
  let calls = 0;
  const next = (): T => {
    const turn = turns[Math.min(calls, turns.length - 1)]!;
    calls += 1;
    return turn();
  };
  return { next, calls: () => calls };
}

const rejecting = (error: BackupError) => (): Promise<never> => Promise.reject(error);

describe('withStorageRetry', () => {
  it('repeats what is unavailable with growing, jittered pauses, and tells the observer', async () => {
    const runtime = manualRuntime();
    const events: BackupEvent[] = [];
    const head = inTurn<Promise<StoredObject>>(
      rejecting(failure('unavailable', 'SlowDown')),
      rejecting(failure('unavailable')),
      () => Promise.resolve(object('key')),
    );
    const storage = withStorageRetry(only({ head: head.next }), { runtime, observer: (event) => events.push(event) });
    expect(await storage.head('key')).toEqual(object('key'));
    expect(events).toEqual([
      { kind: 'retried', operation: 'head', attempt: 1, reason: 'SlowDown' },
      { kind: 'retried', operation: 'head', attempt: 2, reason: 'unavailable' },
    ]);
    expect(runtime.sleeps).toHaveLength(2);
    for (const [at, ceilingMs] of [250, 500].entries()) {
      expect(runtime.sleeps[at]).toBeGreaterThanOrEqual(0);
      expect(runtime.sleeps[at]).toBeLessThan(ceilingMs);
    }
  });

  it.each(['ECONNREFUSED', 'ENOTFOUND'])('gives a server that was never reached three attempts (%s)', async (name) => {
    const runtime = manualRuntime();
    const get = inTurn<Promise<never>>(rejecting(failure('unavailable', name)));
    await expect(withStorageRetry(only({ get: get.next }), { runtime }).get('key')).rejects.toMatchObject({
      awsName: name,
    });
    expect(get.calls()).toBe(3);
    expect(runtime.sleeps.reduce((sum, delayMs) => sum + delayMs, 0)).toBeLessThan(1_000);
  });

  it.each([
    ['an answer', () => Promise.resolve(undefined)],
    ['a refusal', rejecting(failure('unavailable', 'SlowDown'))],
    ['a connection that broke', rejecting(failure('unavailable', 'ECONNRESET'))],
  ])('is patient with a server that goes away after %s', async (_, first) => {
    const runtime = manualRuntime();
    const get = inTurn<Promise<undefined>>(first, rejecting(failure('unavailable', 'ECONNREFUSED')));
    const storage = withStorageRetry(only({ get: get.next }), { runtime });
    await storage.get('key').catch(() => undefined);
    const before = get.calls();
    await expect(storage.get('key')).rejects.toMatchObject({ awsName: 'ECONNREFUSED' });
    expect(get.calls() - before).toBe(8);
  });

  it('passes the error on when its patience ends, having slept within its bounds', async () => {
    const runtime = manualRuntime();
    const error = failure('unavailable');
    const get = inTurn<Promise<never>>(rejecting(error));
    await expect(withStorageRetry(only({ get: get.next }), { runtime }).get('key')).rejects.toBe(error);
    expect(get.calls()).toBe(8);
    expect(runtime.sleeps.every((delayMs, at) => delayMs < Math.min(15_000, 250 * 2 ** at))).toBe(true);
    const few = inTurn<Promise<never>>(rejecting(error));
    await expect(withStorageRetry(only({ get: few.next }), { runtime, attempts: 2 }).get('key')).rejects.toBe(error);
    expect(few.calls()).toBe(2);
  });

  it.each<ErrorCode>(['not-authorized', 'disk-full', 'storage-failed', 'interrupted', 'unreadable-answer'])(
    'does not repeat %s',
    async (code) => {
      const put = inTurn<Promise<never>>(rejecting(failure(code)));
      const storage = withStorageRetry(only({ put: put.next }), { runtime: manualRuntime() });
      await expect(storage.put('key', bytes('x'))).rejects.toMatchObject({ code });
      expect(put.calls()).toBe(1);
    },
  );

  it('stops waiting when aborted', async () => {
    const abort = new AbortController();
    const get = inTurn<Promise<never>>(() => {
      abort.abort();
      return Promise.reject(failure('unavailable'));
    });
    const storage = withStorageRetry(only({ get: get.next }), { runtime: manualRuntime() });
    await expect(storage.get('key', { signal: abort.signal })).rejects.toMatchObject({ code: 'interrupted' });
    expect(get.calls()).toBe(1);
  });
});

describe('withStorageRetry on a conditional write', () => {
  const there = (content: string): Partial<Storage> => ({
    head: (key) => Promise.resolve({ key, sizeBytes: bytes(content).length, etag: 'tag' }),
    stream: () => Promise.resolve(chunks(bytes(content).slice(0, 1), bytes(content).slice(1))),
  });
  const afterLostAnswer = (lost: BackupError) =>
    inTurn<Promise<StoredObject | undefined>>(rejecting(lost), () => Promise.resolve(undefined)).next;

  it.each(['putIfAbsent', 'putIfMatch'] as const)('%s counts as done if its own bytes stand there', async (method) => {
    const write = afterLostAnswer(failure('unavailable', 'ECONNRESET'));
    const inner = only({ ...there('mine'), putIfAbsent: write, putIfMatch: write });
    const storage = withStorageRetry(inner, { runtime: manualRuntime() });
    const stored = { key: 'key', sizeBytes: 4, etag: 'tag' };
    expect(await storage[method]('key', bytes('mine'), 'old')).toEqual(stored);
  });

  it.each(['other', 'mime'])('counts as lost if %s stands there', async (content) => {
    const putIfAbsent = afterLostAnswer(failure('unavailable', 'ECONNRESET'));
    const storage = withStorageRetry(only({ ...there(content), putIfAbsent }), { runtime: manualRuntime() });
    expect(await storage.putIfAbsent('key', bytes('mine'))).toBeUndefined();
  });

  it('counts as lost without looking if no answer was lost, even after a conflict', async () => {
    const blind = (): never => {
      throw new Error('Should not look');
    };
    const conflict = afterLostAnswer(failure('unavailable', 'ConditionalRequestConflict'));
    for (const putIfAbsent of [() => Promise.resolve(undefined), conflict]) {
      const inner = only({ head: blind, stream: blind, putIfAbsent });
      expect(
        await withStorageRetry(inner, { runtime: manualRuntime() }).putIfAbsent('key', bytes('x')),
      ).toBeUndefined();
    }
  });
});

describe('withStorageRetry on something long', () => {
  it('goes on with a stream where it was cut', async () => {
    const whole = bytes('0123456789');
    for (let cut = 0; cut <= 10; cut += 1) {
      const stream = inTurn(
        () => Promise.resolve(chunks(whole.slice(0, cut), failure('unavailable'))),
        rejecting(failure('unavailable')),
        () => Promise.resolve(chunks(whole.slice(0, 3), whole.slice(3, 7), whole.slice(7))),
      );
      const storage = withStorageRetry(only({ stream: stream.next }), { runtime: manualRuntime(), attempts: 3 });
      const got: Uint8Array[] = [];
      for await (const chunk of (await storage.stream('key'))!) got.push(chunk);
      expect(Buffer.concat(got).toString()).toBe('0123456789');
    }
  });

  it('says so when a stream went away while it was cut', async () => {
    const stream = inTurn<Promise<AsyncIterable<Uint8Array> | undefined>>(
      () => Promise.resolve(chunks(bytes('0'), failure('unavailable'))),
      () => Promise.resolve(undefined),
    );
    const storage = withStorageRetry(only({ stream: stream.next }), { runtime: manualRuntime() });
    const read = async (): Promise<void> => {
      for await (const _ of (await storage.stream('key'))!);
    };
    await expect(read()).rejects.toMatchObject({ code: 'storage-failed' });
  });

  it('goes on with a listing where it was cut, each key once', async () => {
    const keys = ['a', 'b', 'c', 'd', 'e'];
    const pages = inTurn(
      () => chunks(object('a'), object('b'), failure('unavailable')),
      () => chunks<StoredObject>(failure('unavailable')),
      () => chunks(...keys.slice(1).map(object), failure('unavailable')),
      () => chunks(...keys.map(object)),
    );
    const storage = withStorageRetry(only({ list: pages.next }), { runtime: manualRuntime(), attempts: 3 });
    const seen: string[] = [];
    for await (const { key } of storage.list('')) seen.push(key);
    expect(seen).toEqual(keys);
    expect(pages.calls()).toBe(4);
  });

  it('goes on with folders, which sort as if they ended in a slash', async () => {
    const folders = inTurn(
      () => chunks('a-b', 'a', failure('unavailable')),
      () => chunks('a-b', 'a', 'b'),
    );
    const storage = withStorageRetry(only({ folders: folders.next }), { runtime: manualRuntime() });
    const seen: string[] = [];
    for await (const name of storage.folders('')) seen.push(name);
    expect(seen).toEqual(['a-b', 'a', 'b']);
  });

  it('gives up on a listing that never gets further', async () => {
    const list = inTurn(() => chunks<StoredObject>(object('a'), failure('unavailable')));
    const storage = withStorageRetry(only({ list: list.next }), { runtime: manualRuntime(), attempts: 4 });
    const read = async (): Promise<void> => {
      for await (const _ of storage.list(''));
    };
    await expect(read()).rejects.toMatchObject({ code: 'unavailable' });
    expect(list.calls()).toBe(4);
  });
});

async function* chunks<T>(...items: (T | BackupError)[]): AsyncGenerator<T> {
  for (const item of items) {
    if (item instanceof BackupError) throw item;
    yield await Promise.resolve(item);
  }
}
