import type { PoolConfig, SeedGroup, SeedUser } from '../../src/simulator/pool-config.ts';
import { fictionalPhoneNumber } from '../../src/simulator/seeds/phone-numbers.ts';
import { providerGroup, type PoolSeed } from '../../src/simulator/seeds/pool-seed.ts';

/** How users of the pool sign in: by e-mail address, or by username with e-mail, phone and preferred_username as aliases. */
export type DelicateModel = 'email' | 'alias';

type Pairs = readonly (readonly [name: string, value: string])[];

/** A small pool of the users who are easily lost or locked out half-made: each is there for one step of a restore. */
export function delicatePool(model: DelicateModel): PoolSeed {
  return { config: configOf(model), groups: GROUPS, users: model === 'email' ? emailUsers() : aliasUsers() };
}

/** The pool's settings without anybody in it. */
export function emptied({ config }: PoolSeed): PoolSeed {
  return { config, groups: [], users: [] };
}

/** The pool with a badge for everybody, which cannot be changed any more. */
export function withBadges({ config, groups, users }: PoolSeed): PoolSeed {
  const badge = ['custom:badge', 'old'] as const;
  return { config, groups, users: users.map((user) => ({ ...user, attributes: [...(user.attributes ?? []), badge] })) };
}

/**
 * A standby that has drifted away from the pool: somebody to create, to change in every way, to enable, to disable, to
 * delete, to move between groups; groups to create, to change, to delete.
 */
export function driftedFrom({ config, groups, users }: PoolSeed): PoolSeed {
  const stale: SeedGroup = { name: 'not-in-the-source', description: 'goes with the mirror' };
  return {
    config,
    groups: [...groups.slice(1).map((group, at) => (at === 0 ? { ...group, description: 'Old' } : group)), stale],
    users: [...users.filter((_, at) => at % 4 !== 0).map(drifted), ...[0, 1].map(extraUser)],
  };
}

function drifted(user: SeedUser, at: number): SeedUser {
  if (user.status === 'EXTERNAL_PROVIDER' || user.status === 'UNCONFIRMED') return user;
  const { status: _status, ...kept } = user;
  const groups = (user.groups ?? []).filter((name) => name !== GROUPS[0]?.name);
  if (at % 3 === 2) return { ...kept, groups };
  return {
    ...kept,
    enabled: at % 3 === 0 ? !(user.enabled ?? true) : true,
    attributes: (user.attributes ?? [])
      .filter(([name]) => name !== 'identities' && name !== 'nickname')
      .map(([name, value]): [string, string] => [name, name === 'given_name' ? 'Old' : value])
      .concat([['zoneinfo', 'Europe/Old']]),
    groups: [...groups, 'not-in-the-source'],
  };
}

function extraUser(at: number): SeedUser {
  return { username: `extra-${at}`, attributes: verifiedEmail(`extra-${at}`), groups: ['not-in-the-source'] };
}

const GROUPS: readonly SeedGroup[] = [
  { name: 'staff', description: 'Everybody who works here', precedence: 0 },
  { name: 'a,"b"\\\u{1f984}', description: 'a,"b"\nc\\', precedence: 7 },
  { name: '__proto__', precedence: 2_147_483_647 },
  { name: 'empty', description: 'Nobody is in it' },
  { name: providerGroup('Google') },
];
const ALL_GROUPS = GROUPS.slice(0, 3).map(({ name }) => name);

