import { access, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { manualRuntime } from '../runtime/manual-runtime.ts';
import { Spill } from './spill.ts';

describe('Spill', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'spill-test-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('gives back what was written, block by block, in any order', async () => {
    const spill = new Spill(manualRuntime(), folder);
    const texts = ['one', 'x'.repeat(100_000), '', 'žluťoučký 😀'];
    const blocks = await Promise.all(texts.map((text) => spill.write(Buffer.from(text))));
    const read = await Promise.all(
      [...blocks].reverse().map(async (block) => (await spill.read(block)).toString('utf8')),
    );
    expect(read.reverse()).toEqual(texts);
    await spill.close();
  });

  it.skipIf(process.platform === 'win32')('leaves nothing in the folder, not even while it is in use', async () => {
    const spill = new Spill(manualRuntime(), folder);
    await spill.write(Buffer.from('personal'));
    expect(await readdir(folder)).toEqual([]);
    await spill.close();
    expect(await readdir(folder)).toEqual([]);
  });

  it('opens no file as long as nothing is spilled', async () => {
    const missing = join(folder, 'missing');
    const spill = new Spill(manualRuntime(), missing);
    await spill.close();
    await expect(access(missing)).rejects.toThrow('ENOENT');
  });

  it('says what to do when it cannot write, and closes all the same', async () => {
    const spill = new Spill(manualRuntime(), join(folder, 'missing'));
    await expect(spill.write(Buffer.from('x'))).rejects.toMatchObject({
      code: 'storage-failed',
      message: `Cannot write temporary data below ${JSON.stringify(join(folder, 'missing'))}: ENOENT`,
      hint: expect.stringContaining('TMPDIR'),
    });
    await spill.close();
  });
});
