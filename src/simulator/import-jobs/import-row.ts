import { type HashAlgorithm, isWellFormedHash } from '../password-hash.ts';
import { HASH_COLUMN, splitRow } from './import-file.ts';
import type { ImportPool, ImportRow } from './import-pool.ts';

/** What the rows of one job have in common. */
export interface RowRules {
  readonly pool: ImportPool;
  readonly columns: readonly string[];
  readonly hashAlgorithm: HashAlgorithm | undefined;
}

export type ParsedRow = ImportRow | { readonly failed: string };

const USERNAME = 'cognito:username';
const MFA = 'cognito:mfa_enabled';
const BOOLEANS = ['email_verified', 'phone_number_verified', MFA];

/**
 * Checks one line against the dialect and the pool. Rules: COGNITO-FACTS §3 [D]; the message on auto-verified attributes is
 * Cognito's own (developer guide, "Viewing the user pool import results", 2026-11), the others are worded here.
 */
export function parseRow(line: string, rules: RowRules): ParsedRow {
  const cells = splitRow(line);
  if (cells.length !== rules.columns.length)
    return { failed: 'The number of values differs from the number of columns.' };
  const values = new Map(rules.columns.map((column, index) => [column, cells[index] ?? '']));
  const failed =
    usernameFault(values, rules.pool) ??
    formatFault(values) ??
    contactFault(values, rules.pool) ??
    mfaFault(values.get(MFA) ?? '', rules.pool) ??
    hashFault(values.get(HASH_COLUMN) ?? '', rules.hashAlgorithm);
  return failed === undefined ? toRow(values) : { failed };
}

function usernameFault(values: ReadonlyMap<string, string>, pool: ImportPool): string | undefined {
  const username = values.get(USERNAME) ?? '';
  if (username === '') return 'The username is missing.';
  if (/[ \t]/.test(username)) return 'The username contains spaces or tabs.';
  if (pool.usernameAttributes.length === 0) return undefined;
  // [C] users sign in by e-mail or phone: the username column carries it. That it must equal the cell is *unproven*.
  const contacts = pool.usernameAttributes.map((name) => values.get(name)?.toLowerCase());
  if (!contacts.includes(username.toLowerCase()))
    return 'The username is neither the email nor the phone number of the user.';
  return undefined;
}

function formatFault(values: ReadonlyMap<string, string>): string | undefined {
  for (const name of BOOLEANS) {
    // Lower case alone, as documented; whether TRUE is taken too is *unproven*.
    if (!['', 'true', 'false'].includes(values.get(name) ?? ''))
      return `The value of ${name} is neither true nor false.`;
  }
  const birthdate = values.get('birthdate') ?? '';
  if (birthdate !== '' && isoDate(birthdate) === undefined) return 'The birthdate is not of the form mm/dd/yyyy.';
  if (!/^\d*$/.test(values.get('updated_at') ?? '')) return 'The value of updated_at is not in epoch seconds.';
  return undefined;
}

function contactFault(values: ReadonlyMap<string, string>, pool: ImportPool): string | undefined {
  const verified = ['email', 'phone_number'].filter((name) => values.get(`${name}_verified`) === 'true');
  const valueless = verified.find((name) => (values.get(name) ?? '') === '');
  if (valueless !== undefined) return `The ${valueless} is verified but has no value.`;
  if (verified.some((name) => pool.autoVerifiedAttributes.includes(name))) return undefined;
  return 'The User Record does not set any of the auto verified attributes to true. (Example: email_verified to true).';
}

function mfaFault(mfaEnabled: string, pool: ImportPool): string | undefined {
  if (pool.mfa === 'ON' && mfaEnabled === 'false') return 'The user pool requires MFA.';
  if (pool.mfa === 'OFF' && mfaEnabled === 'true') return 'The user pool does not use MFA.';
  return undefined;
}

function hashFault(hash: string, algorithm: HashAlgorithm | undefined): string | undefined {
  if (hash === '') return undefined;
  if (algorithm === undefined) return 'The job names no password hashing algorithm.';
  return isWellFormedHash(algorithm, hash) ? undefined : 'The password hash is malformed.';
}

function toRow(values: ReadonlyMap<string, string>): ImportRow {
  const attributes: [string, string][] = [];
  for (const [name, value] of values) {
    if (value === '' || name === USERNAME || name === MFA || name === HASH_COLUMN) continue;
    attributes.push([name, name === 'birthdate' ? (isoDate(value) ?? value) : value]);
  }
  const mfaEnabled = values.get(MFA) ?? '';
  const passwordHash = values.get(HASH_COLUMN) ?? '';
  return {
    username: values.get(USERNAME) ?? '',
    attributes,
    ...(mfaEnabled === '' ? {} : { mfaEnabled: mfaEnabled === 'true' }),
    ...(passwordHash === '' ? {} : { passwordHash }),
  };
}

/**
 * The API's form of a date, YYYY-MM-DD, from the file's mm/dd/yyyy; `undefined` where there is no such day.
 * That Cognito stores what it reads in the API's form is *unproven*.
 */
function isoDate(text: string): string | undefined {
  const match = /^(\d{2})\/(\d{2})\/(\d{4})$/.exec(text);
  if (!match) return undefined;
  const [, month, day, year] = match;
  const iso = `${year}-${month}-${day}`;
  const time = Date.parse(`${iso}T00:00:00.000Z`);
  return Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== iso ? undefined : iso;
}
