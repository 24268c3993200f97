import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readableFile } from './readable-file.ts';

const never = new AbortController().signal;

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts).toString();
}

describe('readableFile', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'readable-file-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('reads a file of this machine as often as wanted, and goes by its name in messages', async () => {
    const path = join(folder, 'users 1.csv');
    await writeFile(path, 'a,b\n');
    const file = await readableFile(path, {}, never);
    expect(file.name).toBe('users 1.csv');
    expect([await textOf(file.read()), await textOf(file.read())]).toEqual(['a,b\n', 'a,b\n']);
  });

  it.each([
    ['a missing file', 'nothing.csv', 'file-not-found'],
    ['a folder', '.', 'usage'],
  ])('names the problem with %s', async (_what, name, code) => {
    const file = await readableFile(join(folder, name), {}, never);
    await expect(textOf(file.read())).rejects.toMatchObject({ code });
  });

  it.each(['s3://bucket', 's3://bucket/', 's3://bucket/folder/'])(
    'refuses %s, which names no object',
    async (location) => {
      await expect(readableFile(location, {}, never)).rejects.toMatchObject({ code: 'usage' });
    },
  );
});
