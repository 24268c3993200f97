import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readImportFile, splitRow } from './import-file.ts';

describe('rows', () => {
  test.each([
    ['a,b,c', ['a', 'b', 'c']],
    ['', ['']],
    [',', ['', '']],
    ['a\\,b,c', ['a,b', 'c']],
    ['  a b  , c', ['a b', 'c']],
    ['"a,b"', ['"a', 'b"']],
    ['\\', ['\\']],
    ['a\\n,b', ['a\\n', 'b']],
    ['a\\\\,b', ['a\\,b']],
    ['\\,\\,,', [',,', '']],
  ])('%j splits into %j', (line, cells) => {
    expect(splitRow(line)).toEqual(cells);
  });

  test('trimmed cells without backslashes come back from their escaped form', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', ',', ' ', '"', 'é', '😀') }).map((text) => text.trim());
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1 }), (cells) => {
        expect(splitRow(cells.map((text) => text.replaceAll(',', '\\,')).join(','))).toEqual(cells);
      }),
    );
  });
});

describe('files', () => {
  const columns = ['cognito:username', 'email', 'email_verified'];
  const read = (text: string) => readImportFile(Buffer.from(text), columns);
  const header = columns.join(',');

  test('rows end in LF or CRLF, the last line end is optional, columns come in any order', () => {
    const expected = { columns, lines: ['a,b,true', 'c,d,false'] };
    expect(read(`${header}\na,b,true\nc,d,false\n`)).toEqual(expected);
    expect(read(`${header}\r\na,b,true\r\nc,d,false`)).toEqual(expected);
    expect(read('email_verified,cognito:username,email')).toEqual({
      columns: ['email_verified', 'cognito:username', 'email'],
      lines: [],
    });
  });

  test('the hash column may be there or not, whatever the template says', () => {
    expect(read(`${header},password_hash`)).toHaveProperty('lines');
    expect(readImportFile(Buffer.from(header), [...columns, 'password_hash'])).toHaveProperty('lines');
  });

  test.each([
    ['a byte order mark', `\u{feff}${header}\n`],
    ['a missing column', 'cognito:username,email\n'],
    ['a column too many', `${header},nickname\n`],
    ['a column twice', `${header},email\n`],
    ['no content', ''],
    ['a row of 16,001 characters', `${header}\n${'x'.repeat(16_001)}`],
    ['500,001 rows', `${header}\n${'x\n'.repeat(500_001)}`],
  ])('a file with %s is unreadable', (_fault, text) => {
    expect(read(text)).toHaveProperty('unreadable');
  });

  test('500,000 rows and a row of 16,000 characters are readable', () => {
    expect(read(`${header}\n${'x\n'.repeat(500_000)}`)).toHaveProperty('lines');
    expect(read(`${header}\n${'x'.repeat(16_000)}`)).toHaveProperty('lines');
  });

  test('bytes that are not UTF-8 are unreadable', () => {
    expect(readImportFile(Buffer.from([...Buffer.from(`${header}\n`), 0xff]), columns)).toHaveProperty('unreadable');
  });
});
