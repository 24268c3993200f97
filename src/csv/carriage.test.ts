import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effort } from '../../test/support/effort.ts';
import { parsePoolId } from '../model/ids.ts';
import type { PoolDescription, SchemaAttribute } from '../model/pool.ts';
import type { Attribute, User } from '../model/user.ts';
import { carry, importName } from './carriage.ts';
import { csvUsers } from './csv-users.ts';
import { headerFromSchema } from './header-from-schema.ts';
import { encodeHeader, encodeRow } from './import-dialect.ts';

const attribute = (name: string, extra: Partial<SchemaAttribute> = {}): SchemaAttribute => ({
  name,
  type: 'String',
  mutable: true,
  required: false,
  developerOnly: false,
  ...extra,
});

const schema: readonly SchemaAttribute[] = [
  attribute('sub', { required: true, mutable: false }),
  attribute('email'),
  attribute('custom:note'),
  attribute('custom:vip', { type: 'Boolean' }),
  attribute('custom:points', { type: 'Number' }),
];
const pool: PoolDescription = {
  id: parsePoolId('eu-central-1_AbCdEfGhI'),
  name: 'shop',
  arn: 'arn:aws:cognito-idp:eu-central-1:111122223333:userpool/eu-central-1_AbCdEfGhI',
  schema,
  usernameAttributes: [],
  aliasAttributes: [],
  caseSensitive: false,
  autoVerifiedAttributes: ['email'],
  mfa: 'OFF',
  passwordPolicy: {
    minimumLength: 8,
    requireUppercase: false,
    requireLowercase: false,
    requireNumbers: false,
    requireSymbols: false,
  },
  firstFactors: ['PASSWORD'],
  recovery: [],
  triggers: [],
  tags: [],
  deletionProtection: false,
  estimatedUsers: 1,
  raw: {},
};
const header = headerFromSchema(schema, { passwordHash: true });

const contact: readonly Attribute[] = [
  ['email', 'ann@example.com'],
  ['email_verified', 'true'],
];
const user = (attributes: readonly Attribute[], extra: Partial<User> = {}): User => ({
  username: 'ann',
  sub: '6f1c9e0a-0000-4000-8000-000000000001',
  status: 'CONFIRMED',
  enabled: true,
  attributes,
  createdAt: '2026-01-01T00:00:00.000Z',
  modifiedAt: '2026-01-01T00:00:00.000Z',
  ...extra,
});

async function throughFile(rows: readonly string[], chunkSize: number) {
  const bytes = Buffer.from(`${[encodeHeader(header), ...rows].join('\n')}\n`);
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += chunkSize) yield bytes.subarray(at, at + chunkSize);
  }
  const found = [];
  for await (const row of csvUsers(chunks(), { header, schema })) found.push(row);
  return found;
}

const sorted = (attributes: readonly Attribute[]) => [...attributes].sort(([a], [b]) => (a < b ? -1 : 1));

