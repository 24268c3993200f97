import type { PoolDescription } from '../model/pool.ts';
import { attributeOf, type Attribute, type User, type UserStatus } from '../model/user.ts';
import { rulesFor, STRIPPED, type CarriageRules } from './carriage-rules.ts';
import { CONTROL_COLUMNS, MFA_COLUMN, PASSWORD_HASH_COLUMN, toCell, USERNAME_COLUMN } from './columns.ts';
import { textProblem, type TextProblem } from './dialect-text.ts';
import { MAX_ROW_CHARACTERS, type Cells } from './import-dialect.ts';

/** Why a user cannot go through a CSV import. The list is closed; the first reason found is given. */
export type CannotCarryReason =
  /** The pool verifies neither e-mail nor phone by itself: no user can be imported. */
  | 'pool-without-auto-verified-attribute'
  /** The name of one of the pool's attributes cannot be written into a header: no user can be imported. */
  | 'column-name'
  | 'external-provider'
  | 'unconfirmed'
  /** The dialect knows no Enabled=false, and a disabled user is never enabled on its way. */
  | 'disabled'
  /** The pool signs in by e-mail or phone, and the user has none of what it takes. */
  | 'no-sign-in-name'
  | 'username-with-space'
  /** No verified contact that the pool auto-verifies, or a verified flag without its contact. */
  | 'no-verified-contact'
  | 'required-attribute-missing'
  /** The pool's header has no column for an attribute, or for the password hash. */
  | 'no-column'
  | TextProblem
  /** Not a calendar day as YYYY-MM-DD. */
  | 'birthdate'
  /** Neither `true` nor `false` in a boolean column. */
  | 'boolean'
  /** Not a plain integer in a number column. */
  | 'number'
  | 'row-too-long';

export type Carriage =
  | { readonly kind: 'row'; readonly cells: Cells }
  | {
      readonly kind: 'cannot';
      readonly reason: CannotCarryReason;
      /** The column at fault, where it is one. */
      readonly column?: string;
    };

/** What the decision needs of a user; a status or a flag that is absent is unspecified and never in the way. */
export interface Carried {
  readonly username: string;
  readonly attributes: readonly Attribute[];
  readonly status?: UserStatus;
  readonly enabled?: boolean;
  readonly mfaOptions?: User['mfaOptions'];
  readonly factors?: User['factors'];
}

export interface CarryOptions {
  /** Goes into `password_hash` as it stands. */
  readonly passwordHash?: string;
}

/**
 * Decides whether a CSV import brings this user into the pool unchanged, and with which cells. Pure; what it learns of
 * the same pool and header objects is kept, so asking for each of a million users is cheap.
 *
 * `sub` and `identities` are never written. `cognito:mfa_enabled` is true where the pool requires MFA, and where it is
 * optional true only for a user whose factors (of a deep backup) or legacy options show SMS and who has a phone number; everywhere else it is false,
 * said outright, because what a blank cell means under optional MFA is not documented.
 */
export function carry(
  user: Carried,
  pool: PoolDescription,
  header: readonly string[],
  options: CarryOptions = {},
): Carriage {
  const rules = rulesFor(pool, header);
  const refused = rules.nobody ?? refusedState(user);
  if (refused !== undefined) return cannot(refused);

  const username = importName(user, pool);
  if (username === undefined) return cannot('no-sign-in-name');
  if (/\s/.test(username)) return cannot('username-with-space', USERNAME_COLUMN);
  if (!hasVerifiedContact(user, pool)) return cannot('no-verified-contact');
  const missing = rules.required.find((name) => attributeOf(user, name) === undefined);
  if (missing !== undefined) return cannot('required-attribute-missing', missing);
  return fillRow(user, username, rules, options.passwordHash);
}

/**
 * The name by which an import file knows a user: the username, or in pools that sign in by e-mail or phone the contact,
 * e-mail first; `undefined` if the user has none. [C] COGNITO-FACTS §3.
 */
export function importName(user: Carried, pool: PoolDescription): string | undefined {
  if (pool.usernameAttributes.length === 0) return user.username;
  for (const name of CONTACTS) {
    const value = pool.usernameAttributes.includes(name) ? attributeOf(user, name) : undefined;
    if (value !== undefined && value !== '') return value;
  }
  return undefined;
}

function refusedState(user: Carried): CannotCarryReason | undefined {
  if (user.status === 'EXTERNAL_PROVIDER') return 'external-provider';
  if (user.status === 'UNCONFIRMED') return 'unconfirmed';
  if (user.enabled === false) return 'disabled';
  return undefined;
}

const CONTACTS = ['email', 'phone_number'] as const;

/**
 * Whether a contact that the pool auto-verifies is verified, and no verified flag lacks its contact.
 * [D] "At least one of the auto-verified attributes must be true for each user", with its value. CSV import, 2026-11.
 */
function hasVerifiedContact(user: Carried, pool: PoolDescription): boolean {
  const verified = CONTACTS.filter((name) => attributeOf(user, `${name}_verified`) === 'true');
  if (verified.some((name) => (attributeOf(user, name) ?? '') === '')) return false;
  return verified.some((name) => pool.autoVerifiedAttributes.includes(name));
}

function fillRow(user: Carried, username: string, rules: CarriageRules, passwordHash: string | undefined): Carriage {
  const pairs: Attribute[] = [
    [USERNAME_COLUMN, username],
    [MFA_COLUMN, mfaCell(user, rules.mfa)],
  ];
  if (passwordHash !== undefined) pairs.push([PASSWORD_HASH_COLUMN, passwordHash]);
  for (const attribute of user.attributes) {
    if (CONTROL_COLUMNS.has(attribute[0])) return cannot('no-column', attribute[0]);
    if (!STRIPPED.has(attribute[0])) pairs.push(attribute);
  }
  const cells = new Map<string, string>();
  let length = rules.commas;
  for (const [column, value] of pairs) {
    if (!rules.columns.has(column)) return cannot('no-column', column);
    const problem = textProblem(value);
    if (problem !== undefined) return cannot(problem, column);
    const format = rules.formatOf(column);
    const cell = toCell(format, value);
    if (cell === undefined) return cannot(FORMAT_REASONS[format], column);
    cells.set(column, cell);
    length += cell.length + commasIn(cell);
  }
  return length > MAX_ROW_CHARACTERS ? cannot('row-too-long') : { kind: 'row', cells };
}

/** [D] true or blank where MFA is required, false or blank where it is off; COGNITO-FACTS §3. */
function mfaCell(user: Carried, mfa: PoolDescription['mfa']): 'true' | 'false' {
  if (mfa !== 'OPTIONAL') return mfa === 'ON' ? 'true' : 'false';
  const isListed = user.mfaOptions?.some((option) => option.deliveryMedium === 'SMS') ?? false;
  const sms = user.factors?.mfa.includes('SMS_MFA') ?? isListed;
  return sms && attributeOf(user, 'phone_number') !== undefined ? 'true' : 'false';
}

const FORMAT_REASONS = {
  text: 'no-column',
  date: 'birthdate',
  boolean: 'boolean',
  number: 'number',
  epoch: 'number',
} as const;

function commasIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf(','); at !== -1; at = text.indexOf(',', at + 1)) count += 1;
  return count;
}

function cannot(reason: CannotCarryReason, column?: string): Carriage {
  return { kind: 'cannot', reason, ...(column === undefined ? {} : { column }) };
}
