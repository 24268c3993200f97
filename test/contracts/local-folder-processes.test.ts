import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { realRuntime } from '../../src/runtime/real-runtime.ts';
import { openLocalFolder } from '../../src/storage/local-folder.ts';
import { text } from './storage.contract.ts';

/** Opens the folder in argv[2]; then either writes versions of one object for ever, or counts in `counter`. */
const WORKER = `
  import { realRuntime } from './src/runtime/real-runtime.ts';
  import { openLocalFolder } from './src/storage/local-folder.ts';
  const [, , folder, task, name] = process.argv;
  const storage = await openLocalFolder(folder, { runtime: realRuntime });
  if (task === 'write') {
    for (let n = 1; ; n += 1) {
      const body = Buffer.alloc(1_000_000, n % 256);
      await storage.put('a/object', body);
      await storage.putIfAbsent('a/once-' + name + '-' + n, body);
      if (n === 1) process.stdout.write('ready\\n');
    }
  }
  for (let won = 0; won < 20; ) {
    const { bytes, etag } = await storage.get('counter');
    const next = Buffer.from(String(Number(Buffer.from(bytes).toString()) + 1));
    if (await storage.putIfMatch('counter', next, etag)) won += 1;
  }
`;

let code: string;
let folder: string;

beforeAll(async () => {
  code = await mkdtemp(join(tmpdir(), 'storage-worker-'));
  await build({
    stdin: { contents: WORKER, resolveDir: resolve(import.meta.dirname, '../..'), loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: join(code, 'worker.mjs'),
    logLevel: 'error',
  });
});
afterAll(() => rm(code, { recursive: true }));
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'storage-processes-'));
});
afterEach(() => rm(folder, { recursive: true }));

function start(...args: string[]): ChildProcess {
  return spawn(process.execPath, [join(code, 'worker.mjs'), folder, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
}

it('a killed writer leaves no half object under any key', async () => {
  const storage = await openLocalFolder(folder, { runtime: realRuntime });
  for (const [round, delayMs] of [3, 10, 17, 26, 41].entries()) {
    const worker = start('write', String(round));
    await once(worker.stdout!, 'data');
    await realRuntime.sleep(delayMs);
    worker.kill('SIGKILL');
    await once(worker, 'exit');
    for await (const { key } of storage.list('')) {
      const { bytes } = (await storage.get(key))!;
      expect(bytes.length).toBe(1_000_000);
      expect(bytes.every((byte) => byte === bytes[0])).toBe(true);
    }
  }
});

it('processes that count by putIfMatch lose no count', async () => {
  const storage = await openLocalFolder(folder, { runtime: realRuntime });
  await storage.put('counter', text('0'));
  const exits = [1, 2, 3].map(async () => (await once(start('count'), 'exit'))[0] as number);
  expect(await Promise.all(exits)).toEqual([0, 0, 0]);
  expect(Buffer.from((await storage.get('counter'))!.bytes).toString()).toBe('60');
});
