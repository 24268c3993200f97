import { readFile } from 'node:fs/promises';
import { throwIfInterrupted } from '../../src/runtime/interruption.ts';
import { tooLarge } from '../../src/storage/too-large.ts';
import type { Body, CallOptions, Storage, StoredObject } from '../../src/storage/storage.ts';

/** A storage in memory with the semantics of the contract, and hooks for the tests. */
export interface MemoryStorage extends Storage {
  readonly objects: Map<string, Uint8Array>;
  /** Keys written so far, in order, every overwriting included. */
  readonly writes: readonly string[];
  /** What is locked; reported, and no hindrance, as on S3 where a delete leaves a marker. */
  readonly locks: Map<string, Pick<StoredObject, 'lockedUntil' | 'legalHold'>>;
  /** Called before each write or delete takes effect; what it throws is what the caller gets. */
  beforeWrite: (key: string, write: number) => void;
  /** Called after a write has taken effect: throwing here is an answer that went missing. */
  afterWrite: (key: string, write: number) => void;
}

export function memoryStorage(): MemoryStorage {
  const objects = new Map<string, Uint8Array>();
  const etags = new Map<string, string>();
  const writes: string[] = [];
  const locks: MemoryStorage['locks'] = new Map();
  let versions = 0;

  const described = (key: string): StoredObject | undefined => {
    const bytes = objects.get(key);
    return bytes && { key, sizeBytes: bytes.length, etag: etags.get(key) ?? 'given' };
  };
  const write = async (key: string, body: Body, condition: () => boolean): Promise<StoredObject | undefined> => {
    const bytes = body instanceof Uint8Array ? Uint8Array.from(body) : Uint8Array.from(await readFile(body.path));
    storage.beforeWrite(key, writes.length);
    if (!condition()) return undefined;
    objects.set(key, bytes);
    etags.set(key, `v${(versions += 1)}`);
    writes.push(key);
    const stored = described(key);
    storage.afterWrite(key, writes.length - 1);
    return stored;
  };

  const storage: MemoryStorage = {
    location: 'memory',
    objects,
    writes,
    locks,
    beforeWrite: () => undefined,
    afterWrite: () => undefined,
    put: async (key, body, options) => {
      check(options);
      return (await write(key, body, () => true))!;
    },
    putIfAbsent: async (key, body, options) => {
      check(options);
      return write(key, body, () => !objects.has(key));
    },
    putIfMatch: async (key, body, etag, options) => {
      check(options);
      return write(key, body, () => described(key)?.etag === etag);
    },
    get: async (key, options) => {
      check(options);
      const found = described(key);
      const { maxBytes = Infinity } = options ?? {};
      if (found && found.sizeBytes > maxBytes) throw tooLarge(key, maxBytes, found.sizeBytes);
      return found && { ...found, bytes: Uint8Array.from(objects.get(key)!) };
    },
    stream: async (key, options) => {
      check(options);
      const bytes = objects.get(key);
      return bytes && inChunks(bytes);
    },
    head: async (key, options) => {
      check(options);
      const found = described(key);
      return found && { ...found, ...(options?.lock && locks.get(key)) };
    },
    async *list(prefix, options) {
      for (const key of [...objects.keys()].sort()) {
        check(options);
        const found = described(key);
        if (found && key.startsWith(prefix)) yield found;
      }
    },
    async *folders(prefix, options) {
      const names = new Set<string>();
      for (const key of [...objects.keys()].sort()) {
        check(options);
        const rest = key.startsWith(prefix) ? key.slice(prefix.length) : '';
        if (rest.includes('/')) names.add(rest.slice(0, rest.indexOf('/')));
      }
      yield* [...names].sort();
    },
    delete: async (key, options) => {
      check(options);
      storage.beforeWrite(key, writes.length);
      objects.delete(key);
      etags.delete(key);
    },
  };
  return storage;
}

function check(options: CallOptions | undefined): void {
  throwIfInterrupted(options?.signal);
}

async function* inChunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += 1024) yield bytes.subarray(from, from + 1024);
}
