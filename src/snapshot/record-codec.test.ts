import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { samplePool, sampleUser } from '../../test/fakes/sample-pool.ts';
import type { Group, Membership } from '../model/group.ts';
import type { JsonValue } from '../model/pool.ts';
import { USER_STATUSES, type User } from '../model/user.ts';
import { groupCodec, membershipCodec, poolCodec, userCodec } from './record-codec.ts';

/** Every string that JavaScript can hold, lone surrogates and the names of object members among them. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
  fc.constantFrom(
    '__proto__',
    'constructor',
    'toJSON',
    '',
    '\n',
    '\u2028',
    '\ud800',
    '../x',
    '=cmd|',
    'e\u0301',
    '\u00e9',
  ),
);
const instant = fc
  .date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString());

const anyUser: fc.Arbitrary<User> = fc.record(
  {
    username: text,
    sub: text,
    status: fc.constantFrom(...USER_STATUSES),
    enabled: fc.boolean(),
    attributes: fc.array(fc.tuple(text, text)),
    createdAt: instant,
    modifiedAt: instant,
    factors: fc.record(
      { preferred: text, mfa: fc.array(text), configured: fc.array(text) },
      { requiredKeys: ['mfa', 'configured'], noNullPrototype: true },
    ),
    mfaOptions: fc.array(fc.record({ deliveryMedium: text, attributeName: text }, { noNullPrototype: true })),
  },
  {
    requiredKeys: ['username', 'sub', 'status', 'enabled', 'attributes', 'createdAt', 'modifiedAt'],
    noNullPrototype: true,
  },
);
const anyGroup: fc.Arbitrary<Group> = fc.record(
  {
    name: text,
    description: text,
    precedence: fc.maxSafeInteger(),
    roleArn: text,
    createdAt: instant,
    modifiedAt: instant,
  },
  { requiredKeys: ['name', 'createdAt', 'modifiedAt'], noNullPrototype: true },
);
const anyMembership: fc.Arbitrary<Membership> = fc.record(
  { group: text, sub: text, username: text },
  { noNullPrototype: true },
);

/** What a stored line goes through between encoding and decoding. */
function stored(line: string): string {
  expect(line).not.toContain('\n');
  return Buffer.from(line).toString('utf8');
}

describe('a record', () => {
  it('of a user survives whatever its strings are', () => {
    fc.assert(
      fc.property(anyUser, (user) => void expect(userCodec.decode(stored(userCodec.encode(user)))).toStrictEqual(user)),
    );
  });

  it('of a group survives whatever its strings are', () => {
    fc.assert(
      fc.property(
        anyGroup,
        (group) => void expect(groupCodec.decode(stored(groupCodec.encode(group)))).toStrictEqual(group),
      ),
    );
  });

  it('of a membership survives whatever its strings are', () => {
    fc.assert(
      fc.property(
        anyMembership,
        (value) => void expect(membershipCodec.decode(stored(membershipCodec.encode(value)))).toStrictEqual(value),
      ),
    );
  });

  it('of a pool keeps the raw answer, object keys included', () => {
    const raw = fc.jsonValue().map((value) => value as JsonValue);
    fc.assert(
      fc.property(raw, (value) => {
        const pool = samplePool({ raw: value });
        const again = poolCodec.decode(stored(poolCodec.encode(pool)));
        expect(JSON.stringify(again.raw)).toBe(JSON.stringify(JSON.parse(poolCodec.encode(pool)).raw));
        expect({ ...again, raw: null }).toStrictEqual({ ...pool, raw: null });
      }),
    );
  });

  it('of a pool keeps a key named __proto__', () => {
    const raw = JSON.parse('{"UserPoolTags":{"__proto__":"x"}}') as JsonValue;
    expect(poolCodec.encode(samplePool({ raw }))).toContain('"raw":{"UserPoolTags":{"__proto__":"x"}}');
  });

  it('has sorted keys', () => {
    const line = userCodec.encode(
      sampleUser(1, { mfaOptions: [{ deliveryMedium: 'SMS', attributeName: 'phone_number' }] }),
    );
    const keys = Object.keys(JSON.parse(line) as object);
    expect(keys).toEqual([...keys].sort());
    expect(line).toBe(
      '{"attributes":[["email","user-1@example.com"],["email_verified","true"]],"createdAt":"2026-01-02T03:04:05.678Z","enabled":true,' +
        '"mfaOptions":[{"attributeName":"phone_number","deliveryMedium":"SMS"}],"modifiedAt":"2026-01-02T03:04:05.678Z",' +
        '"status":"CONFIRMED","sub":"1a000001-0000-4000-8000-000000000000","username":"user-1"}',
    );
  });
});

describe('decoding a user', () => {
  const good = JSON.parse(userCodec.encode(sampleUser(1))) as Record<string, unknown>;

  it.each(Object.keys(good))('refuses a record without %s', (field) => {
    const { [field]: _gone, ...rest } = good;
    expect(() => userCodec.decode(JSON.stringify(rest))).toThrow(TypeError);
  });

  it.each([
    ['username', 1],
    ['sub', null],
    ['status', 'confirmed'],
    ['enabled', 'true'],
    ['attributes', [['email']]],
    ['attributes', [['email', 1]]],
    ['attributes', { email: 'x' }],
    ['createdAt', '2026-01-02'],
    ['mfaOptions', [{}]],
    ['unknown', 1],
  ])('refuses %s = %j and never shows the value', (field, value) => {
    const line = JSON.stringify({ ...good, username: 'secret-name', [field]: value });
    expect(() => userCodec.decode(line)).toThrow(/^(field \w+ is wrong|it has an unknown field)$/);
  });

  it('refuses what is no object', () => {
    for (const line of ['[]', 'null', '1', '"x"']) expect(() => userCodec.decode(line)).toThrow(TypeError);
    const withProto = JSON.stringify(good).replace('{', '{"__proto__":1,');
    expect(() => userCodec.decode(withProto)).toThrow('unknown field');
  });
});
