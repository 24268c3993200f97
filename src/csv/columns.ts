import type { SchemaAttribute } from '../model/pool.ts';

export const USERNAME_COLUMN = 'cognito:username';
export const MFA_COLUMN = 'cognito:mfa_enabled';
/** In the header of pools on the newer infrastructure only. [D] Cognito developer guide, CSV import, 2026-11. */
export const PASSWORD_HASH_COLUMN = 'password_hash';

/** Columns that are no attribute of the user. */
export const CONTROL_COLUMNS: ReadonlySet<string> = new Set([USERNAME_COLUMN, MFA_COLUMN, PASSWORD_HASH_COLUMN]);

/** What a column demands of the text in it. */
export type ColumnFormat = 'text' | 'boolean' | 'number' | 'epoch' | 'date';

/**
 * The format of a column: the dialect fixes four of them, the pool's schema the custom ones.
 * A custom DateTime is carried as the text it is: how an import reads one is undocumented.
 */
export function formatsOf(schema: readonly SchemaAttribute[]): (column: string) => ColumnFormat {
  const custom = new Map<string, ColumnFormat>();
  for (const attribute of schema) {
    if (attribute.type === 'Boolean') custom.set(attribute.name, 'boolean');
    if (attribute.type === 'Number') custom.set(attribute.name, 'number');
  }
  return (column) => FIXED.get(column) ?? custom.get(column) ?? 'text';
}

/** The text of a cell for an attribute's value; `undefined` where the column's format cannot hold it unchanged. */
export function toCell(format: ColumnFormat, value: string): string | undefined {
  switch (format) {
    case 'text':
      return value;
    case 'boolean':
      return value === 'true' || value === 'false' ? value : undefined;
    case 'number':
      return CANONICAL_INTEGER.test(value) ? value : undefined;
    case 'epoch':
      return EPOCH_SECONDS.test(value) ? value : undefined;
    case 'date':
      return dateToCell(value);
    default:
      return format satisfies never;
  }
}

/** The attribute's value in a cell (trimmed, not blank); `undefined` where the text is none of the column's format. */
export function fromCell(format: ColumnFormat, cell: string): string | undefined {
  switch (format) {
    case 'text':
      return cell;
    case 'boolean': {
      // AWS's own sample file writes TRUE and FALSE. [D] Cognito developer guide, CSV import, 2026-11.
      const lower = cell.toLowerCase();
      return lower === 'true' || lower === 'false' ? lower : undefined;
    }
    case 'number':
      return CANONICAL_INTEGER.test(cell) ? cell : undefined;
    case 'epoch':
      return EPOCH_SECONDS.test(cell) ? cell : undefined;
    case 'date':
      return dateFromCell(cell);
    default:
      return format satisfies never;
  }
}

// [D] COGNITO-FACTS §3, dialect: birthdate mm/dd/yyyy, updated_at epoch seconds, booleans true/false.
const FIXED: ReadonlyMap<string, ColumnFormat> = new Map<string, ColumnFormat>([
  ['email_verified', 'boolean'],
  ['phone_number_verified', 'boolean'],
  [MFA_COLUMN, 'boolean'],
  ['birthdate', 'date'],
  ['updated_at', 'epoch'],
]);

const CANONICAL_INTEGER = /^(?:0|-?[1-9]\d*)$/;
const EPOCH_SECONDS = /^(?:0|[1-9]\d*)$/;

const DAY = /^(\d{4})-(\d\d)-(\d\d)$/;
const DAY_IN_CELL = /^(\d\d)\/(\d\d)\/(\d{4})$/;

function dateToCell(value: string): string | undefined {
  return DAY.test(value) && isCalendarDay(value) ? value.replace(DAY, '$2/$3/$1') : undefined;
}

function dateFromCell(cell: string): string | undefined {
  const day = cell.replace(DAY_IN_CELL, '$3-$1-$2');
  return day !== cell && isCalendarDay(day) ? day : undefined;
}

/** Year 0000 (OpenID Connect's "year withheld") is none: what an import makes of it is undocumented. */
function isCalendarDay(day: string): boolean {
  if (day.startsWith('0000')) return false;
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}
