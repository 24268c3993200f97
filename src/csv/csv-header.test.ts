import { describe, expect, it } from 'vitest';
import { BackupError } from '../model/errors.ts';
import { checkHeader } from './csv-header.ts';

const WANTED = ['cognito:username', 'email', 'email_verified', 'birthdate', 'password_hash'];

function refused(found: readonly string[], wanted: readonly string[] = WANTED): BackupError | undefined {
  try {
    checkHeader(found, wanted, 'users.csv');
    return undefined;
  } catch (error) {
    if (!(error instanceof BackupError)) throw error;
    expect(error.code).toBe('bad-input');
    return error;
  }
}

describe('checkHeader', () => {
  it('takes the columns in any order, with or without the hashes', () => {
    expect(refused(WANTED)).toBeUndefined();
    expect(refused(WANTED.toReversed())).toBeUndefined();
    expect(refused(WANTED.slice(0, -1))).toBeUndefined();
  });

  it.each<[string, readonly string[]]>([
    ['lacks the column "email"', WANTED.filter((column) => column !== 'email')],
    ['lacks the columns "email", "birthdate"', WANTED.filter((column) => column !== 'email' && column !== 'birthdate')],
    ['has the unknown column no. 6', [...WANTED, 'x']],
    ['has the unknown columns no. 1, no. 7', ['x', ...WANTED, 'y']],
    ['repeats the column "email"', [...WANTED, 'email']],
    ['has the unknown column no. 6, repeats the column "email"', [...WANTED, 'x', 'email']],
    [
      'lacks the column "birthdate", has the unknown column no. 5, repeats the column "email"',
      ['cognito:username', 'email', 'email_verified', 'email', 'x', 'password_hash'],
    ],
  ])('%s', (problem, found) => {
    expect(refused(found)?.message).toBe(`Cannot read users.csv: line 1 ${problem}`);
    expect(refused(found)?.hint).toContain('get-csv-header');
  });

  it('names twenty columns at most', () => {
    const many = Array.from({ length: 23 }, (_, index) => `custom:${index}`);
    expect(refused(WANTED, [...WANTED, ...many])?.message).toMatch(/"custom:19" and 3 more$/);
    expect(refused(WANTED, [...WANTED, ...many.slice(0, 20)])?.message).toMatch(/"custom:19"$/);
  });

  it('takes a line of which less than half is known for no header, and says nothing of what stands there', () => {
    expect(refused(['email', 'ann', 'Lee'])?.message).toMatch(/line 1 is not a header of Cognito's import format$/);
    expect(refused(['email', 'birthdate', 'ann'])?.message).toMatch(/is not a header/);
    expect(refused(['email', 'birthdate', 'email_verified', 'ann'])?.message).toMatch(/lacks the column/);
    expect(refused(['email', 'birthdate'], ['email', 'birthdate', 'a', 'b'])?.message).toMatch(/lacks the columns "a"/);
    expect(refused(['email', 'birthdate', 'ann'], ['email', 'birthdate', 'a', 'b'])?.message).toMatch(/lacks the/);
  });

  it('guesses at another separator', () => {
    expect(refused(['cognito:username;email'])?.hint).toMatch(/^Separate the columns by commas/);
    expect(refused(['cognito:username\temail'])?.hint).toMatch(/^Separate the columns by commas/);
    expect(refused(['cognito:username email'])?.hint).toMatch(/^The first line holds the column names/);
    expect(refused(['a;b', 'c'])?.hint).toMatch(/^The first line holds the column names/);
    expect(refused([])?.message).toMatch(/lacks the columns/);
  });
});
