import type { PoolConfig, SeedUser } from '../../src/simulator/pool-config.ts';
import { providerGroup, type PoolSeed } from '../../src/simulator/seeds/pool-seed.ts';
import { DIGITS, marked, markedEmail, markedName, markedPhone, markedSub, WORD } from './marks.ts';

const CONFIG: PoolConfig = {
  PoolName: 'canaries',
  AutoVerifiedAttributes: ['email', 'phone_number'],
  Schema: [
    { Name: 'note', AttributeDataType: 'String', Mutable: true },
    { Name: 'badge', AttributeDataType: 'Number', Mutable: true },
    { Name: 'born', AttributeDataType: 'String', Mutable: false },
  ],
  MfaConfiguration: 'OPTIONAL',
  SmsConfiguration: { SnsCallerArn: 'arn:aws:iam::123456789012:role/cognito-sms', ExternalId: 'simulated' },
  identityProviders: ['Google'],
};

/** A group may be named for whom it holds, so names and descriptions count as personal here. */
const GROUPS = [markedName('team'), markedName('élite')];

/**
 * A pool in which every value of everybody is marked: every standard attribute that holds a text, custom ones, users of every
 * kind that is treated differently. `variant` changes values, for pools to differ.
 */
export function markedPool(variant = ''): PoolSeed {
  return {
    config: CONFIG,
    groups: [
      { name: GROUPS[0]!, description: marked(`purpose${variant}`), precedence: 1 },
      { name: GROUPS[1]!, roleArn: 'arn:aws:iam::999999999999:role/foreign' },
      { name: providerGroup('Google') },
    ],
    users: users(variant).map((user, index) => ({ sub: markedSub(index + (variant === '' ? 0 : 40)), ...user })),
  };
}

/** The same pool without anybody in it. */
export function emptyPool(): PoolSeed {
  return { config: CONFIG, groups: [], users: [] };
}

function users(variant: string): SeedUser[] {
  const person = (local: string, index: number): readonly (readonly [string, string])[] => [
    ['email', markedEmail(local)],
    ['email_verified', 'true'],
    ['phone_number', markedPhone(index)],
    ['phone_number_verified', 'true'],
    ['name', marked(`name-${local}${variant}`)],
    ['custom:note', marked(`note${variant}`)],
  ];
  return [
    {
      username: markedName('full'),
      attributes: [
        ...person('full', 1),
        ...everyText(variant),
        ['custom:badge', DIGITS],
        ['custom:born', marked(`born${variant}`)],
      ],
      groups: GROUPS,
      password: `${WORD}-Passw0rd!`,
    },
    // Nothing that a CSV file could not carry
    { username: markedName('plain'), attributes: simple('plain'), groups: [GROUPS[0]!] },
    { username: markedName('off'), attributes: simple('off'), enabled: false, groups: [GROUPS[1]!] },
    { username: markedName('waiting'), attributes: simple('waiting'), status: 'UNCONFIRMED', groups: [GROUPS[0]!] },
    { username: markedName('reset'), attributes: simple('reset'), status: 'RESET_REQUIRED' },
    { username: markedName('forced'), attributes: simple('forced'), status: 'FORCE_CHANGE_PASSWORD' },
    { username: markedName('sms'), attributes: person('sms', 3), smsMfa: true },
    {
      username: `Google_${WORD}${DIGITS}`,
      status: 'EXTERNAL_PROVIDER',
      attributes: [
        ['email', markedEmail('google')],
        ['identities', identity(`${WORD}${DIGITS}`)],
      ],
      groups: [providerGroup('Google')],
    },
    { username: markedName('linked'), attributes: [...simple('linked'), ['identities', identity(`${DIGITS}${WORD}`)]] },
    // What a plan cannot match without a doubt
    { username: markedName('twin-1'), attributes: simple('twin') },
    { username: markedName('twin-2'), attributes: simple('twin') },
    ...(variant === '' ? [{ username: markedName('only-here'), attributes: simple('only-here') }] : []),
    { username: markedName(`only${variant}`), attributes: simple(`only${variant}`) },
  ];
}

function simple(local: string): readonly (readonly [string, string])[] {
  return [
    ['email', markedEmail(local)],
    ['email_verified', 'true'],
  ];
}

/** Every standard attribute that may hold a text of anybody, and the number. */
function everyText(variant: string): (readonly [string, string])[] {
  const texts = [
    'given_name',
    'middle_name',
    'family_name',
    'nickname',
    'preferred_username',
    'profile',
    'picture',
    'website',
    'gender',
    'zoneinfo',
    'locale',
    'address',
  ].map((name): [string, string] => [name, marked(`${name}${variant}`)]);
  return [...texts, ['birthdate', `${WORD}01`], ['updated_at', DIGITS]];
}

function identity(userId: string): string {
  return JSON.stringify([
    {
      userId,
      providerName: 'Google',
      providerType: 'Google',
      issuer: null,
      primary: 'false',
      dateCreated: '1700000000000',
    },
  ]);
}
