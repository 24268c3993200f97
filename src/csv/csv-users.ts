import type { SchemaAttribute } from '../model/pool.ts';
import type { Attribute } from '../model/user.ts';
import { CONTROL_COLUMNS, formatsOf, fromCell, MFA_COLUMN, PASSWORD_HASH_COLUMN, USERNAME_COLUMN } from './columns.ts';
import type { ColumnFormat } from './columns.ts';
import { badLine } from './csv-lines.ts';
import { decodeCsv, type CsvRow, type DecodeOptions } from './import-dialect.ts';

/** A user as a row of an import file wants it. What a blank cell would say is absent: unspecified, not empty. */
export interface CsvUser {
  /** The cell `cognito:username`: in pools that sign in by e-mail or phone, that contact. */
  readonly username: string;
  /** As the pool holds them: a birthdate is YYYY-MM-DD again. */
  readonly attributes: readonly Attribute[];
  readonly mfaEnabled?: boolean;
  readonly passwordHash?: string;
  readonly lineNumber: number;
}

export interface CsvUsersOptions extends DecodeOptions {
  /** The target pool's schema, for the formats of custom columns. */
  readonly schema: readonly SchemaAttribute[];
}

/** Reads an import file as users, one at a time. Errors: `bad-input` with line and column, and those of `decodeCsv`. */
export async function* csvUsers(chunks: AsyncIterable<Uint8Array>, options: CsvUsersOptions): AsyncGenerator<CsvUser> {
  const formatOf = formatsOf(options.schema);
  const source = options.source ?? 'the CSV file';
  for await (const row of decodeCsv(chunks, options)) yield toUser(row, formatOf, source);
}

function toUser(row: CsvRow, formatOf: (column: string) => ColumnFormat, source: string): CsvUser {
  const attributes: Attribute[] = [];
  const special = new Map<string, string>();
  for (const [column, cell] of row.cells) {
    const format = formatOf(column);
    const value = fromCell(format, cell);
    if (value === undefined)
      throw badLine(source, row.lineNumber, `has no ${FORMAT_NAMES[format]} in the column "${column}"`);
    if (CONTROL_COLUMNS.has(column)) special.set(column, value);
    else attributes.push([column, value]);
  }
  const username = special.get(USERNAME_COLUMN);
  if (username === undefined)
    throw badLine(source, row.lineNumber, `has a blank "${USERNAME_COLUMN}"`, 'Every row needs one');
  const mfa = special.get(MFA_COLUMN);
  const passwordHash = special.get(PASSWORD_HASH_COLUMN);
  return {
    username,
    attributes,
    ...(mfa === undefined ? {} : { mfaEnabled: mfa === 'true' }),
    ...(passwordHash === undefined ? {} : { passwordHash }),
    lineNumber: row.lineNumber,
  };
}

const FORMAT_NAMES: { readonly [Format in ColumnFormat]: string } = {
  text: 'text',
  boolean: 'true or false',
  number: 'whole number',
  epoch: 'time in seconds since 1970',
  date: 'date as mm/dd/yyyy',
};
