import type { SeedUser, UserStatus } from '../pool-config.ts';
import { federatedUsers } from './federated-users.ts';
import { MANY_GROUPS } from './hostile-groups.ts';
import { HOSTILE_NAMES } from './hostile-names.ts';
import { EVERY_STANDARD_ATTRIBUTE, HOSTILE_VALUES } from './hostile-values.ts';
import { fictionalPhoneNumber } from './phone-numbers.ts';

/** The password behind every hash in `OLD_BCRYPT_HASHES`. */
export const OLD_PASSWORD = 'Old-Passw0rd!';

/** Three spellings of bcrypt at costs 10, 4 and 6. */
export const OLD_BCRYPT_HASHES: readonly string[] = [
  '$2b$10$EsL3p7X9qOHV.tg1mqBhvuTM8oBmSmchwx5d9PFi2zRAM3c0mhxI2',
  '$2a$04$ImW90IG5WzSttJleXaa96.SxEPuUNC9vs1tlz01ZreR7/eBp60rwa',
  '$2y$06$DTCBlGjga8NoK3AvU1v.se2jq4QPzL3A0wmi9WXY6NWU3YNoQI6u2',
];

/** Every status of the API. Source: SDK 3.1169, UserStatusType, 2026-11. */
const STATUSES: readonly UserStatus[] = [
  'UNCONFIRMED',
  'CONFIRMED',
  'ARCHIVED',
  'COMPROMISED',
  'UNKNOWN',
  'RESET_REQUIRED',
  'FORCE_CHANGE_PASSWORD',
  'EXTERNAL_PROVIDER',
];

type Pairs = [name: string, value: string][];

/** Phone numbers past those that an ordinary pool of the demo's size uses. */
const phone = (index: number): string => fictionalPhoneNumber(60_000 + index);

const verifiedEmail = (local: string): Pairs => [
  ['email', `${local}@example.org`],
  ['email_verified', 'true'],
];

/** The whole hostile set, in the order of the list in `hostile-pool.ts`. */
export function hostileUsers(): SeedUser[] {
  return [
    ...namedUsers(),
    ...valuedUsers(),
    ...statusUsers(),
    ...contactUsers(),
    ...federatedUsers(),
    ...memberUsers(),
    ...hashedUsers(),
  ];
}

/** One user for each hostile name, who is in the group of the same name. */
function namedUsers(): SeedUser[] {
  return HOSTILE_NAMES.map((username, at) => ({
    username,
    attributes: [...verifiedEmail(`named-${at}`), ['name', username]],
    groups: [username],
    password: OLD_PASSWORD,
  }));
}

function valuedUsers(): SeedUser[] {
  const single = HOSTILE_VALUES.map(([what, value]): SeedUser => ({
    username: `value-${what}`,
    attributes: [...verifiedEmail(`value-${what}`), ['name', value], ['custom:größe', value]],
  }));
  const longest = 'L'.repeat(2048);
  return [
    ...single,
    // Nine values of 2,048 characters: past the 16,000 characters of an import row
    {
      username: 'row-too-long',
      attributes: [
        ...verifiedEmail('row-too-long'),
        ...['name', 'address', 'profile', 'picture', 'website', 'gender', 'nickname', 'zoneinfo', 'custom:größe'].map(
          (name): [string, string] => [name, longest],
        ),
      ],
    },
    // Attributes named like what objects inherit
    {
      username: 'attributes-of-objects',
      attributes: [
        ...verifiedEmail('attributes-of-objects'),
        ['custom:__proto__', 'own'],
        ['custom:constructor', 'own'],
      ],
    },
    // Every standard attribute at once
    {
      username: 'every-standard-attribute',
      attributes: [...verifiedEmail('every-standard-attribute'), ...EVERY_STANDARD_ATTRIBUTE],
    },
  ];
}

function statusUsers(): SeedUser[] {
  const users = STATUSES.filter((status) => status !== 'EXTERNAL_PROVIDER').flatMap((status): SeedUser[] => {
    const name = status.toLowerCase().replaceAll('_', '-');
    const attributes: Pairs =
      status === 'UNCONFIRMED'
        ? [
            ['email', `status-${name}@example.org`],
            ['email_verified', 'false'],
          ]
        : verifiedEmail(`status-${name}`);
    return [
      { username: `status-${name}`, status, attributes, groups: ['bare'] },
      {
        username: `disabled-${name}`,
        status,
        enabled: false,
        attributes: attributes.map(([key, value]) => [key, value.replace('status-', 'disabled-')]),
      },
    ];
  });
  return [
    ...users,
    {
      username: 'disabled-with-group',
      enabled: false,
      attributes: verifiedEmail('disabled-with-group'),
      groups: ['bare', 'precedence-zero'],
    },
  ];
}

function contactUsers(): SeedUser[] {
  return [
    // Nothing but a name
    { username: 'no-attributes', attributes: [] },
    {
      username: 'phone-only',
      attributes: [
        ['phone_number', phone(0)],
        ['phone_number_verified', 'true'],
      ],
    },
    {
      username: 'phone-only-unverified',
      attributes: [
        ['phone_number', phone(1)],
        ['phone_number_verified', 'false'],
      ],
    },
    {
      username: 'unverified',
      attributes: [
        ['email', 'unverified@example.com'],
        ['email_verified', 'false'],
      ],
    },
    { username: 'verified-unset', attributes: [['email', 'verified-unset@example.com']] },
    {
      username: 'email-verified-phone-not',
      attributes: [
        ...verifiedEmail('email-verified-phone-not'),
        ['phone_number', phone(2)],
        ['phone_number_verified', 'false'],
      ],
    },
    // Without aliases two users may share an address
    { username: 'shared-address-1', attributes: verifiedEmail('shared') },
    { username: 'shared-address-2', attributes: verifiedEmail('shared') },
    { username: 'mixed-case-address', attributes: verifiedEmail('MiXed.CASE') },
    { username: 'odd-address', attributes: verifiedEmail("o'hara+tag=x") },
    // Legacy SMS MFA, the one preference that listings show
    {
      username: 'sms-mfa',
      attributes: [
        ['phone_number', phone(3)],
        ['phone_number_verified', 'true'],
      ],
      smsMfa: true,
    },
  ];
}

function memberUsers(): SeedUser[] {
  return [
    { username: 'in-many-groups', attributes: verifiedEmail('in-many-groups'), groups: MANY_GROUPS },
    {
      username: 'in-telling-groups',
      attributes: verifiedEmail('in-telling-groups'),
      groups: [
        'bare',
        'precedence-zero',
        'precedence-zero-too',
        'precedence-largest',
        'with-role',
        'foreign-role',
        'description-longest',
        'description-hostile',
      ],
    },
  ];
}

function hashedUsers(): SeedUser[] {
  return OLD_BCRYPT_HASHES.map((passwordHash, at) => ({
    username: `old-bcrypt-${at}`,
    attributes: verifiedEmail(`old-bcrypt-${at}`),
    passwordHash,
  }));
}
