import { describe, expect, it } from 'vitest';
import { BackupError } from '../model/errors.ts';
import { csvUsers } from './csv-users.ts';
import { headerFromSchema } from './header-from-schema.ts';
import { decodeCsv, encodeRow } from './import-dialect.ts';

const header = ['cognito:username', 'email', 'email_verified', 'birthdate', 'cognito:mfa_enabled', 'password_hash'];
const first = 'cognito:username,email,email_verified,birthdate,cognito:mfa_enabled\n';

async function* inChunks(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function decode(content: string | Uint8Array, chunkSize = 1) {
  const rows = [];
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  for await (const row of decodeCsv(inChunks(bytes, chunkSize), { header, source: 'users.csv' })) {
    rows.push([row.lineNumber, Object.fromEntries(row.cells)]);
  }
  return rows;
}

async function failure(content: string | Uint8Array, chunkSize = 1): Promise<BackupError> {
  const error = await decode(content, chunkSize).catch((thrown: unknown) => thrown);
  if (!(error instanceof BackupError)) throw new Error(`Expected an error, found ${JSON.stringify(error)}`);
  expect(error.code).toBe('bad-input');
  return error;
}

describe('decodeCsv', () => {
  it.each([1, 3, 65_536])('reads escapes, blanks, spaces and CRLF in chunks of %i', async (size) => {
    const text = `${first.replace('\n', '\r\n')}ann, a\\,b@example.com ,true,,\r\nbób😀,,,,false\n\n`;
    expect(await decode(text, size)).toEqual([
      [2, { 'cognito:username': 'ann', email: 'a,b@example.com', email_verified: 'true' }],
      [3, { 'cognito:username': 'bób😀', 'cognito:mfa_enabled': 'false' }],
    ]);
  });

  it('reads columns in any order and a last line without line end', async () => {
    const text =
      'email,cognito:username,email_verified,birthdate,cognito:mfa_enabled,password_hash\n,ann,,,,$argon2id$v=19$m=1\\,t=2\\,p=1$a$b';
    expect(await decode(text)).toEqual([
      [2, { 'cognito:username': 'ann', password_hash: '$argon2id$v=19$m=1,t=2,p=1$a$b' }],
    ]);
  });

  it.each<[string, string | Uint8Array, RegExp]>([
    ['a byte order mark', `\ufeff${first}`, /line 1 begins with a byte order mark/],
    ['UTF-16 with its mark', Buffer.from(`\ufeff${first}`, 'utf16le'), /line 1 begins with the mark of UTF-16/],
    ['UTF-16 without mark', Buffer.from(first, 'utf16le'), /line 1 looks like UTF-16/],
    [
      'Latin-1',
      Buffer.concat([Buffer.from(`${first}ann,,,,\n`), Buffer.from('bób,,,,\n', 'latin1')]),
      /line 3 is not valid UTF-8/,
    ],
    ['a cut UTF-8 sequence', Buffer.from(`${first}ann,,,,é`).subarray(0, -1), /line 2 is not valid UTF-8/],
    ['an empty file', '', /line 1 is missing: the file is empty/],
    ['an empty line between', `${first}\nann,,,,\n`, /line 2 is empty/],
    ['a carriage return inside', `${first}ann,\r,,,\n`, /line 2 has a carriage return inside/],
    ['a carriage return at the end of a cut file', `${first}ann,,,,\r`, /line 2 has a carriage return inside/],
    ['too few cells', `${first}ann,,,,\nbob,,,\n`, /line 3 has 4 cells where the header has 5/],
    ['too many cells', `${first}Ann,Lee,,,,\n`, /line 2 has 6 cells/],
    ['a quoted cell', `${first}ann,"a@example.com",,,\n`, /line 2 has a quoted cell/],
    ['a quoted header', first.replace(/([^,\n]+)/g, '"$1"'), /line 1 has a quoted cell/],
    ['a stray backslash', `${first}ann,a\\b,,,\n`, /line 2 has a backslash/],
    ['a backslash at the end', `${first}ann,,,,\\`, /line 2 has a backslash/],
    [
      'missing columns',
      'cognito:username,email\nann,\n',
      /lacks the columns "email_verified", "birthdate", "cognito:mfa_enabled"/,
    ],
    ['unknown columns', `${first.trim()},custom:x\n`, /line 1 has the unknown column no. 6/],
    ['a repeated column', `${first.trim()},email\n`, /line 1 repeats the column "email"/],
    ['semicolons', first.replaceAll(',', ';'), /line 1 is not a header/],
    ['no header at all', 'ann,ann@example.com,true,,\n', /line 1 is not a header/],
    ['a row too long', `${first}ann,${'x'.repeat(16_000)},,,\n`, /line 2 is longer than 16,000 characters/],
    ['a file that is one line', 'x'.repeat(70_000), /line 1 is longer than 16,000 characters/],
  ])('refuses %s with the line number', async (_, content, message) => {
    for (const size of [1, 65_536]) expect((await failure(content, size)).message).toMatch(message);
  });

  it('trims blanks at both ends alone, and keeps a quote or a mark inside', async () => {
    expect(await decode(`${first}  ann  lee  ,  a,b  ,,\n`)).toEqual([
      [2, { 'cognito:username': 'ann  lee', email: 'a', email_verified: 'b' }],
    ]);
    expect(await decode(`${first}\ufeffann,5",,,\n`)).toEqual([[2, { 'cognito:username': '\ufeffann', email: '5"' }]]);
  });

  it.each<[string, Uint8Array, RegExp]>([
    [
      'UTF-16 in one line',
      Buffer.from(`\ufeff${'x'.repeat(70_000)}`, 'utf16le'),
      /line 1 begins with the mark of UTF-16/,
    ],
    [
      'a byte order mark before a long line',
      Buffer.from(`\ufeff${'x'.repeat(70_000)}`),
      /line 1 begins with a byte order mark/,
    ],
    ['a long line of marks', Buffer.from(`${first}\ufeff${'x'.repeat(70_000)}`), /line 2 is longer/],
    ['half a mark', Buffer.concat([Buffer.of(0xff), Buffer.from(first)]), /line 1 is not valid UTF-8/],
  ])('tells %s for what it is', async (_, content, message) => {
    for (const size of [4_096, 1_000_000]) expect((await failure(content, size)).message).toMatch(message);
  });

  it('reads no more of a line without end than a row may have', async () => {
    let read = 0;
    async function* endless() {
      for (;;) {
        read += 1_000;
        yield Buffer.alloc(1_000, 'x');
      }
    }
    const rows = decodeCsv(endless(), { header });
    await expect(rows.next()).rejects.toMatchObject({
      code: 'bad-input',
      message: 'Cannot read the CSV file: line 1 is longer than 16,000 characters',
    });
    expect(read).toBeLessThan(66_000);
  });

  it('takes any number of short rows in one chunk, the last of them cut', async () => {
    const rows = Array.from({ length: 4_000 }, (_, index) => `user-${index},,,,\n`).join('');
    expect(await decode(`${first}${rows}`, 50_001)).toHaveLength(4_000);
  });

  it('stops when the signal aborts', async () => {
    const abort = new AbortController();
    const rows = decodeCsv(inChunks(Buffer.from(`${first}ann,,,,\nbob,,,,\n`), 4), { header, signal: abort.signal });
    await rows.next();
    abort.abort();
    await expect(rows.next()).rejects.toMatchObject({ code: 'interrupted' });
  });

  it('takes the longest row, of any characters', async () => {
    const longest = `ann,${'€'.repeat(16_000 - 7)},,,`;
    expect(await decode(`${first}${longest}\r\n`, 4096)).toHaveLength(1);
  });

  it('never repeats the content of the file', async () => {
    const files = [
      'ann@example.com,Ann,Lee,,\n',
      `${first}Ann,"ann@example.com",,,\n`,
      `${first}Ann,\\,Ann\n`,
      `${first}Ann,a\\nn,,,\n`,
      `${first.trim()}Ann,ann@example.com,,,\n`,
    ];
    for (const file of files) {
      const error = await failure(file);
      expect(`${error.message} ${error.hint}`).not.toMatch(/\bann\b|example/i);
    }
  });
});

describe('encodeRow', () => {
  it('escapes commas and leaves absent columns blank', () => {
    expect(
      encodeRow(
        header,
        new Map([
          ['email', 'a,b'],
          ['cognito:username', 'ann'],
        ]),
      ),
    ).toBe('ann,a\\,b,,,,');
  });

  it.each(['a\nb,mallory', 'a\\', ' a', '"'])('refuses %j rather than mangle it', (value) => {
    expect(() => encodeRow(header, new Map([['email', value]]))).toThrow(expect.objectContaining({ code: 'internal' }));
  });
});

describe('csvUsers', () => {
  async function users(text: string) {
    const found = [];
    for await (const user of csvUsers(inChunks(Buffer.from(text), 16), { header, schema: [], source: 'users.csv' }))
      found.push(user);
    return found;
  }

  it('gives attributes as the pool holds them and leaves blanks unspecified', async () => {
    expect(await users(`${first}ann,a@example.com,TRUE,12/31/1990,False\nbob,,,,\n`)).toEqual([
      {
        username: 'ann',
        attributes: [
          ['email', 'a@example.com'],
          ['email_verified', 'true'],
          ['birthdate', '1990-12-31'],
        ],
        mfaEnabled: false,
        lineNumber: 2,
      },
      { username: 'bob', attributes: [], lineNumber: 3 },
    ]);
  });

  it('reads the columns that are no attributes', async () => {
    const file = `${first.trim()},password_hash\nann,,,,TRUE,$2b$10$x\n`;
    expect(await users(file)).toStrictEqual([
      { username: 'ann', attributes: [], mfaEnabled: true, passwordHash: '$2b$10$x', lineNumber: 2 },
    ]);
    expect(await users(`${first}ann,,,,\n`)).toStrictEqual([{ username: 'ann', attributes: [], lineNumber: 2 }]);
  });

  it('speaks of the CSV file where it has no name', async () => {
    const read = csvUsers(inChunks(Buffer.from(`${first},,,,\n`), 16), { header, schema: [] });
    await expect(read.next()).rejects.toThrow('Cannot read the CSV file: line 2 has a blank');
  });

  it.each([
    ['ann,,yes,,', /line 2 has no true or false in the column "email_verified"/],
    ['ann,,,1990-12-31,', /line 2 has no date as mm\/dd\/yyyy in the column "birthdate"/],
    ['ann,,,02/30/1990,', /line 2 has no date/],
    [',a@example.com,,,', /line 2 has a blank "cognito:username"/],
  ])('refuses the row %j', async (row, message) => {
    await expect(users(`${first}${row}\n`)).rejects.toThrow(message);
  });
});

describe('headerFromSchema', () => {
  it('has the standard columns, the custom ones and the hash on request', () => {
    const schema = [
      { name: 'custom:note', type: 'String', mutable: true, required: false, developerOnly: false },
    ] as const;
    expect(headerFromSchema(schema)).toHaveLength(22);
    expect(headerFromSchema([...schema, { ...schema[0], name: 'email' }])).toEqual(headerFromSchema(schema));
    expect(headerFromSchema(schema).slice(-3)).toEqual(['cognito:mfa_enabled', 'cognito:username', 'custom:note']);
    expect(headerFromSchema(schema, { passwordHash: true }).at(-1)).toBe('password_hash');
  });
});
