import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effort } from '../../test/support/effort.ts';
import { formatRows } from './rfc4180.ts';
import {
  groupCells,
  membershipCells,
  GROUP_COLUMNS,
  MEMBERSHIP_COLUMNS,
  readGroups,
  readMemberships,
} from './side-files.ts';
import { formatSpreadsheet } from './spreadsheet.ts';

async function* inChunks(content: string | Uint8Array, size = 1) {
  const bytes = Buffer.from(content);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

const text = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }),
  fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', ' ', '=', '\ufeff', 'a', "'"), minLength: 1, maxLength: 8 }),
);

describe('side files', () => {
  it('bring groups back exactly', async () => {
    const group = fc.record(
      { name: text, description: text, precedence: fc.nat(), roleArn: text },
      { requiredKeys: ['name'] },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(group, { maxLength: 5 }), async (groups) => {
        const file = formatRows([GROUP_COLUMNS]) + formatRows(groups.map(groupCells));
        expect(await collect(readGroups(inChunks(file), { source: 'groups.csv' }))).toEqual(groups);
      }),
      { numRuns: effort({ brief: 60, ordinary: 300, long: 3_000 }) },
    );
  });

  it('bring memberships back exactly', async () => {
    const membership = fc.record({ group: text, username: text });
    await fc.assert(
      fc.asyncProperty(fc.array(membership, { maxLength: 5 }), async (memberships) => {
        const file = formatRows([MEMBERSHIP_COLUMNS]) + formatRows(memberships.map(membershipCells));
        expect(await collect(readMemberships(inChunks(file), { source: 'memberships.csv' }))).toEqual(memberships);
      }),
      { numRuns: effort({ brief: 60, ordinary: 300, long: 3_000 }) },
    );
  });

  it('keep precedence 0 and read an empty cell as none', async () => {
    const file =
      formatRows([GROUP_COLUMNS]) +
      formatRows([{ name: 'a', description: '', precedence: 0 }, { name: 'b' }].map(groupCells));
    expect(file).toBe('name,description,precedence,role_arn\na,,0,\nb,,,\n');
    expect(await collect(readGroups(inChunks(file), { source: 'groups.csv' }))).toEqual([
      { name: 'a', precedence: 0 },
      { name: 'b' },
    ]);
  });

  it('take empty lines between others, and either line end in one file', async () => {
    const read = (file: string) => collect(readGroups(inChunks(file), { source: 'groups.csv' }));
    expect(await read('name\r\na\n\nb\r\n')).toEqual([{ name: 'a' }, { name: 'b' }]);
    expect(await read('name\na\r\n')).toEqual([{ name: 'a' }]);
  });

  it('say nothing of a field whose cell is empty', async () => {
    const file = 'name,description,role_arn\na,,\nb,text,arn\n';
    expect(await collect(readGroups(inChunks(file), { source: 'groups.csv' }))).toStrictEqual([
      { name: 'a' },
      { name: 'b', description: 'text', roleArn: 'arn' },
    ]);
  });

  it.each(['group,username\n,ann\n', 'group,username\na,\n'])('refuse the memberships %j', async (file) => {
    await expect(collect(readMemberships(inChunks(file), { source: 'memberships.csv' }))).rejects.toMatchObject({
      code: 'bad-input',
      message: 'Cannot read memberships.csv: line 2 lacks the group or the username',
      hint: expect.stringContaining('RFC 4180'),
    });
  });

  it('say what the first line must be', async () => {
    await expect(collect(readMemberships(inChunks('group\n'), { source: 'm.csv' }))).rejects.toMatchObject({
      message: 'Cannot read m.csv: line 1 lacks the column username',
      hint: 'The first line must be: group,username',
    });
    await expect(collect(readMemberships(inChunks('a\n'), { source: 'm.csv' }))).rejects.toMatchObject({
      message: 'Cannot read m.csv: line 1 lacks the columns group, username',
    });
    await expect(collect(readGroups(inChunks('name,x\n'), { source: 'g.csv' }))).rejects.toMatchObject({
      hint: 'The first line must be: name,description,precedence,role_arn',
    });
  });

  it('name the line that is no UTF-8, also where the file is cut', async () => {
    const latin = Buffer.from('name\na\nsecrét\n', 'latin1');
    await expect(collect(readGroups(inChunks(latin), { source: 'g.csv' }))).rejects.toThrow('line 3 or one soon');
    const cut = Buffer.from('name\né').subarray(0, -1);
    await expect(collect(readGroups(inChunks(cut), { source: 'g.csv' }))).rejects.toThrow('line 2 or one soon');
  });

  it('take what a spreadsheet saved: byte order mark, CRLF, other order, names alone', async () => {
    const file = '\ufeffprecedence,name\r\n7,"b ""x"""\r\n';
    expect(await collect(readGroups(inChunks(file), { source: 'groups.csv' }))).toEqual([
      { name: 'b "x"', precedence: 7 },
    ]);
  });

  it.each<[string, string | Uint8Array, RegExp]>([
    ['another header', 'group,user\n', /groups.csv: line 1 lacks the column name/],
    ['an unknown column', 'name,colour\n', /line 1 has an unknown column/],
    ['a repeated column', 'name,name\n', /line 1 repeats a column/],
    ['an empty file', '', /line 1 is missing/],
    ['too many cells', 'name\nsecret,secret\n', /line 2 has 2 cells where the header has 1/],
    ['an open quote', 'name\n"secret\n', /line \d is not valid CSV/],
    ['a quote inside', 'name\nsec"ret\n', /line 2 is not valid CSV/],
    ['a precedence that is none', 'name,precedence\nsecret,-1\n', /line 2 has a precedence/],
    ['a group without name', 'name,precedence\n,1\n', /line 2 has no group name/],
    ['Latin-1', Buffer.from('name\nsecrét\n', 'latin1'), /line \d.* is not valid UTF-8/],
  ])('refuse %s', async (_, content, message) => {
    const error = await collect(readGroups(inChunks(content), { source: 'groups.csv' })).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ name: 'BackupError', code: 'bad-input', message: expect.stringMatching(message) });
    expect(JSON.stringify(error) + String((error as Error).cause)).not.toContain('secr');
  });

  it('pass on an error of the source', async () => {
    async function* broken() {
      yield Buffer.from('name\n');
      throw new TypeError('lost');
    }
    await expect(collect(readGroups(broken(), { source: 'groups.csv' }))).rejects.toThrow('lost');
  });
});

