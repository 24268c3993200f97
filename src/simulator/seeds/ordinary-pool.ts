import type { PoolConfig, SchemaAttributeConfig, SeedGroup, SeedUser, UserStatus } from '../pool-config.ts';
import { SeededRandom } from '../seeded-random.ts';
import { makePerson } from './people.ts';
import { FICTIONAL_PHONE_NUMBERS, fictionalPhoneNumber } from './phone-numbers.ts';
import type { PoolSeed } from './pool-seed.ts';

export interface OrdinaryPoolOptions {
  readonly users: number;
  readonly groups: number;
  /** The same seed makes the same pool. */
  readonly seed: number;
  /** How users sign in: `email` and `phone` are UsernameAttributes, `alias` a username with email as alias. */
  readonly model: 'username' | 'email' | 'phone' | 'alias';
}

/** What every confirmed user of an ordinary pool signs in with. */
const ORDINARY_PASSWORD = 'Ordinary-Passw0rd!';

/** The custom attributes that ordinary users carry: one of each common type, one immutable. */
export const ORDINARY_SCHEMA: readonly SchemaAttributeConfig[] = [
  {
    Name: 'tenant',
    AttributeDataType: 'String',
    Mutable: true,
    StringAttributeConstraints: { MinLength: '1', MaxLength: '64' },
  },
  { Name: 'employee_id', AttributeDataType: 'String', Mutable: false, StringAttributeConstraints: { MaxLength: '16' } },
  {
    Name: 'credits',
    AttributeDataType: 'Number',
    Mutable: true,
    NumberAttributeConstraints: { MinValue: '0', MaxValue: '1000000' },
  },
  { Name: 'newsletter', AttributeDataType: 'Boolean', Mutable: true },
];

/** A pool as one meets them. In the `phone` model it holds at most as many users as there are fictional numbers. */
export function ordinaryPool(options: OrdinaryPoolOptions): PoolSeed {
  return {
    config: ordinaryConfig(options.model),
    groups: ordinaryGroups(options.groups),
    users: [...ordinaryUsers(options)],
  };
}

export function ordinaryGroups(count: number): SeedGroup[] {
  return Array.from({ length: count }, (_, rank) => ({
    name: GROUP_NAMES[rank] ?? `team-${String(rank).padStart(4, '0')}`,
    description: `Members: ${rank === 0 ? 'most of us' : `rank ${rank} by size`}`,
    precedence: (rank + 1) * 10,
    ...(rank % 5 === 1 ? { roleArn: `arn:aws:iam::123456789012:role/group-${rank}` } : {}),
    createdAt: FIRST_DAY_MS + rank * 1000,
  }));
}

/** The users alone, one at a time: for pools too large to hold twice. */
export function* ordinaryUsers(options: OrdinaryPoolOptions): Generator<SeedUser> {
  const random = new SeededRandom(options.seed);
  const groups = ordinaryGroups(options.groups).map((group) => group.name);
  const memberships = zipfDraw(groups, random);
  for (let index = 0; index < options.users; index += 1) yield ordinaryUser(index, options, { random, memberships });
}

interface Draws {
  readonly random: SeededRandom;
  readonly memberships: () => string[];
}

function ordinaryUser(index: number, { model }: OrdinaryPoolOptions, { random, memberships }: Draws): SeedUser {
  const person = makePerson(() => random.fraction());
  const number = String(index).padStart(5, '0');
  const status = drawStatus(random.fraction());
  const isVerified = status !== 'UNCONFIRMED' && random.fraction() < 0.97;
  const hasPhone = model === 'phone' || (index < FICTIONAL_PHONE_NUMBERS && random.fraction() < 0.4);
  const birthday = new Date(Date.UTC(1945 + random.below(62), random.below(12), 1 + random.below(28)));
  return {
    ...(model === 'email' || model === 'phone' ? {} : { username: `${person.address}.${number}` }),
    status,
    enabled: random.fraction() >= 0.03,
    attributes: [
      ['email', `${person.address}.${number}@${random.below(2) === 0 ? 'example.com' : 'example.org'}`],
      ['email_verified', String(isVerified)],
      ...(hasPhone ? phoneAttributes(index, isVerified) : []),
      ['given_name', person.given],
      ['family_name', person.family],
      ['name', person.full],
      ['locale', person.locale],
      ['zoneinfo', person.zone],
      ...(random.below(3) === 0 ? ([['birthdate', birthday.toISOString().slice(0, 10)]] as const) : []),
      ['custom:tenant', `tenant-${random.below(12)}`],
      ['custom:employee_id', `E${number}`],
      ['custom:credits', String(random.below(1_000_001))],
      ['custom:newsletter', String(random.below(2) === 0)],
    ],
    ...(status === 'CONFIRMED' ? { password: ORDINARY_PASSWORD } : {}),
    groups: memberships(),
    createdAt: FIRST_DAY_MS + random.below(5 * 365) * DAY_MS + random.below(DAY_MS),
  };
}

function phoneAttributes(index: number, isVerified: boolean): [string, string][] {
  return [
    ['phone_number', fictionalPhoneNumber(index)],
    ['phone_number_verified', String(isVerified)],
  ];
}

function drawStatus(draw: number): UserStatus {
  if (draw < 0.91) return 'CONFIRMED';
  if (draw < 0.95) return 'FORCE_CHANGE_PASSWORD';
  return draw < 0.98 ? 'RESET_REQUIRED' : 'UNCONFIRMED';
}

/** Each call draws none to three groups; the group of rank r is drawn in proportion to 1/r. */
function zipfDraw(groups: readonly string[], random: SeededRandom): () => string[] {
  const bounds: number[] = [];
  let total = 0;
  for (let rank = 1; rank <= groups.length; rank += 1) {
    total += 1 / rank;
    bounds.push(total);
  }
  return () => {
    const chosen = new Set<string>();
    for (let draws = random.below(4); draws > 0; draws -= 1) {
      const draw = random.fraction() * total;
      const group = groups[bounds.findIndex((bound) => draw < bound)];
      if (group !== undefined) chosen.add(group);
    }
    return [...chosen];
  };
}

export function ordinaryConfig(model: OrdinaryPoolOptions['model']): PoolConfig {
  return {
    PoolName: `ordinary-${model}`,
    Policies: {
      PasswordPolicy: {
        MinimumLength: 8,
        RequireUppercase: true,
        RequireLowercase: true,
        RequireNumbers: true,
        RequireSymbols: true,
        TemporaryPasswordValidityDays: 7,
      },
    },
    AutoVerifiedAttributes: model === 'phone' ? ['phone_number'] : ['email'],
    ...(model === 'email' ? { UsernameAttributes: ['email'] } : {}),
    ...(model === 'phone' ? { UsernameAttributes: ['phone_number'] } : {}),
    ...(model === 'alias' ? { AliasAttributes: ['email'] } : {}),
    UsernameConfiguration: { CaseSensitive: false },
    MfaConfiguration: 'OFF',
    AccountRecoverySetting: {
      RecoveryMechanisms: [
        { Priority: 1, Name: 'verified_email' },
        { Priority: 2, Name: 'verified_phone_number' },
      ],
    },
    Schema: ORDINARY_SCHEMA,
  };
}

const DAY_MS = 24 * 3600 * 1000;
/** Five years of sign-ups from here end in November 2026. */
const FIRST_DAY_MS = Date.parse('2021-11-01T00:00:00.000Z');

const GROUP_NAMES = [
  'customers',
  'newsletter',
  'staff',
  'editors',
  'support',
  'partners',
  'billing',
  'beta-testers',
  'moderators',
  'developers',
  'auditors',
  'admins',
];
