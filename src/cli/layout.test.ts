import { describe, expect, it } from 'vitest';
import { alignCounts, alignRows, alignTable, wrapText } from './layout.ts';

const plain = (text: string): string => text;

describe('layout', () => {
  it('aligns rows and leaves out those without a value', () => {
    const rows = [
      ['Users', '3'],
      ['Memberships at all', '12'],
      ['Failed', undefined],
    ] as const;
    expect(alignRows(rows, plain)).toEqual(['  Users               3', '  Memberships at all  12']);
  });

  it('aligns counts to the right and breaks explanations in their own column', () => {
    const rows = [
      ['12', 'password', 'The old password is gone for good'],
      ['1,000', 'dates', 'Short'],
    ] as const;
    expect(alignCounts(rows, { dim: plain, width: 48 })).toEqual([
      '       12  password  The old password is gone',
      '                     for good',
      '    1,000  dates     Short',
    ]);
    expect(alignCounts([['3', 'sign in as before, and once more']], { dim: plain, width: 32 })).toEqual([
      '    3  sign in as before, and',
      '       once more',
    ]);
    expect(alignCounts(rows, { dim: plain, width: 36 })).toEqual([
      '       12  password',
      '           The old password is gone',
      '           for good',
      '    1,000  dates',
      '           Short',
    ]);
    expect(alignCounts(rows, { dim: plain })[0]).toBe('       12  password  The old password is gone for good');
  });

  it('makes a table with numbers to the right', () => {
    expect(
      alignTable(
        ['ID', 'USERS'],
        [
          ['a', '1'],
          ['bcd', '1,000'],
        ],
        { right: ['USERS'], dim: plain },
      ),
    ).toEqual(['ID   USERS', 'a        1', 'bcd  1,000']);
  });

  it('breaks text at blanks, keeps long words whole, and breaks nothing where there is no room', () => {
    const long = 'x'.repeat(40);
    expect(wrapText(`one two ${long} three`, 24)).toEqual(['one two', long, 'three']);
    expect(wrapText('one two three', 5)).toEqual(['one two three']);
  });
});