describe('formatSpreadsheet', () => {
  it.each(['=1+1', '+15550100', '-2', '@SUM(A1)', '\tx', '\rx', '\nx', ' =1', '\u200b=1', '＝1', '＋1', '－1', '＠x'])(
    'defuses %j by an apostrophe',
    (cell) => {
      expect(parse(formatSpreadsheet([[cell, 'ok']]), { record_delimiter: '\r\n' })).toEqual([[`'${cell}`, 'ok']]);
    },
  );

  it('leaves ordinary text alone', () => {
    expect(formatSpreadsheet([['ann@example.com', undefined, 'a=b', "'x"]])).toBe("ann@example.com,,a=b,'x\r\n");
  });

  it.each([
    ['a;=1+1', "a;'=1+1"],
    ['a; -1', "a; '-1"],
    ['a\t@x', "a\t'@x"],
    ['a\n\u200b+1', "a\n\u200b'+1"],
    ['a\r\n+1', "a\r\n'+1"],
    ['\t=1', "'\t'=1"],
    ['=1;=2', "'=1;'=2"],
    ['Smith; Jones, -1', 'Smith; Jones, -1'],
  ])('defuses what stands behind a separator of another country: %j', (cell, shown) => {
    expect(parse(formatSpreadsheet([[cell]]), { record_delimiter: '\r\n' })).toEqual([[shown]]);
  });
});
