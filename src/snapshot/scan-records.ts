import { USER_STATUSES, type UserStatus } from '../model/user.ts';

/** What a proof needs of a user. */
export interface ScannedUser {
  readonly sub: string;
  readonly status: UserStatus;
  readonly enabled: boolean;
  /** Whether the record has them is all that counts. */
  readonly factors?: object;
}

export interface ScannedMembership {
  readonly group: string;
  readonly sub: string;
}

/**
 * Reads a line of canonical JSON where it lies, byte by byte, and makes nothing but what is asked for: a proof reads millions
 * of lines and keeps none. `undefined` says nothing about a line, only that a codec has to look at it; what is answered, the
 * codec would answer too. The bytes are UTF-8, and the line ends at `end`, where its newline stands.
 */
export type Scan<Facts> = (bytes: Buffer, start: number, end: number) => Facts | undefined;

/** A user without `mfaOptions`, which few pools still show, and without the `factors` of a deep backup. */
export const scanUser: Scan<ScannedUser> = (bytes, start, end) => {
  const created = skip(bytes, skipPairs(bytes, skip(bytes, start, ATTRIBUTES)), CREATED_AT);
  const enabled = skip(bytes, skipInstant(bytes, created), ENABLED);
  const isEnabled = bytes[enabled] === LETTER_T;
  const modified = skip(bytes, skip(bytes, enabled, isEnabled ? TRUE : FALSE), MODIFIED_AT);
  const status = skip(bytes, skipInstant(bytes, modified), STATUS);
  const statusEnd = skipString(bytes, status);
  const sub = skip(bytes, statusEnd, SUB);
  const subEnd = skipString(bytes, sub);
  const usernameEnd = skipString(bytes, skip(bytes, subEnd, USERNAME));
  if (!endsAt(bytes, usernameEnd, end)) return undefined;
  const known = STATUSES.get(textOf(bytes, status, statusEnd) ?? '');
  const text = textOf(bytes, sub, subEnd);
  return known === undefined || text === undefined ? undefined : { sub: text, status: known, enabled: isEnabled };
};

export const scanMembership: Scan<ScannedMembership> = (bytes, start, end) => {
  const group = skip(bytes, start, GROUP);
  const groupEnd = skipString(bytes, group);
  const sub = skip(bytes, groupEnd, SUB);
  const subEnd = skipString(bytes, sub);
  if (!endsAt(bytes, skipString(bytes, skip(bytes, subEnd, USERNAME)), end)) return undefined;
  const [groupText, subText] = [textOf(bytes, group, groupEnd), textOf(bytes, sub, subEnd)];
  return groupText === undefined || subText === undefined ? undefined : { group: groupText, sub: subText };
};

/** Where something ends, or that it is not there. Every step answers `NOWHERE` from `NOWHERE`. */
const NOWHERE = -1;

const ATTRIBUTES = Buffer.from('{"attributes":');
const CREATED_AT = Buffer.from(',"createdAt":');
const ENABLED = Buffer.from(',"enabled":');
const MODIFIED_AT = Buffer.from(',"modifiedAt":');
const STATUS = Buffer.from(',"status":');
const SUB = Buffer.from(',"sub":');
const USERNAME = Buffer.from(',"username":');
const GROUP = Buffer.from('{"group":');
const TRUE = Buffer.from('true');
const FALSE = Buffer.from('false');
/** `0` stands for any digit. */
const INSTANT = Buffer.from('"0000-00-00T00:00:00.000Z"');

const STATUSES: ReadonlyMap<string, UserStatus> = new Map(USER_STATUSES.map((status) => [status, status]));

const QUOTE = 0x22;
const COMMA = 0x2c;
const ZERO = 0x30;
const NINE = 0x39;
const OPENING = 0x5b;
const BACKSLASH = 0x5c;
const CLOSING = 0x5d;
const LETTER_T = 0x74;
const LETTER_U = 0x75;
const BRACE = 0x7d;
const FIRST_PRINTABLE = 0x20;
const SIMPLE_ESCAPES = new Set(Buffer.from('"\\/bfnrt'));

function skip(bytes: Buffer, at: number, literal: Buffer): number {
  if (at === NOWHERE) return NOWHERE;
  for (let index = 0; index < literal.length; index += 1) if (bytes[at + index] !== literal[index]) return NOWHERE;
  return at + literal.length;
}

/** `[["name","value"],…]` */
function skipPairs(bytes: Buffer, from: number): number {
  if (from === NOWHERE || bytes[from] !== OPENING) return NOWHERE;
  if (bytes[from + 1] === CLOSING) return from + 2;
  let at = from;
  do {
    at = skipPair(bytes, at + 1);
    if (at === NOWHERE) return NOWHERE;
  } while (bytes[at] === COMMA);
  return bytes[at] === CLOSING ? at + 1 : NOWHERE;
}

function skipPair(bytes: Buffer, from: number): number {
  if (bytes[from] !== OPENING) return NOWHERE;
  const name = skipString(bytes, from + 1);
  if (name === NOWHERE || bytes[name] !== COMMA) return NOWHERE;
  const value = skipString(bytes, name + 1);
  return value !== NOWHERE && bytes[value] === CLOSING ? value + 1 : NOWHERE;
}

/** A string of JSON with its quotes. */
function skipString(bytes: Buffer, from: number): number {
  if (from === NOWHERE || bytes[from] !== QUOTE) return NOWHERE;
  let at = from + 1;
  for (;;) {
    const byte = bytes[at];
    if (byte === QUOTE) return at + 1;
    if (byte === undefined || byte < FIRST_PRINTABLE) return NOWHERE;
    if (byte === BACKSLASH) {
      at = skipEscape(bytes, at + 1);
      if (at === NOWHERE) return NOWHERE;
    } else at += 1;
  }
}

function skipEscape(bytes: Buffer, at: number): number {
  if (bytes[at] !== LETTER_U) return SIMPLE_ESCAPES.has(bytes[at] ?? 0) ? at + 1 : NOWHERE;
  for (let index = at + 1; index <= at + 4; index += 1) if (!isHexDigit(bytes[index] ?? 0)) return NOWHERE;
  return at + 5;
}

function isHexDigit(byte: number): boolean {
  return (byte >= ZERO && byte <= NINE) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66);
}

function skipInstant(bytes: Buffer, from: number): number {
  if (from === NOWHERE) return NOWHERE;
  for (let index = 0; index < INSTANT.length; index += 1) {
    const byte = bytes[from + index] ?? 0;
    if (INSTANT[index] === ZERO ? byte < ZERO || byte > NINE : byte !== INSTANT[index]) return NOWHERE;
  }
  return from + INSTANT.length;
}

function endsAt(bytes: Buffer, at: number, end: number): boolean {
  return at !== NOWHERE && bytes[at] === BRACE && at + 1 === end;
}

/** What stands between two quotes; `undefined` where it is not written as it is. */
function textOf(bytes: Buffer, from: number, to: number): string | undefined {
  const text = bytes.toString('utf8', from + 1, to - 1);
  return text.includes('\\') ? undefined : text;
}
