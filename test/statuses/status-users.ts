import type { PoolConfig, SeedUser } from '../../src/simulator/pool-config.ts';
import { USER_STATUSES, type UserStatus } from '../../src/model/user.ts';

/** One user of every state that a snapshot can hold; the table in docs/LIMITS.md has a row for each. */
export interface StatusUser extends SeedUser {
  readonly username: string;
  /** Of the row. */
  readonly title: string;
}

export const OLD_PASSWORD = 'Old-Passw0rd!';

function verified(name: string): [string, string][] {
  return [
    ['email', `${name}@example.org`],
    ['email_verified', 'true'],
  ];
}

function identities(providerName: string, userId: string, primary: boolean): [string, string] {
  const identity = { userId, providerName, providerType: providerName, issuer: null, primary: String(primary) };
  return ['identities', JSON.stringify([identity])];
}

function inStatus(status: UserStatus): StatusUser {
  if (status === 'EXTERNAL_PROVIDER') {
    const attributes = [...verified('external'), identities('Google', '11', true)];
    return { title: status, username: 'Google_11', status, attributes };
  }
  const username = status.toLowerCase().replaceAll('_', '-');
  return { title: status, username, status, attributes: verified(username), password: OLD_PASSWORD };
}

const STATES: readonly StatusUser[] = [
  ...USER_STATUSES.map(inStatus),
  { title: 'CONFIRMED, disabled', username: 'disabled', enabled: false, attributes: verified('disabled') },
  { title: 'CONFIRMED, no verified contact', username: 'bare', attributes: [['email', 'bare@example.org']] },
  {
    title: 'CONFIRMED, linked to a provider of the target',
    username: 'linked',
    attributes: [...verified('linked'), identities('Google', '22', false)],
  },
  {
    title: 'CONFIRMED, linked to a provider that the target lacks',
    username: 'linked-elsewhere',
    attributes: [...verified('linked-elsewhere'), identities('Okta', '33', false)],
  },
  {
    title: 'CONFIRMED, linked to an identity that the target knows as somebody',
    username: 'linked-taken',
    attributes: [...verified('linked-taken'), identities('Google', '44', false)],
  },
  {
    title: 'CONFIRMED, made by a provider and given a password since',
    username: 'Google_55',
    attributes: [...verified('flipped'), identities('Google', '55', true)],
  },
];

export const STATUS_USERS: readonly StatusUser[] = STATES.map((user) => ({ password: OLD_PASSWORD, ...user }));

/** Who is in the target before: the federated user whose identity `linked-taken` is linked to in the source. */
export const TAKEN_USER: SeedUser = {
  username: 'Google_44',
  status: 'EXTERNAL_PROVIDER',
  attributes: [...verified('taken'), identities('Google', '44', true)],
};

const BASE: PoolConfig = { AutoVerifiedAttributes: ['email'], MfaConfiguration: 'OFF', identityProviders: ['Google'] };

export const POOLS: readonly { readonly title: string; readonly config: PoolConfig }[] = [
  { title: 'a pool that wants a password', config: BASE },
  {
    title: 'a pool that lets users in by a one-time code (EMAIL_OTP)',
    config: { ...BASE, Policies: { SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD', 'EMAIL_OTP'] } } },
  },
];
