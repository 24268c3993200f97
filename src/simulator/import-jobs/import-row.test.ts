import { hashSync } from 'bcryptjs';
import { describe, expect, test } from 'vitest';
import type { ImportPool } from './import-pool.ts';
import { parseRow, type RowRules } from './import-row.ts';

const COLUMNS = [
  'cognito:username',
  'email',
  'email_verified',
  'phone_number',
  'phone_number_verified',
  'birthdate',
  'updated_at',
  'cognito:mfa_enabled',
  'custom:note',
  'password_hash',
];
const GOOD = { 'cognito:username': 'ana', email: 'ana@example.com', email_verified: 'true' };

const poolWith = (more: Partial<ImportPool> = {}): ImportPool => ({
  id: 'eu-central-1_Test00000',
  csvHeader: () => COLUMNS,
  autoVerifiedAttributes: ['email'],
  usernameAttributes: [],
  mfa: 'OPTIONAL',
  importUser: () => 'imported',
  ...more,
});

const parse = (values: Record<string, string>, rules: Partial<RowRules> = {}) =>
  parseRow(COLUMNS.map((column) => values[column] ?? '').join(','), {
    pool: poolWith(),
    columns: COLUMNS,
    hashAlgorithm: 'BCRYPT',
    ...rules,
  });

describe('a row', () => {
  test('becomes a user with its filled cells as attributes', () => {
    const hash = hashSync('secret', 4);
    const row = parse({
      ...GOOD,
      birthdate: '02/29/2000',
      updated_at: '1700000000',
      'cognito:mfa_enabled': 'false',
      'custom:note': 'a\\, "b"',
      password_hash: hash,
    });
    expect(row).toEqual({
      username: 'ana',
      attributes: [
        ['email', 'ana@example.com'],
        ['email_verified', 'true'],
        ['birthdate', '2000-02-29'],
        ['updated_at', '1700000000'],
        ['custom:note', 'a, "b"'],
      ],
      mfaEnabled: false,
      passwordHash: hash,
    });
    expect(parse(GOOD)).not.toHaveProperty('mfaEnabled');
  });

  test.each([
    ['no username', { 'cognito:username': '' }],
    ['a space in the username', { 'cognito:username': 'an a' }],
    ['a tab in the username', { 'cognito:username': 'an\ta' }],
    ['no verified contact', { email_verified: 'false' }],
    [
      'only a contact verified that the pool does not verify',
      { email_verified: '', phone_number: '+12025550100', phone_number_verified: 'true' },
    ],
    ['a verified e-mail without value', { email: '' }],
    ['a verified phone number without value', { phone_number_verified: 'true' }],
    ['a boolean in capitals', { email_verified: 'TRUE' }],
    ['a birthdate in ISO form', { birthdate: '2000-02-29' }],
    ['a birthdate that is no day', { birthdate: '02/30/2000' }],
    ['an updated_at in ISO form', { updated_at: '2026-11-22T12:00:00Z' }],
    ['a malformed hash', { password_hash: '$2b$04$short' }],
    ['a cell too many', { 'custom:note': 'a,b' }],
  ])('with %s fails', (_fault, change) => {
    expect(parse({ ...GOOD, ...change })).toHaveProperty('failed');
  });

  test('with a hash fails in a job without algorithm', () => {
    const hash = hashSync('secret', 4);
    expect(parse({ ...GOOD, password_hash: hash }, { hashAlgorithm: undefined })).toHaveProperty('failed');
    expect(parse({ ...GOOD, password_hash: hash }, { hashAlgorithm: 'SCRYPT' })).toHaveProperty('failed');
    expect(parse(GOOD, { hashAlgorithm: undefined })).toHaveProperty('username');
  });

  test.each([
    ['ON', 'true', true],
    ['ON', '', true],
    ['ON', 'false', false],
    ['OFF', 'true', false],
    ['OFF', '', true],
    ['OFF', 'false', true],
    ['OPTIONAL', 'true', true],
    ['OPTIONAL', 'false', true],
  ] as const)('in a pool with MFA %s and mfa_enabled "%s" passes: %s', (mfa, value, passes) => {
    const row = parse({ ...GOOD, 'cognito:mfa_enabled': value }, { pool: poolWith({ mfa }) });
    expect('username' in row).toBe(passes);
  });

  test('in an e-mail pool needs the e-mail as its username', () => {
    const pool = poolWith({ usernameAttributes: ['email'] });
    expect(parse(GOOD, { pool })).toHaveProperty('failed');
    expect(parse({ ...GOOD, 'cognito:username': 'ana@example.com' }, { pool })).toHaveProperty(
      'username',
      'ana@example.com',
    );
  });
});
