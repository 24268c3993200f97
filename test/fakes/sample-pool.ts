import type { Group } from '../../src/model/group.ts';
import { parsePoolId } from '../../src/model/ids.ts';
import type { PoolDescription } from '../../src/model/pool.ts';
import { USER_STATUSES, type User } from '../../src/model/user.ts';

const AT = '2026-01-02T03:04:05.678Z';

export function samplePool(overrides: Partial<PoolDescription> = {}): PoolDescription {
  const id = parsePoolId('eu-central-1_AbCdEfGhI');
  return {
    id,
    name: 'customers',
    arn: `arn:aws:cognito-idp:eu-central-1:123456789012:userpool/${id}`,
    schema: [
      {
        name: 'email',
        type: 'String',
        mutable: true,
        required: false,
        developerOnly: false,
        minLength: 0,
        maxLength: 2048,
      },
    ],
    usernameAttributes: [],
    aliasAttributes: [],
    caseSensitive: true,
    autoVerifiedAttributes: ['email'],
    mfa: 'OFF',
    passwordPolicy: {
      minimumLength: 8,
      requireUppercase: true,
      requireLowercase: true,
      requireNumbers: true,
      requireSymbols: true,
    },
    firstFactors: ['PASSWORD'],
    recovery: ['verified_email'],
    triggers: [],
    tags: [],
    deletionProtection: false,
    estimatedUsers: 0,
    raw: { Id: id },
    ...overrides,
  };
}

/** User number `index`; the first digit of `sub` goes round all sixteen. */
export function sampleUser(index: number, overrides: Partial<User> = {}): User {
  const sub = `${(index % 16).toString(16)}a${index.toString(16).padStart(6, '0')}-0000-4000-8000-000000000000`;
  return {
    username: `user-${index}`,
    sub,
    status: USER_STATUSES[index % 7 === 0 ? 5 : 1],
    enabled: index % 10 !== 0,
    attributes: [
      ['email', `user-${index}@example.com`],
      ['email_verified', 'true'],
    ],
    createdAt: AT,
    modifiedAt: AT,
    ...overrides,
  };
}

export function sampleUsers(count: number): readonly User[] {
  return Array.from({ length: count }, (_, index) => sampleUser(index));
}

export function sampleGroup(name: string, overrides: Partial<Group> = {}): Group {
  return { name, createdAt: AT, modifiedAt: AT, ...overrides };
}
