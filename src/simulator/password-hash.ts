import { pbkdf2, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { compare } from 'bcryptjs';

/** `PasswordHashingAlgorithm` of an import job. Source: SDK 3.1169, PasswordHashingAlgorithmType, 2026-11. */
export type HashAlgorithm = 'BCRYPT' | 'SCRYPT' | 'ARGON2ID' | 'PBKDF2_SHA256';

export const HASH_ALGORITHMS: readonly HashAlgorithm[] = ['BCRYPT', 'SCRYPT', 'ARGON2ID', 'PBKDF2_SHA256'];

/**
 * Tells whether Cognito would take this text as a hash of this algorithm.
 * Formats and caps: COGNITO-FACTS §3 [D]. The alphabets of salts and hashes, and the bcrypt minimum of 4, are those of the
 * algorithms' own specifications; that Cognito checks them is *unproven*.
 */
export function isWellFormedHash(algorithm: HashAlgorithm, text: string): boolean {
  switch (algorithm) {
    case 'BCRYPT':
      return within(BCRYPT.exec(text), [[4, 12]]);
    case 'SCRYPT':
      return parseScrypt(text) !== undefined;
    case 'ARGON2ID':
      return within(ARGON2ID.exec(text), [
        [16, 19],
        [1, 19_456],
        [1, 2],
        [1, 1],
      ]);
    case 'PBKDF2_SHA256':
      return parsePbkdf2(text) !== undefined;
    default:
      return algorithm satisfies never;
  }
}

/**
 * Tells whether a password fits a hash in one of Cognito's four formats, recognised by its form.
 * An argon2id hash is checked by format alone when it is imported: no password ever fits it here.
 */
export async function verifyPassword(hash: string, password: string): Promise<boolean> {
  if (BCRYPT.test(hash)) return compare(password, hash.replace(/^\$2[xy]/, '$2b'));
  const viaScrypt = parseScrypt(hash);
  if (viaScrypt) {
    const { cost, blockSize, parallelization, salt, expected } = viaScrypt;
    const options = { cost, blockSize, parallelization, maxmem: 256 * cost * blockSize };
    return timingSafeEqual(await scryptAsync(password, salt, expected.length, options), expected);
  }
  const viaPbkdf2 = parsePbkdf2(hash);
  if (!viaPbkdf2) return false;
  const { iterations, salt, expected } = viaPbkdf2;
  return timingSafeEqual(await pbkdf2Async(password, salt, iterations, expected.length, 'sha256'), expected);
}

const BCRYPT = /^\$2[abxy]\$(\d\d)\$[./A-Za-z0-9]{53}$/;
const SCRYPT = /^(\d{1,6})\$(\d{1,2})\$(\d{1,2})\$((?:[0-9a-fA-F]{2})+)\$((?:[0-9a-fA-F]{2})+)$/;
const ARGON2ID = /^\$argon2id\$v=(\d{1,2})\$m=(\d{1,8}),t=(\d{1,3}),p=(\d{1,3})\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+$/;
const PBKDF2 = /^\$pbkdf2-sha256\$(\d{1,7})\$([A-Za-z0-9+/.]+={0,2})\$([A-Za-z0-9+/.]+={0,2})$/;

interface Scrypt {
  readonly cost: number;
  readonly blockSize: number;
  readonly parallelization: number;
  readonly salt: Buffer;
  readonly expected: Buffer;
}

const scryptAsync = promisify<string, Buffer, number, Omit<Scrypt, 'salt' | 'expected'> & { maxmem: number }, Buffer>(
  scrypt,
);
const pbkdf2Async = promisify(pbkdf2);

function parseScrypt(text: string): Scrypt | undefined {
  const match = SCRYPT.exec(text);
  const caps: Range[] = [
    [2, 65_536],
    [1, 8],
    [1, 1],
  ];
  if (!match || !within(match, caps)) return undefined;
  const [cost, blockSize, parallelization] = match.slice(1, 4).map(Number) as [number, number, number];
  if ((cost & (cost - 1)) !== 0) return undefined;
  const salt = Buffer.from(match[4] ?? '', 'hex');
  return { cost, blockSize, parallelization, salt, expected: Buffer.from(match[5] ?? '', 'hex') };
}

function parsePbkdf2(text: string): { iterations: number; salt: Buffer; expected: Buffer } | undefined {
  const match = PBKDF2.exec(text);
  if (!match || !within(match, [[1, 600_000]])) return undefined;
  const expected = passlibBase64(match[3] ?? '');
  if (expected.length === 0) return undefined;
  return { iterations: Number(match[1]), salt: passlibBase64(match[2] ?? ''), expected };
}

/** The `$pbkdf2-sha256$` format comes from passlib, whose base64 has `.` for `+` and no padding. */
function passlibBase64(text: string): Buffer {
  return Buffer.from(text.replaceAll('.', '+'), 'base64');
}

type Range = readonly [lowest: number, highest: number];

/** Whether the leading groups of a match are numbers within the ranges given. */
function within(match: RegExpExecArray | null, ranges: readonly Range[]): boolean {
  if (!match) return false;
  return ranges.every(([lowest, highest], index) => {
    const value = Number(match[index + 1]);
    return value >= lowest && value <= highest;
  });
}
