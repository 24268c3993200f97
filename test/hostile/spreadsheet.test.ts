import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatSpreadsheet, SPREADSHEET_BOM } from '../../src/csv/spreadsheet.ts';
import { exportSnapshot } from '../../src/operations/export/export.ts';
import { manualRuntime } from '../../src/runtime/manual-runtime.ts';
import { openSnapshot } from '../../src/snapshot/snapshot-reader.ts';
import { openVault } from '../../src/snapshot/vault.ts';
import { memoryStorage } from '../fakes/memory-storage.ts';
import { sampleGroup, samplePool, sampleUser } from '../fakes/sample-pool.ts';
import { sampleSnapshot } from '../fakes/sample-snapshot.ts';

/** What begins a formula, after what spreadsheets pass over at the beginning of a cell. */
const FORMULA = /^[\s\p{Cc}\p{Cf}"]*[=+\-@＝＋－＠]/u;

/** Every cell that some spreadsheet may see in a text: by RFC 4180, and where quotes in the middle count for nothing. */
function cellsIn(text: string): string[] {
  const proper = parse(text, { record_delimiter: '\r\n', bom: true, relax_column_count: true });
  return [
    ...proper.flat(),
    ...text
      .replace(/^\ufeff/, '')
      .split(/[;\t\r\n]/)
      .slice(1),
  ];
}

/** A literal quote in front makes text of what follows, where quotes are read as they are written. */
function runs(cell: string): boolean {
  return FORMULA.test(cell) && !/^"[^"]/.test(cell);
}

const FORMULAS = [
  '=1+1',
  '+1',
  '-1',
  '@SUM(A1)',
  '\t=1',
  '\r=1',
  '\n=1',
  ' =1',
  '\u200b=1',
  '\ufeff=1',
  '＝1',
  'x;=1',
  'x\t@SUM(A1)',
  'x\n=cmd|" /C calc"!A0',
  'x\r\n+1',
  'x; "=1"',
  '=HYPERLINK("https://example.com","x")',
];

describe('a table for people', () => {
  it('has no cell that a spreadsheet would run, however it splits the text', () => {
    for (const formula of FORMULAS) {
      const text = formatSpreadsheet([['a', formula, formula], [formula]]);
      expect(cellsIn(text).filter(runs), JSON.stringify(formula)).toEqual([]);
    }
    const letters = fc.constantFrom('=', '+', '-', '@', '＝', ';', '\t', '\r', '\n', ' ', '"', "'", 'a', '1', '\u200b');
    const cell = fc.string({ unit: letters, maxLength: 8 });
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1, maxLength: 3 }), (row) => {
        const text = formatSpreadsheet([row]);
        const proper = parse(text, { record_delimiter: '\r\n' });
        return !proper.flat().some((shown) => /^[\s\p{Cc}\p{Cf}]*[=+\-@＝＋－＠]/u.test(shown));
      }),
    );
  });

  it('is what an export writes in all of its files, headings included', async () => {
    const storage = memoryStorage();
    const runtime = manualRuntime();
    const vault = await openVault(storage, { create: true, runtime });
    const users = FORMULAS.map((formula, index) =>
      sampleUser(index, {
        username: `${formula}${index}`,
        attributes: [
          ['name', formula],
          [formula, formula],
        ],
      }),
    );
    const schema = ['=evil', 'name'].map((name) => ({ ...samplePool().schema[0]!, name }));
    const ref = await sampleSnapshot(
      { vault, runtime },
      {
        pool: samplePool({ schema }),
        users,
        groups: [sampleGroup('=group', { description: '@description', roleArn: '-arn' })],
        members: new Map([['=group', users.map(({ sub }) => sub)]]),
      },
    );
    const reader = await openSnapshot(vault, ref);
    const out = memoryStorage();
    const { files } = await exportSnapshot({ reader, runtime, observer: () => {} }, { format: 'spreadsheet', out });
    expect(files).toHaveLength(3);
    for (const { key } of files) {
      const text = Buffer.from(out.objects.get(key)!).toString();
      expect(text.startsWith(SPREADSHEET_BOM)).toBe(true);
      expect(cellsIn(text).filter(runs), key).toEqual([]);
    }
    const csv = memoryStorage();
    await exportSnapshot({ reader, runtime, observer: () => {} }, { format: 'csv', out: csv });
    const named = Buffer.from(csv.objects.get('not-carried.csv')!).toString();
    expect(named.split('\r\n').length).toBeGreaterThan(2);
    expect(cellsIn(named).filter(runs)).toEqual([]);
  });
});
