import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { HeededConditions, type WriteCondition } from './heeded-conditions.ts';
import type { StoredObject } from './storage.ts';

type Ignores = 'If-None-Match' | 'If-Match' | 'quoted tags' | undefined;

/** One object on a server, with the tag of its bytes, and the requests that came. */
class Server {
  bytes: string | undefined;
  readonly requests: WriteCondition[] = [];
  readonly #ignores: Ignores;

  constructor(ignores?: Ignores) {
    this.#ignores = ignores;
  }

  get tag(): string | undefined {
    return this.bytes === undefined ? undefined : `"${createHash('md5').update(this.bytes).digest('hex')}"`;
  }

  readonly writing =
    (bytes: string) =>
    async (condition: WriteCondition): Promise<StoredObject | undefined> => {
      this.requests.push(condition);
      if (!this.#lets(condition)) return undefined;
      this.bytes = bytes;
      return { key: 'key', sizeBytes: bytes.length, etag: this.tag! };
    };

  #lets({ IfNoneMatch, IfMatch }: WriteCondition): boolean {
    if (IfNoneMatch === '*') return this.#ignores === 'If-None-Match' || this.bytes === undefined;
    const tag = this.#ignores === 'quoted tags' ? this.tag?.replaceAll('"', '') : this.tag;
    return this.#ignores === 'If-Match' || IfMatch === tag;
  }

  readonly currentTag = (): Promise<string | undefined> => Promise.resolve(this.tag);
}

const conditions = (): HeededConditions => new HeededConditions('s3://bucket/vault');

describe('If-None-Match', () => {
  it('is proven with the first write, once', async () => {
    const [server, heeded] = [new Server(), conditions()];
    expect(await heeded.ifAbsent(server.writing('one'))).toBeDefined();
    expect(server.requests).toHaveLength(2);
    server.bytes = undefined;
    expect(await heeded.ifAbsent(server.writing('two'))).toBeDefined();
    expect(await heeded.ifAbsent(server.writing('three'))).toBeUndefined();
    expect([server.requests.length, server.bytes]).toEqual([4, 'two']);
  });

  it('that is ignored ends the run, every time', async () => {
    const [server, heeded] = [new Server('If-None-Match'), conditions()];
    for (const bytes of ['one', 'two']) {
      await expect(heeded.ifAbsent(server.writing(bytes))).rejects.toMatchObject({
        code: 'storage-failed',
        message: 'The server of s3://bucket/vault ignores If-None-Match',
        hint: expect.stringContaining('two runs could replace each other'),
      });
    }
  });

  it('is not blamed for an object that somebody deleted in between', async () => {
    const server = new Server();
    const write = server.writing('one');
    const stored = await conditions().ifAbsent(async (condition) => {
      if (server.requests.length === 1) server.bytes = undefined;
      return write(condition);
    });
    expect(stored).toBeDefined();
  });

  it('is proven with a later write when the first proof got no answer', async () => {
    const [server, heeded] = [new Server(), conditions()];
    const write = server.writing('one');
    const failing = async (condition: WriteCondition): Promise<StoredObject | undefined> => {
      if (server.requests.length === 1) throw new Error('Injected');
      return write(condition);
    };
    await expect(heeded.ifAbsent(failing)).rejects.toThrow('Injected');
    server.bytes = undefined;
    await heeded.ifAbsent(write);
    expect(server.requests).toHaveLength(3);
  });

  it('is proven once for many first writes side by side', async () => {
    const heeded = conditions();
    const servers = Array.from({ length: 10 }, () => new Server());
    await Promise.all(servers.map((server) => heeded.ifAbsent(server.writing('one'))));
    expect(servers.reduce((sum, { requests }) => sum + requests.length, 0)).toBe(11);
  });
});

describe('If-Match', () => {
  it.each([[undefined], ['quoted tags']] as const)(
    'replaces only the version named, on a server that ignores %s',
    async (ignores) => {
      const [server, heeded] = [new Server(ignores), conditions()];
      server.bytes = 'one';
      const first = server.tag!;
      const second = await heeded.ifMatch(first, server.writing('two'), server.currentTag);
      expect([server.bytes, second?.etag]).toEqual(['two', server.tag]);
      expect(await heeded.ifMatch(first, server.writing('three'), server.currentTag)).toBeUndefined();
      expect(server.bytes).toBe('two');
      server.requests.length = 0;
      expect(await heeded.ifMatch(second!.etag, server.writing('four'), server.currentTag)).toBeDefined();
      expect(server.requests).toHaveLength(1);
    },
  );

  it('that lost asks once more only where its own version still stands', async () => {
    const server = new Server();
    server.bytes = 'theirs';
    expect(await conditions().ifMatch('"old"', server.writing('mine'), server.currentTag)).toBeUndefined();
    expect(server.requests).toEqual([{ IfMatch: '"old"' }]);
  });

  it('that is ignored ends the run', async () => {
    const server = new Server('If-Match');
    server.bytes = 'one';
    const write = conditions().ifMatch(server.tag!, server.writing('two'), server.currentTag);
    await expect(write).rejects.toMatchObject({ message: 'The server of s3://bucket/vault ignores If-Match' });
  });

  it('is not put to the proof with the bytes that stood there', async () => {
    const server = new Server();
    server.bytes = 'one';
    expect(await conditions().ifMatch(server.tag!, server.writing('one'), server.currentTag)).toBeDefined();
    expect(server.requests).toHaveLength(1);
  });
});
