import { describe, expect, it } from 'vitest';
import { checkHash } from './password-hash.ts';

const BCRYPT = `$2b$12$${'a'.repeat(53)}`;
const ARGON2ID = '$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2g';
const PBKDF2 = '$pbkdf2-sha256$600000$c2FsdHNhbHQ$aGFzaGhhc2g=';
const SCRYPT = '65536$8$1$00ff$aabbcc';

describe('checkHash', () => {
  it.each([
    ['bcrypt', BCRYPT],
    ['bcrypt', BCRYPT.replace('$2b$12', '$2x$04')],
    ['argon2id', ARGON2ID],
    ['pbkdf2-sha256', PBKDF2],
    ['scrypt', SCRYPT],
  ])('knows a hash of %s at the cap by its form', (algorithm, hash) => {
    expect(checkHash(hash)).toEqual({ algorithm });
  });

  it.each([
    [BCRYPT.replace('$12$', '$13$'), 'a bcrypt hash whose cost is above 12'],
    [BCRYPT.replace('$12$', '$03$'), 'a bcrypt hash whose cost is below 4'],
    [BCRYPT.slice(0, -1), 'a malformed bcrypt hash'],
    [BCRYPT.replace('$2b', '$2'), 'a malformed bcrypt hash'],
    [ARGON2ID.replace('19456', '19457'), 'an argon2id hash whose memory is above 19456'],
    [ARGON2ID.replace('t=2', 't=3'), 'an argon2id hash whose time is above 2'],
    [ARGON2ID.replace('p=1', 'p=2'), 'an argon2id hash whose parallelism is above 1'],
    [ARGON2ID.replace('argon2id', 'argon2i'), 'a malformed argon2id hash'],
    [PBKDF2.replace('600000', '600001'), 'a pbkdf2-sha256 hash whose iteration count is above 600000'],
    [PBKDF2.replace('sha256', 'sha512'), 'a malformed pbkdf2-sha256 hash'],
    [SCRYPT.replace('65536', '131072'), 'a scrypt hash whose cost N is above 65536'],
    [SCRYPT.replace('65536', '65535'), 'a scrypt hash whose cost N is no power of two'],
    [SCRYPT.replace('$8$', '$9$'), 'a scrypt hash whose block size is above 8'],
    [SCRYPT.replace('$1$', '$2$'), 'a scrypt hash whose parallelism is above 1'],
    [
      '5f4dcc3b5aa765d61d8327deb882cf99',
      'no hash of bcrypt, scrypt, argon2id or pbkdf2-sha256 as an import job takes it',
    ],
  ])('refuses %s', (hash, problem) => {
    expect(checkHash(hash)).toEqual({ problem });
  });
});
