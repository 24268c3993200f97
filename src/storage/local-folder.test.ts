import { mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isBackupError } from '../model/errors.ts';
import { manualRuntime } from '../runtime/manual-runtime.ts';
import { realRuntime } from '../runtime/real-runtime.ts';
import { type FileOperations, realFiles } from './file-operations.ts';
import { openLocalFolder } from './local-folder.ts';
import type { Storage } from './storage.ts';

const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);

let parent: string;
let vault: string;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'local-folder-'));
  vault = join(parent, 'deep', 'vault');
});
afterEach(() => rm(parent, { recursive: true }));

const open = (files?: Partial<FileOperations>): Promise<Storage> =>
  openLocalFolder(vault, { runtime: realRuntime, create: true, ...(files && { files: { ...realFiles, ...files } }) });

function failing(code: string): () => Promise<never> {
  return () => Promise.reject(Object.assign(new Error(`${code}: injected`), { code }));
}

async function failureOf(work: Promise<unknown>): Promise<{ code: string; message: string; hint: string | undefined }> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isBackupError(error)) throw new Error('Expected a BackupError', { cause: error });
  return { code: error.code, message: error.message, hint: error.hint };
}

async function everyFileBelow(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  return names.filter((entry) => entry.isFile()).map((entry) => entry.name);
}

describe('A local folder', () => {
  it('keeps files 0600 and the folders it makes 0700 whatever the umask', async () => {
    for (const mask of [0o000, 0o777]) {
      const before = process.umask(mask);
      try {
        const storage = await open();
        await storage.put(`a${mask}/b/put`, bytes('x'));
        await storage.putIfAbsent(`a${mask}/b/absent`, bytes('x'));
        const { etag } = await storage.put(`a${mask}/b/match`, bytes('x'));
        await storage.putIfMatch(`a${mask}/b/match`, bytes('y'), etag);
      } finally {
        process.umask(before);
      }
      const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;
      for (const path of [join(parent, 'deep'), vault, join(vault, `a${mask}`), join(vault, `a${mask}/b`)]) {
        expect(await modeOf(path)).toBe(0o700);
      }
      for (const name of ['put', 'absent', 'match']) expect(await modeOf(join(vault, `a${mask}/b`, name))).toBe(0o600);
    }
  });

  it('leaves no temporary file and no lock behind, won or lost', async () => {
    const storage = await open();
    const { etag } = await storage.put('a/key', bytes('1'));
    await storage.put('a/key', bytes('2'));
    await storage.putIfAbsent('a/key', bytes('3'));
    await storage.putIfMatch('a/key', bytes('4'), etag);
    expect(await everyFileBelow(vault)).toEqual(['key']);
  });

  it('is not found where it is missing or no folder, and is not made unasked', async () => {
    expect(await failureOf(openLocalFolder(vault, { runtime: realRuntime }))).toMatchObject({
      code: 'vault-not-found',
      message: `No such folder: "${vault}"`,
    });
    await writeFile(join(parent, 'file'), '');
    expect((await failureOf(openLocalFolder(join(parent, 'file'), { runtime: realRuntime }))).code).toBe(
      'vault-not-found',
    );
    const below = openLocalFolder(join(parent, 'file/x'), { runtime: realRuntime, create: true });
    expect((await failureOf(below)).code).toBe('storage-failed');
  });

  it('that goes away, as a disk does, is missed and not made anew', async () => {
    const storage = await open();
    await rm(vault, { recursive: true });
    const calls: (() => Promise<unknown>)[] = [
      () => storage.put('a/key', bytes('x')),
      () => storage.put('key', bytes('x')),
      () => storage.putIfAbsent('a/key', bytes('x')),
      () => storage.get('key'),
      () => storage.head('key'),
      () => storage.stream('key'),
      () => storage.delete('key'),
      () => storage.list('')[Symbol.asyncIterator]().next(),
      () => storage.folders('')[Symbol.asyncIterator]().next(),
    ];
    for (const call of calls) expect((await failureOf(call())).code).toBe('vault-not-found');
    expect(await readdir(join(parent, 'deep'))).toEqual([]);
  });

  it('does not list hidden, foreign or linked files, nor folders without objects', async () => {
    const storage = await open();
    await storage.put('a/key', bytes('x'));
    await mkdir(join(vault, 'empty/below'), { recursive: true });
    for (const name of ['.tmp-123', '.lock-key', '.DS_Store', 'not a key']) await writeFile(join(vault, 'a', name), '');
    await symlink(join(vault, 'a/key'), join(vault, 'a/link'));
    await symlink(vault, join(vault, 'a/loop'));
    const keys: string[] = [];
    for await (const { key } of storage.list('')) keys.push(key);
    const folders: string[] = [];
    for await (const name of storage.folders('')) folders.push(name);
    expect([keys, folders]).toEqual([['a/key'], ['a']]);
  });

  it('replaces a symbolic link instead of writing through it', async () => {
    const storage = await open();
    const outside = join(parent, 'outside');
    await writeFile(outside, 'untouched');
    await symlink(outside, join(vault, 'key'));
    expect(await storage.putIfAbsent('key', bytes('absent'))).toBeUndefined();
    await storage.put('key', bytes('new'));
    expect(await readFile(outside, 'utf8')).toBe('untouched');
    await expect(readlink(join(vault, 'key'))).rejects.toThrow('EINVAL');
  });

  it('fsyncs the file before it gets its name, and the folder after', async () => {
    const order: string[] = [];
    const storage = await open({
      open: async (path, ...rest) => {
        const handle = await realFiles.open(path, ...rest);
        const sync = handle.sync.bind(handle);
        handle.sync = async () => {
          order.push(String(path).includes('.tmp-') ? 'sync file' : 'sync folder');
          return sync();
        };
        return handle;
      },
      rename: (from, to) => (order.push('rename'), realFiles.rename(from, to)),
      link: (from, to) => (order.push('link'), realFiles.link(from, to)),
    });
    order.length = 0;
    await storage.put('key', bytes('x'));
    await storage.putIfAbsent('other', bytes('x'));
    expect(order).toEqual(['sync file', 'rename', 'sync folder', 'sync file', 'link', 'sync folder']);
  });
});

