import { describe, expect, it } from 'vitest';
import type { SchemaAttribute } from '../model/pool.ts';
import { formatsOf, fromCell, toCell, type ColumnFormat } from './columns.ts';

const attribute = (name: string, type: SchemaAttribute['type']): SchemaAttribute => ({
  name,
  type,
  mutable: true,
  required: false,
  developerOnly: false,
});

describe('formatsOf', () => {
  it('takes the format from the dialect, else from the schema, else it is text', () => {
    const formatOf = formatsOf([
      attribute('custom:vip', 'Boolean'),
      attribute('custom:points', 'Number'),
      attribute('custom:when', 'DateTime'),
      attribute('birthdate', 'Number'),
    ]);
    expect(
      Object.fromEntries(
        [
          'email',
          'email_verified',
          'phone_number_verified',
          'cognito:mfa_enabled',
          'birthdate',
          'updated_at',
          'custom:vip',
          'custom:points',
          'custom:when',
          'custom:gone',
        ].map((column) => [column, formatOf(column)]),
      ),
    ).toEqual({
      email: 'text',
      email_verified: 'boolean',
      phone_number_verified: 'boolean',
      'cognito:mfa_enabled': 'boolean',
      birthdate: 'date',
      updated_at: 'epoch',
      'custom:vip': 'boolean',
      'custom:points': 'number',
      'custom:when': 'text',
      'custom:gone': 'text',
    });
  });
});

describe('a cell', () => {
  it.each<[ColumnFormat, string, string]>([
    ['text', 'Ann Lee', 'Ann Lee'],
    ['boolean', 'true', 'true'],
    ['boolean', 'false', 'false'],
    ['number', '0', '0'],
    ['number', '42', '42'],
    ['number', '7', '7'],
    ['number', '-12345678901234567890', '-12345678901234567890'],
    ['number', '-10', '-10'],
    ['epoch', '0', '0'],
    ['epoch', '1700000000', '1700000000'],
    ['date', '1990-02-28', '02/28/1990'],
    ['date', '2000-02-29', '02/29/2000'],
    ['date', '0001-12-31', '12/31/0001'],
  ])('of the format %s holds %s as %s, and gives it back', (format, value, cell) => {
    expect(toCell(format, value)).toBe(cell);
    expect(fromCell(format, cell)).toBe(value);
  });

  it.each<[ColumnFormat, readonly string[]]>([
    ['boolean', ['yes', '1', '', 'truetrue']],
    ['number', ['007', '-0', '-', '+1', '1.5', '1e3', '42x', 'x42', '4 2', '٣', '']],
    ['epoch', ['-1', '007', '1.5', '12x', 'x12', '']],
  ])('of the format %s holds nothing like %j', (format, values) => {
    for (const value of values)
      expect([value, toCell(format, value), fromCell(format, value)]).toEqual([value, undefined, undefined]);
  });

  it('holds days of the calendar alone, each in its own form', () => {
    const others = [
      '1990-02-30',
      '1990-13-01',
      '1990-00-10',
      '1900-02-29',
      '0000-01-01',
      '1990-2-28',
      '90-02-28',
      '11990-02-28',
      'x1990-02-28',
      '1990-02-28x',
      '1990/02/28',
      '',
    ];
    for (const value of others) expect([value, toCell('date', value)]).toEqual([value, undefined]);
    const cells = [
      '02/30/1990',
      '13/01/1990',
      '01/01/0000',
      '2/28/1990',
      '02/28/90',
      '02/28/19900',
      'x02/28/1990',
      '02/28/1990x',
      '02-28-1990',
      '28/02/1990',
      '',
    ];
    for (const cell of cells) expect([cell, fromCell('date', cell)]).toEqual([cell, undefined]);
  });

  it('takes a boolean in any case, and writes it in one', () => {
    expect(['TRUE', 'False', 'tRuE'].map((cell) => fromCell('boolean', cell))).toEqual(['true', 'false', 'true']);
    expect(['TRUE', 'False'].map((value) => toCell('boolean', value))).toEqual([undefined, undefined]);
  });
});
