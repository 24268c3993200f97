import { pbkdf2Sync, scryptSync } from 'node:crypto';
import { hashSync } from 'bcryptjs';
import { describe, expect, test } from 'vitest';
import { HASH_ALGORITHMS, isWellFormedHash, verifyPassword } from './password-hash.ts';

const PASSWORD = 'correct horse Ünïcode 1!';
const scryptHash = (cost: number, password: string): string => {
  const hash = scryptSync(password, Buffer.from('00ff10', 'hex'), 32, { N: cost, r: 8, p: 1, maxmem: 2 ** 28 });
  return `${cost}$8$1$00ff10$${hash.toString('hex')}`;
};
const pbkdf2Hash = (iterations: number, password: string): string => {
  const passlib = (bytes: Buffer): string => bytes.toString('base64').replaceAll('+', '.').replaceAll('=', '');
  const salt = Buffer.from('salt of sixteen!');
  return `$pbkdf2-sha256$${iterations}$${passlib(salt)}$${passlib(pbkdf2Sync(password, salt, iterations, 32, 'sha256'))}`;
};
const ARGON2ID = '$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$RdescudvJCsgt3ub+b/dWRWJTmaaJObGRdescudvJCs';

describe('well-formed hashes', () => {
  const bcrypt = hashSync(PASSWORD, 4);
  const good: Record<string, string[]> = {
    BCRYPT: [
      bcrypt,
      bcrypt.replace('$2b$04', '$2y$12'),
      bcrypt.replace('$2b$', '$2a$'),
      bcrypt.replace('$2b$', '$2x$'),
    ],
    SCRYPT: [scryptHash(16, PASSWORD), '65536$8$1$aa$bb'],
    ARGON2ID: [ARGON2ID],
    PBKDF2_SHA256: [pbkdf2Hash(10, PASSWORD), '$pbkdf2-sha256$600000$c2FsdA$aGFzaA=='],
  };

  test('each algorithm takes its own form and no other', () => {
    for (const algorithm of HASH_ALGORITHMS) {
      for (const [owner, hashes] of Object.entries(good)) {
        for (const hash of hashes)
          expect([hash, isWellFormedHash(algorithm, hash)]).toEqual([hash, owner === algorithm]);
      }
    }
  });

  test.each([
    ['BCRYPT', bcrypt.replace('$04$', '$13$')],
    ['BCRYPT', bcrypt.replace('$04$', '$03$')],
    ['BCRYPT', bcrypt.replace('$2b$', '$2c$')],
    ['BCRYPT', bcrypt.slice(0, -1)],
    ['BCRYPT', `${bcrypt}\n`],
    ['SCRYPT', '131072$8$1$aa$bb'],
    ['SCRYPT', '1000$8$1$aa$bb'],
    ['SCRYPT', '1024$9$1$aa$bb'],
    ['SCRYPT', '1024$8$2$aa$bb'],
    ['SCRYPT', '1024$8$1$aa$zz'],
    ['ARGON2ID', ARGON2ID.replace('m=19456', 'm=19457')],
    ['ARGON2ID', ARGON2ID.replace('t=2', 't=3')],
    ['ARGON2ID', ARGON2ID.replace('p=1', 'p=2')],
    ['ARGON2ID', ARGON2ID.replace('argon2id', 'argon2i')],
    ['PBKDF2_SHA256', '$pbkdf2-sha256$600001$c2FsdA$aGFzaA'],
    ['PBKDF2_SHA256', '$pbkdf2-sha1$1000$c2FsdA$aGFzaA'],
    ['PBKDF2_SHA256', '$pbkdf2-sha256$1000$c2FsdA$'],
  ] as const)('%s refuses %s', (algorithm, hash) => {
    expect(isWellFormedHash(algorithm, hash)).toBe(false);
  });
});

describe('verifying a password', () => {
  test.each([
    ['bcrypt', hashSync(PASSWORD, 4)],
    ['bcrypt in its PHP spelling', hashSync(PASSWORD, 4).replace('$2b$', '$2y$')],
    ['scrypt', scryptHash(1024, PASSWORD)],
    ['pbkdf2', pbkdf2Hash(1000, PASSWORD)],
  ])('%s takes the right password only', async (_name, hash) => {
    expect(await verifyPassword(hash, PASSWORD)).toBe(true);
    expect(await verifyPassword(hash, `${PASSWORD} `)).toBe(false);
  });

  test('argon2id and text that is no hash take none', async () => {
    expect(await verifyPassword(ARGON2ID, PASSWORD)).toBe(false);
    expect(await verifyPassword('', '')).toBe(false);
  });
});