describe('A local folder where links fail', () => {
  it.each(['EPERM', 'ENOTSUP', 'ENOSYS', 'EMLINK'])('with %s still has one winner of thirty racers', async (code) => {
    const storage = await open({ link: failing(code) });
    const racers = Array.from({ length: 30 }, (_, racer) => storage.putIfAbsent('a/key', bytes(`racer ${racer}`)));
    const results = await Promise.all(racers);
    const winner = results.findIndex(Boolean);
    expect(results.filter(Boolean)).toHaveLength(1);
    expect(await readFile(join(vault, 'a/key'), 'utf8')).toBe(`racer ${winner}`);
    expect(await everyFileBelow(vault)).toEqual(['key']);
  });

  it('takes a link whose answer was lost for what it is', async () => {
    const storage = await open({
      link: async (from, to) => {
        await realFiles.link(from, to);
        return failing('EEXIST')();
      },
    });
    expect(await storage.putIfAbsent('key', bytes('x'))).toBeDefined();
    expect(await storage.putIfAbsent('key', bytes('y'))).toBeUndefined();
  });
});

describe('A local folder in trouble', () => {
  it.each([
    ['ENOSPC', 'disk-full'],
    ['EDQUOT', 'disk-full'],
    ['EFBIG', 'disk-full'],
    ['EACCES', 'vault-not-writable'],
    ['EROFS', 'vault-not-writable'],
    ['EIO', 'storage-failed'],
  ])('names %s on write %s, with the key, and leaves nothing visible', async (system, code) => {
    const storage = await open({
      open: async (path, flags, mode) => {
        if (flags !== 'wx') return realFiles.open(path, flags, mode);
        if (['EACCES', 'EROFS'].includes(system)) return failing(system)();
        const handle = await realFiles.open(path, flags, mode);
        return Object.assign(handle, { write: failing(system) });
      },
    });
    const failure = await failureOf(storage.put('pools/key', bytes('x')));
    expect(failure).toMatchObject({ code, message: `Cannot write "pools/key" in ${vault}: ${system}` });
    expect(failure.hint).toBeDefined();
    expect(await everyFileBelow(vault)).toEqual([]);
  });

  it('names a refused read not-authorized', async () => {
    await (await open()).put('key', bytes('x'));
    const storage = await open({ open: failing('EACCES') });
    expect((await failureOf(storage.get('key'))).code).toBe('not-authorized');
    expect(
      (await failureOf((await open({ readdir: failing('EACCES') })).list('')[Symbol.asyncIterator]().next())).code,
    ).toBe('not-authorized');
  });

  it('that cannot be made is not writable', async () => {
    expect(await failureOf(open({ mkdir: failing('EACCES') }))).toMatchObject({
      code: 'vault-not-writable',
      message: `Cannot write the folder "${vault}": EACCES`,
    });
  });

  it.skipIf(process.getuid?.() === 0)('refuses writes below a folder without write permission', async () => {
    const storage = await open();
    await realFiles.chmod(vault, 0o500);
    expect((await failureOf(storage.put('key', bytes('x')))).code).toBe('vault-not-writable');
    await realFiles.chmod(vault, 0o700);
  });

  it('does without fsync of folders where there is none', async () => {
    const storage = await open({
      open: (path, flags, mode) =>
        flags === 'r' && !String(path).includes('key') ? failing('EISDIR')() : realFiles.open(path, flags, mode),
    });
    expect(await storage.put('a/key', bytes('x'))).toBeDefined();
  });
});