describe('carry', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.string({
      unit: fc.constantFrom(',', '\\', '"', '\n', '\r', ' ', '\t', 'a', 'é', '😀', '\ud800', '\u2028', '\0', '\ufeff'),
      maxLength: 8,
    }),
    fc.constantFrom('1990-02-28', '1990-02-30', '02/28/1990', '0000-01-01', 'true', 'TRUE', '007', '42', '-0', '1e3'),
  );
  const column = fc.constantFrom(
    ...header.filter((name) => !name.includes('cognito:')),
    'custom:gone',
    'sub',
    'identities',
  );

  it('carries a user exactly or not at all, whatever the values and the chunks', async () => {
    const numRuns = effort({ brief: 300, ordinary: 2_000, long: 20_000 });
    let carried = 0;
    await fc.assert(
      fc.asyncProperty(
        hostile,
        fc.uniqueArray(fc.tuple(column, hostile), { selector: ([name]) => name, maxLength: 4 }),
        fc.option(hostile, { nil: undefined }),
        fc.constantFrom(1, 7, 4096),
        async (username, extra, passwordHash, chunkSize) => {
          const names = new Set(extra.map(([name]) => name));
          const attributes = [...contact.filter(([name]) => !names.has(name)), ...extra];
          const options = passwordHash === undefined ? {} : { passwordHash };
          const carriage = carry(user(attributes, { username }), pool, header, options);
          if (carriage.kind === 'cannot') return;
          carried += 1;
          const [found, ...more] = await throughFile([encodeRow(header, carriage.cells)], chunkSize);
          expect(more).toEqual([]);
          expect(found?.username).toBe(username);
          expect(found?.passwordHash).toBe(passwordHash);
          const wanted = attributes.filter(([name]) => name !== 'sub' && name !== 'identities');
          expect(sorted(found?.attributes ?? [])).toEqual(sorted(wanted));
        },
      ),
      { numRuns, seed: 20261122 },
    );
    expect(carried).toBeGreaterThan(numRuns / 10);
  });

  it.each([
    ['a\\b', 'backslash'],
    ['say "hi"', 'quote'],
    ['two\nlines', 'line-break'],
    ['two\u2028lines', 'line-break'],
    ['tab\there', 'control-character'],
    [' before', 'outer-space'],
    ['after\u00a0', 'outer-space'],
    ['\ufeffmark', 'outer-space'],
    ['half\ud83d', 'lone-surrogate'],
    ['', 'empty-value'],
  ])('refuses %j as %s and names the column', (value, reason) => {
    expect(carry(user([...contact, ['custom:note', value]]), pool, header)).toEqual({
      kind: 'cannot',
      reason,
      column: 'custom:note',
    });
  });

  it.each<[string, Attribute, string]>([
    ['a day that is none', ['birthdate', '1990-02-30'], 'birthdate'],
    ['a birthdate without year', ['birthdate', '0000-05-06'], 'birthdate'],
    ['a boolean in capitals', ['custom:vip', 'True'], 'boolean'],
    ['a padded number', ['custom:points', '007'], 'number'],
    ['a time before 1970', ['updated_at', '-1'], 'number'],
    ['an attribute without column', ['custom:gone', 'x'], 'no-column'],
    ['an attribute named like the hash column', ['password_hash', 'x'], 'no-column'],
    ['a verified flag without contact', ['phone_number_verified', 'true'], 'no-verified-contact'],
    ['a row too long', ['custom:note', ','.repeat(8000)], 'row-too-long'],
  ])('refuses %s', (_, extra, reason) => {
    expect(carry(user([...contact, extra]), pool, header)).toMatchObject({ kind: 'cannot', reason });
  });

  it('refuses users that an import would change or lock out', () => {
    const reasonFor = (extra: Partial<User>, where: Partial<PoolDescription> = {}) => {
      const carriage = carry(user(contact, extra), { ...pool, ...where }, header);
      return carriage.kind === 'cannot' ? carriage.reason : 'carried';
    };
    expect(reasonFor({})).toBe('carried');
    expect(reasonFor({ enabled: false })).toBe('disabled');
    expect(reasonFor({ status: 'UNCONFIRMED' })).toBe('unconfirmed');
    expect(reasonFor({ status: 'EXTERNAL_PROVIDER' })).toBe('external-provider');
    expect(reasonFor({ username: 'ann lee' })).toBe('username-with-space');
    expect(reasonFor({ attributes: [['email', 'a@example.com']] })).toBe('no-verified-contact');
    expect(reasonFor({}, { autoVerifiedAttributes: [] })).toBe('pool-without-auto-verified-attribute');
    expect(reasonFor({}, { autoVerifiedAttributes: ['phone_number'] })).toBe('no-verified-contact');
    expect(reasonFor({}, { usernameAttributes: ['phone_number'] })).toBe('no-sign-in-name');
    expect(reasonFor({}, { schema: [attribute('family_name', { required: true })] })).toBe(
      'required-attribute-missing',
    );
  });

  it('counts the longest row as the file has it', () => {
    const row = (note: string) => carry(user([...contact, ['custom:note', note]]), pool, header);
    const blank = row('x');
    if (blank.kind === 'cannot') throw new Error(blank.reason);
    const room = 16_000 - encodeRow(header, blank.cells).length + 1;
    expect(row('x'.repeat(room)).kind).toBe('row');
    expect(row('x'.repeat(room + 1)).kind).toBe('cannot');
    expect(row(`,${'x'.repeat(room - 2)}`).kind).toBe('row');
    expect(row(`,${'x'.repeat(room - 1)}`).kind).toBe('cannot');
  });

  it('refuses everybody when a column name has no form in the header', () => {
    const strange = [...header, 'custom:a,b'];
    expect(carry(user(contact), pool, strange)).toStrictEqual({ kind: 'cannot', reason: 'column-name' });
    expect(carry(user(contact), pool, [...header, 'custom:"'])).toMatchObject({ reason: 'column-name' });
    const rest = 16_000 - encodeHeader(header).length - 1;
    expect(carry(user(contact), pool, [...header, 'x'.repeat(rest)]).kind).toBe('row');
    expect(carry(user(contact), pool, [...header, 'x'.repeat(rest + 1)])).toMatchObject({ reason: 'column-name' });
  });

  it('carries who has what the pool requires, and leaves out what nobody can write', () => {
    const where = { ...pool, schema: [...schema, attribute('email', { required: true })] };
    const carried = carry(user([...contact, ['sub', 'x'], ['identities', '[]']]), where, header);
    expect(carried.kind === 'row' ? [...carried.cells.keys()] : carried).toEqual([
      'cognito:username',
      'cognito:mfa_enabled',
      'email',
      'email_verified',
    ]);
  });

  it('writes conversions, the MFA cell and the sign-in name as the pool wants them', () => {
    const sms: Partial<User> = { mfaOptions: [{ deliveryMedium: 'SMS', attributeName: 'phone_number' }] };
    const cellsFor = (attributes: readonly Attribute[], where: Partial<PoolDescription>, extra: Partial<User> = {}) => {
      const carriage = carry(user([...contact, ...attributes], extra), { ...pool, ...where }, header);
      return carriage.kind === 'row' ? Object.fromEntries(carriage.cells) : carriage;
    };
    expect(cellsFor([['birthdate', '1990-12-31']], {})).toMatchObject({
      birthdate: '12/31/1990',
      'cognito:mfa_enabled': 'false',
    });
    expect(cellsFor([], { mfa: 'ON' })).toMatchObject({ 'cognito:mfa_enabled': 'true' });
    expect(cellsFor([], { mfa: 'OPTIONAL' }, sms)).toMatchObject({ 'cognito:mfa_enabled': 'false' });
    expect(cellsFor([['phone_number', '+15550100']], { mfa: 'OPTIONAL' }, sms)).toMatchObject({
      'cognito:mfa_enabled': 'true',
    });
    expect(cellsFor([['phone_number', '+15550100']], { mfa: 'OPTIONAL' })).toMatchObject({
      'cognito:mfa_enabled': 'false',
    });
    const mail = { deliveryMedium: 'EMAIL', attributeName: 'email' };
    const mfaCell = (mfaOptions: User['mfaOptions'] & object): unknown =>
      cellsFor([['phone_number', '+15550100']], { mfa: 'OPTIONAL' }, { mfaOptions });
    expect(mfaCell([mail])).toMatchObject({ 'cognito:mfa_enabled': 'false' });
    expect(mfaCell([mail, ...(sms.mfaOptions ?? [])])).toMatchObject({ 'cognito:mfa_enabled': 'true' });
    expect(cellsFor([], { usernameAttributes: ['phone_number', 'email'] })).toMatchObject({
      'cognito:username': 'ann@example.com',
    });
  });
});

describe('importName', () => {
  it('is the username, or the contact that the pool signs in by, e-mail first', () => {
    const phone: Attribute = ['phone_number', '+15550100'];
    const both = { ...pool, usernameAttributes: ['phone_number', 'email'] as const };
    expect(importName(user([...contact, phone]), pool)).toBe('ann');
    expect(importName(user([...contact, phone]), both)).toBe('ann@example.com');
    expect(importName(user([phone]), both)).toBe('+15550100');
    expect(importName(user([['email', ''], phone]), both)).toBe('+15550100');
    expect(importName(user([['email', '']]), both)).toBeUndefined();
    expect(importName(user([]), both)).toBeUndefined();
  });
});
