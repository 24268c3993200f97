import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvUsers } from '../../src/csv/csv-users.ts';
import { textProblem } from '../../src/csv/dialect-text.ts';
import { decodeCsv, encodeHeader, encodeRow, type CsvRow } from '../../src/csv/import-dialect.ts';
import { formatRows } from '../../src/csv/rfc4180.ts';
import { readGroups, readMemberships } from '../../src/csv/side-files.ts';
import { formatSpreadsheet } from '../../src/csv/spreadsheet.ts';
import type { SchemaAttribute } from '../../src/model/pool.ts';
import { readImportFile, splitRow } from '../../src/simulator/import-jobs/import-file.ts';
import { collect } from '../fakes/collect.ts';
import { CANARY, inChunks, judge } from './judge.ts';
import { mutatedBytes } from './mutate-bytes.ts';
import { sweep } from './sweep.ts';

const HEADER = ['cognito:username', 'email', 'email_verified', 'birthdate', 'custom:note', 'cognito:mfa_enabled'];
const SCHEMA: readonly SchemaAttribute[] = [
  { name: 'custom:note', type: 'String', mutable: true, required: false, developerOnly: false },
];
const ROWS = [
  `${CANARY},${CANARY}@example.com,true,01/02/1990,two\\, ${CANARY},false`,
  `${CANARY}-2, ${CANARY}@example.org ,TRUE,,,`,
  `+${CANARY},,,12/31/2000,${CANARY} é😀,true`,
];
const FILES = [
  `${encodeHeader(HEADER)}\n${ROWS.join('\n')}\n`,
  `${encodeHeader(HEADER)}\r\n${ROWS.join('\r\n')}`,
  `${encodeHeader(HEADER.toReversed())}\n`,
].map((text) => Buffer.from(text));
const chunkSize = fc.constantFrom(1, 3, 64, 65_536);

describe("a file in Cognito's import dialect", () => {
  it('is read as the service reads it, or refused without a word of it', async () => {
    let rows = 0;
    await fc.assert(
      fc.asyncProperty(mutatedBytes(FILES), chunkSize, async (bytes, size) => {
        const options = { header: HEADER, source: 'file.csv' };
        const judged = await judge(() => collect(decodeCsv(inChunks(bytes, size), options)), ['bad-input']);
        if (!judged) return;
        rows += judged.value.length;
        // Cognito's own reader, as the simulator has it, finds the same cells.
        const theirs = readImportFile(bytes, HEADER);
        if ('unreadable' in theirs) throw new Error(theirs.unreadable);
        expect(judged.value.map(cellsOf)).toEqual(theirs.lines.map((line) => pairs(theirs.columns, splitRow(line))));
        // What can be written again says the same.
        const again = encodable(judged.value);
        const text = `${encodeHeader(HEADER)}\n${again.map(({ cells }) => `${encodeRow(HEADER, cells)}\n`).join('')}`;
        const reread = await collect(decodeCsv(inChunks(Buffer.from(text), size), options));
        expect(reread.map(cellsOf)).toEqual(again.map(cellsOf));
      }),
      sweep('import dialect', { ordinary: 2_000, long: 20_000 }),
    );
    expect(rows).toBeGreaterThan(100);
  });

  it('becomes users, or is refused without a word of it', async () => {
    let users = 0;
    await fc.assert(
      fc.asyncProperty(mutatedBytes(FILES), chunkSize, async (bytes, size) => {
        const options = { header: HEADER, schema: SCHEMA, source: 'file.csv' };
        const judged = await judge(() => collect(csvUsers(inChunks(bytes, size), options)), ['bad-input']);
        for (const user of judged?.value ?? []) {
          users += 1;
          expect(user.username).not.toBe('');
          for (const [name, value] of user.attributes) {
            expect(HEADER).toContain(name);
            expect(value).not.toBe('');
          }
        }
      }),
      sweep('users of a CSV file', { ordinary: 2_000, long: 20_000 }),
    );
    expect(users).toBeGreaterThan(100);
  });

  it('is refused before a line without end fills the memory', async () => {
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) yield Buffer.alloc(65_536, 'x');
    }
    const options = { header: HEADER, source: 'file.csv' };
    expect(await judge(() => collect(decodeCsv(endless(), options)), ['bad-input'])).toBeUndefined();
  });
});

describe('a CSV file beside it', () => {
  const groups = Buffer.from(
    `name,description,precedence,role_arn\n${CANARY},"two\n""lines"", ${CANARY}",0,\nb,,,arn:x\n`,
  );
  const memberships = Buffer.from(`group,username\n${CANARY},${CANARY}-1\n"a, b","${CANARY}"\r\n`);

  it.each([
    ['groups.csv', groups, readGroups],
    ['memberships.csv', memberships, readMemberships],
  ] as const)('%s is read, or refused without a word of it', async (name, document, read) => {
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(mutatedBytes([document]), chunkSize, async (bytes, size) => {
        const judged = await judge(() => collect<object>(read(inChunks(bytes, size), { source: name })), ['bad-input']);
        if (!judged) return;
        taken += judged.value.length;
        const values = judged.value.map((record) => Object.values(record));
        const columns = Object.keys(judged.value[0] ?? {});
        for (const row of values) for (const value of row) expect(value).not.toBe('');
        expect(columns).not.toContain('__proto__');
      }),
      sweep(name, { ordinary: 1_500, long: 15_000 }),
    );
    expect(taken).toBeGreaterThan(100);
  });
});

describe('a spreadsheet', () => {
  const cell = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.string({
      unit: fc.constantFrom('=', '+', '-', '@', ';', '\t', '\r', '\n', '"', ',', ' ', 'a', '\u200b', '＝'),
      maxLength: 8,
    }),
  );

  it('holds every cell, with nothing but apostrophes before what a program might run', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 5 }), async (rows) => {
        const text = formatSpreadsheet(rows);
        const read = parse(text, { record_delimiter: '\r\n' });
        expect(read).toHaveLength(rows.length);
        for (const [index, row] of read.entries()) {
          for (const [at, found] of row.entries()) {
            expect(found.trimStart()).not.toMatch(/^[=+\-@]/);
            expect(withoutApostrophes(found)).toBe(withoutApostrophes(rows[index]![at]!));
          }
        }
        // Without the apostrophes it is plain RFC 4180.
        expect(parse(formatRows(rows), { record_delimiter: '\n' })).toEqual(rows);
      }),
      sweep('spreadsheet', { ordinary: 2_000, long: 15_000 }),
    );
  });
});

function withoutApostrophes(text: string): string {
  return text.replaceAll("'", '');
}

function cellsOf({ cells }: CsvRow): ReadonlySet<string> {
  return pairSet([...cells]);
}

function pairs(columns: readonly string[], cells: readonly string[]): ReadonlySet<string> {
  return pairSet(
    columns.map((column, index) => [column, cells[index] ?? ''] as const).filter(([, text]) => text !== ''),
  );
}

function pairSet(all: readonly (readonly [string, string])[]): ReadonlySet<string> {
  return new Set(all.map(([column, text]) => `${column}\0${text}`));
}

/** A cell that was read may have no form to be written in, for example one with a quote inside. */
function encodable(rows: readonly CsvRow[]): readonly CsvRow[] {
  return rows.filter(({ cells }) => [...cells.values()].every((text) => textProblem(text) === undefined));
}
