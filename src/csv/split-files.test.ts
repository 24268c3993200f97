import { describe, expect, it } from 'vitest';
import { SplitFiles } from './split-files.ts';

function memory() {
  const files: string[] = [];
  const open = async (index: number) => ({
    write: async (text: string) => {
      files[index - 1] = (files[index - 1] ?? '') + text;
    },
    close: async () => {
      files[index - 1] += '<closed>';
    },
  });
  return { files, open };
}

describe('SplitFiles', () => {
  it('rolls at the row limit and says where each row stands', async () => {
    const { files, open } = memory();
    const split = new SplitFiles('h', open, { maxRows: 2, maxBytes: 1000 });
    const places = [];
    for (const row of ['a', 'b', 'c']) places.push(await split.add(row));
    expect(await split.end()).toEqual([
      { index: 1, rows: 2, sizeBytes: 6 },
      { index: 2, rows: 1, sizeBytes: 4 },
    ]);
    expect(files).toEqual(['h\na\nb\n<closed>', 'h\nc\n<closed>']);
    expect(places).toEqual([
      { file: 1, line: 2 },
      { file: 1, line: 3 },
      { file: 2, line: 2 },
    ]);
  });

  it('rolls before the byte limit is passed, counting UTF-8 bytes and the header', async () => {
    const { files, open } = memory();
    const split = new SplitFiles('h', open, { maxRows: 100, maxBytes: 8 });
    for (const row of ['é', 'é', 'é']) await split.add(row);
    const sizes = (await split.end()).map((file) => file.sizeBytes);
    expect(sizes).toEqual([8, 5]);
    expect(files.map((file) => Buffer.byteLength(file.replace('<closed>', '')))).toEqual(sizes);
  });

  it('gives a row of more than the limit a file of its own', async () => {
    const { files, open } = memory();
    const split = new SplitFiles('h', open, { maxRows: 100, maxBytes: 4 });
    for (const row of ['long', 'longer', 'a']) await split.add(row);
    expect(await split.end()).toHaveLength(3);
    expect(files).toEqual(['h\nlong\n<closed>', 'h\nlonger\n<closed>', 'h\na\n<closed>']);
  });

  it('writes one file where one is enough, and ends once', async () => {
    const { files, open } = memory();
    const split = new SplitFiles('h', open);
    await split.add('a');
    const written = [{ index: 1, rows: 1, sizeBytes: 4 }];
    expect(await split.end()).toEqual(written);
    expect(await split.end()).toEqual(written);
    expect(files).toEqual(['h\na\n<closed>']);
  });

  it('keeps to the limits of an import job unless told otherwise', async () => {
    const sizes: number[] = [];
    const open = async () => ({
      write: async (_text: string, rows: number) => void sizes.push(rows),
      close: async () => {},
    });
    const split = new SplitFiles('h', open);
    const row = 'x'.repeat(9_999_999);
    for (let count = 0; count < 10; count += 1) await split.add(row);
    expect((await split.end()).map(({ rows }) => rows)).toEqual([9, 1]);
    expect(sizes.filter((rows) => rows === 0)).toHaveLength(2);
  });

  it('writes the header alone when there is no row', async () => {
    const { files, open } = memory();
    expect(await new SplitFiles('h', open).end()).toEqual([{ index: 1, rows: 0, sizeBytes: 2 }]);
    expect(files).toEqual(['h\n<closed>']);
  });
});