describe('What a killed process left in a local folder', () => {
  it('goes with the last object once it is an hour old', async () => {
    const storage = await open();
    await storage.put('a/b/key', bytes('x'));
    const leftover = join(vault, 'a/b/.tmp-0123');
    await writeFile(leftover, 'half a part');
    await storage.delete('a/b/key');
    expect(await everyFileBelow(vault)).toEqual(['.tmp-0123']);
    await storage.put('a/b/key', bytes('x'));
    const twoHoursAgo = realRuntime.now().getTime() / 1000 - 7200;
    await utimes(leftover, twoHoursAgo, twoHoursAgo);
    await storage.delete('a/b/key');
    expect(await readdir(vault)).toEqual([]);
  });

  it('as a lock is waited for, then broken', async () => {
    const runtime = manualRuntime();
    const storage = await openLocalFolder(vault, { runtime, create: true });
    const { etag } = await storage.put('lease', bytes('1'));
    await writeFile(join(vault, '.lock-lease'), '');
    expect(await storage.putIfMatch('lease', bytes('2'), etag)).toBeDefined();
    expect(runtime.monotonicMs()).toBeGreaterThanOrEqual(10_000);
    expect(runtime.monotonicMs()).toBeLessThan(11_000);
    expect(await everyFileBelow(vault)).toEqual(['lease']);
  });

  it('as a lock can be given up on by an abort', async () => {
    const abort = new AbortController();
    const manual = manualRuntime();
    const runtime = {
      ...manual,
      sleep: (delayMs: number, signal?: AbortSignal) => {
        if (manual.sleeps.length === 3) abort.abort();
        return manual.sleep(delayMs, signal);
      },
    };
    const storage = await openLocalFolder(vault, { runtime, create: true });
    await writeFile(join(vault, '.lock-key'), '');
    expect((await failureOf(storage.put('key', bytes('x'), { signal: abort.signal }))).code).toBe('interrupted');
    expect(await everyFileBelow(vault)).toEqual(['.lock-key']);
  });
});
