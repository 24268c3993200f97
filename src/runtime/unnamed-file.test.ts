import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createUnnamedFile } from './unnamed-file.ts';

describe('an unnamed file', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'unnamed-file-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('can be read whole twice, and is gone once it is removed', async () => {
    const file = await createUnnamedFile(join(folder, 'users-1.csv'));
    await file.write('one\n');
    await file.write('two\n');
    expect(await readFile(file.path, 'utf8')).toBe('one\ntwo\n');
    expect(await readFile(file.path, 'utf8')).toBe('one\ntwo\n');
    await file.remove();
    expect(await readdir(folder)).toEqual([]);
  });

  it.runIf(process.platform === 'linux')('has no name that a kill could leave behind', async () => {
    const file = await createUnnamedFile(join(folder, 'users-1.csv'));
    expect(await readdir(folder)).toEqual([]);
    await file.remove();
  });
});
