import { checkHash, type PasswordHashAlgorithm } from '../model/password-hash.ts';
import { badLine, csvLines } from './csv-lines.ts';
import { readRecords } from './rfc4180.ts';

/** One line of a file of password hashes. */
export interface HashLine {
  /** The username, or in pools that sign in by e-mail or phone that contact. */
  readonly key: string;
  readonly hash: string;
  readonly algorithm: PasswordHashAlgorithm;
  readonly lineNumber: number;
}

export interface HashFileOptions {
  /** For messages: the file's name. */
  readonly source: string;
  readonly signal?: AbortSignal | undefined;
}

/** Usernames end at 128 characters and hashes well below 1,000; the rest is escapes. */
const MAX_JSON_CHARACTERS = 8_000;
const COLUMNS = ['username', 'hash'];
const FORM = 'Each line is {"username":"…","hash":"…"}; or the file is CSV whose first line is: username,hash';

/**
 * Reads a file of password hashes, JSON lines (it begins with `{`) or RFC 4180 CSV, one line at a time. Every hash is held
 * against the caps of an import job. Errors: `bad-input` with file and line, and nothing of what stands there.
 */
export async function* readHashes(
  chunks: AsyncIterable<Uint8Array>,
  options: HashFileOptions,
): AsyncGenerator<HashLine> {
  const { first, all } = await firstByteOf(chunks);
  const pairs = first === BRACE ? jsonPairs(all, options) : csvPairs(all, options);
  for await (const { key, hash, lineNumber } of pairs) {
    if (key === undefined || hash === undefined) {
      throw badLine(options.source, lineNumber, 'lacks the username or the hash', FORM);
    }
    const check = checkHash(hash);
    if (check.algorithm === undefined) throw badLine(options.source, lineNumber, `has ${check.problem}`, CAPS);
    yield { key, hash, algorithm: check.algorithm, lineNumber };
  }
}

const CAPS =
  'Cognito takes bcrypt up to cost 12, scrypt up to 65536/8/1, argon2id up to m=19456,t=2,p=1 and pbkdf2-sha256 up to 600000 iterations; leave the line out, and the user sets a new password';
const BRACE = 0x7b;

interface Pair {
  readonly key: string | undefined;
  readonly hash: string | undefined;
  readonly lineNumber: number;
}

async function* jsonPairs(chunks: AsyncIterable<Uint8Array>, options: HashFileOptions): AsyncGenerator<Pair> {
  for await (const { text, number } of csvLines(chunks, { ...options, maxCharacters: MAX_JSON_CHARACTERS })) {
    const value = parsed(text);
    if (value === undefined) throw badLine(options.source, number, 'is no JSON object of username and hash', FORM);
    yield { key: value.username || undefined, hash: value.hash || undefined, lineNumber: number };
  }
}

function parsed(text: string): { readonly username: string; readonly hash: string } | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    if (typeof value !== 'object' || value === null || Object.keys(value).length !== 2) return undefined;
    const { username, hash } = value as { readonly username?: unknown; readonly hash?: unknown };
    return typeof username === 'string' && typeof hash === 'string' ? { username, hash } : undefined;
  } catch {
    // The parser's message quotes the line.
    return undefined;
  }
}

async function* csvPairs(chunks: AsyncIterable<Uint8Array>, options: HashFileOptions): AsyncGenerator<Pair> {
  for await (const { cell, lineNumber } of readRecords(chunks, { ...options, columns: COLUMNS })) {
    yield { key: cell('username'), hash: cell('hash'), lineNumber };
  }
}

/** The first byte, and all of the bytes again. */
async function firstByteOf(
  chunks: AsyncIterable<Uint8Array>,
): Promise<{ readonly first: number | undefined; readonly all: AsyncIterable<Uint8Array> }> {
  const iterator = chunks[Symbol.asyncIterator]();
  let head = await iterator.next();
  while (!head.done && head.value.length === 0) head = await iterator.next();
  const start = head;
  return { first: start.done ? undefined : start.value[0], all: again() };

  async function* again(): AsyncGenerator<Uint8Array> {
    try {
      if (start.done) return;
      yield start.value;
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.();
    }
  }
}