/** Those of both models, with an e-mail address that is unique. */
function commonUsers(): (SeedUser & { readonly username: string })[] {
  return [
    { username: 'plain', attributes: [...verifiedEmail('plain'), ['given_name', 'Ada']], groups: ALL_GROUPS },
    { username: 'disabled', enabled: false, attributes: verifiedEmail('disabled'), groups: ['staff'] },
    { username: 'invited', status: 'FORCE_CHANGE_PASSWORD', attributes: verifiedEmail('invited'), groups: ['staff'] },
    {
      username: 'invited-disabled',
      status: 'FORCE_CHANGE_PASSWORD',
      enabled: false,
      attributes: verifiedEmail('invited-disabled'),
    },
    { username: 'reset', status: 'RESET_REQUIRED', attributes: verifiedEmail('reset'), groups: ['__proto__'] },
    {
      username: 'phone-beside',
      attributes: [['email', 'phone-beside@example.org'], ['email_verified', 'false'], ...verifiedPhone(0)],
      groups: ['staff'],
    },
    {
      username: 'sms-mfa',
      attributes: [...verifiedEmail('sms-mfa'), ...verifiedPhone(1)],
      smsMfa: true,
    },
    {
      username: 'linked',
      attributes: [...verifiedEmail('linked'), ['identities', identity('Google', '223456789012345678901')]],
      groups: ['staff'],
    },
    { username: 'unconfirmed', status: 'UNCONFIRMED', attributes: [['email', 'unconfirmed@example.org']] },
    {
      username: 'Google_123456789012345678901',
      status: 'EXTERNAL_PROVIDER',
      attributes: [
        ['email', 'federated@example.com'],
        ['identities', identity('Google', '123456789012345678901')],
      ],
      groups: [providerGroup('Google')],
    },
    {
      username: 'values',
      attributes: [
        ...verifiedEmail("o'hara+tag=x"),
        ['given_name', ' =1+1,"x"\n\u05e9\u05dc\u05d5\u05dd '],
        ['nickname', 'n\\'],
        ['custom:tenant', '__proto__'],
      ],
      groups: ['a,"b"\\\u{1f984}'],
    },
  ];
}

function emailUsers(): SeedUser[] {
  return commonUsers().map(({ username, ...user }) =>
    user.status === 'EXTERNAL_PROVIDER' ? { username, ...user } : user,
  );
}

function aliasUsers(): SeedUser[] {
  return [
    ...commonUsers(),
    { username: '__proto__', attributes: [...verifiedEmail('proto'), ['preferred_username', 'the-chosen']] },
    {
      username: '../x,"y"',
      attributes: [...verifiedEmail('hostile'), ['preferred_username', '\u{1f984}']],
      groups: ['staff'],
    },
    { username: 'no-attributes', attributes: [], groups: ['staff'] },
    // Whoever has verified an address has it as an alias; others may write down the same.
    {
      username: 'same-address',
      attributes: [
        ['email', 'plain@example.org'],
        ['email_verified', 'false'],
      ],
    },
  ];
}

function configOf(model: DelicateModel): PoolConfig {
  return {
    PoolName: `delicate-${model}`,
    AutoVerifiedAttributes: ['email', 'phone_number'],
    ...(model === 'email'
      ? { UsernameAttributes: ['email'] }
      : { AliasAttributes: ['email', 'phone_number', 'preferred_username'] }),
    UsernameConfiguration: { CaseSensitive: false },
    MfaConfiguration: 'OPTIONAL',
    SmsConfiguration: { SnsCallerArn: 'arn:aws:iam::123456789012:role/cognito-sms', ExternalId: 'simulated' },
    AccountRecoverySetting: {
      RecoveryMechanisms: [
        { Priority: 1, Name: 'verified_email' },
        { Priority: 2, Name: 'verified_phone_number' },
      ],
    },
    Schema: [
      { Name: 'tenant', AttributeDataType: 'String', Mutable: true, StringAttributeConstraints: {} },
      { Name: 'badge', AttributeDataType: 'String', Mutable: false, StringAttributeConstraints: {} },
    ],
    identityProviders: ['Google'],
  };
}

function verifiedEmail(local: string): Pairs {
  return [
    ['email', `${local}@example.org`],
    ['email_verified', 'true'],
  ];
}

function verifiedPhone(index: number): Pairs {
  return [
    ['phone_number', fictionalPhoneNumber(index)],
    ['phone_number_verified', 'true'],
  ];
}

function identity(providerName: string, userId: string): string {
  const primary = 'false';
  return JSON.stringify([
    { userId, providerName, providerType: providerName, issuer: null, primary, dateCreated: '1700000000000' },
  ]);
}
