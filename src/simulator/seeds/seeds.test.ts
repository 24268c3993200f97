import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isWellFormedHash, verifyPassword } from '../password-hash.ts';
import { startSimulator, type Simulator } from '../simulator.ts';
import { HOSTILE_NAMES } from './hostile-names.ts';
import { hostilePool } from './hostile-pool.ts';
import { OLD_BCRYPT_HASHES, OLD_PASSWORD } from './hostile-users.ts';
import { mixedPool } from './mixed-pool.ts';
import { ordinaryPool } from './ordinary-pool.ts';
import { FICTIONAL_PHONE_NUMBERS, fictionalPhoneNumber } from './phone-numbers.ts';
import { plantSeed } from './plant-seed.ts';
import type { PoolSeed } from './pool-seed.ts';

const NAME = /^[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,128}$/u;
const MODELS = ['username', 'email', 'phone', 'alias'] as const;
const NOW = Date.parse('2026-11-22T12:00:00.000Z');

const ordinary = (model: (typeof MODELS)[number], users = 500): PoolSeed =>
  ordinaryPool({ users, groups: 24, seed: 7, model });
const seeds: [string, PoolSeed][] = [
  ...MODELS.map((model): [string, PoolSeed] => [`ordinary ${model}`, ordinary(model)]),
  ['hostile', hostilePool()],
  ['mixed', mixedPool({ users: 2000, groups: 24 })],
];
const valuesOf = (seed: PoolSeed, name: string): string[] =>
  seed.users.flatMap((user) => (user.attributes ?? []).flatMap(([key, value]) => (key === name ? [value] : [])));

describe.each(seeds)('the %s pool', (_name, seed) => {
  test('holds names that Cognito permits, each once', () => {
    const usernames = seed.users.flatMap((user) => (user.username === undefined ? [] : [user.username]));
    const groups = seed.groups.map((group) => group.name);
    for (const name of [...usernames, ...groups.filter((group) => !group.startsWith('{poolId}_'))]) {
      expect(NAME.test(name) && name.length <= 128, name).toBe(true);
    }
    expect(new Set(usernames).size).toBe(usernames.length);
    expect(new Set(groups).size).toBe(groups.length);
  });

  test('reaches nobody: example addresses and fictional phone numbers', () => {
    const fictional = new Set(
      Array.from({ length: FICTIONAL_PHONE_NUMBERS }, (_, index) => fictionalPhoneNumber(index)),
    );
    for (const email of valuesOf(seed, 'email')) expect(email).toMatch(/@example\.(com|org)$/);
    for (const phone of valuesOf(seed, 'phone_number')) expect(fictional.has(phone), phone).toBe(true);
  });

  test('keeps to the limits of Cognito', () => {
    const groups = new Set(seed.groups.map((group) => group.name));
    for (const user of seed.users) {
      expect(user.groups?.every((group) => groups.has(group)) ?? true).toBe(true);
      expect(user.groups?.length ?? 0).toBeLessThanOrEqual(100);
      expect(user.createdAt ?? 0).toBeLessThan(NOW);
      const names = (user.attributes ?? []).map(([name]) => name);
      expect(new Set(names).size).toBe(names.length);
      expect((user.attributes ?? []).every(([, value]) => value !== '' && value.length <= 2048)).toBe(true);
    }
  });
});

describe('ordinary pools', () => {
  test('are the same for the same seed and differ for another', () => {
    expect(ordinary('username')).toEqual(ordinary('username'));
    expect(ordinaryPool({ users: 500, groups: 24, seed: 8, model: 'username' }).users).not.toEqual(
      ordinary('username').users,
    );
  });

  test('hold unique contacts', () => {
    for (const name of ['email', 'phone_number']) {
      const values = valuesOf(ordinary('phone', 3000), name);
      expect(new Set(values).size).toBe(values.length);
    }
  });

  test('are mostly confirmed, partly disabled, and their groups shrink by rank', () => {
    const { users, groups } = ordinary('username', 5000);
    const share = (wanted: (user: (typeof users)[number]) => boolean): number =>
      users.filter(wanted).length / users.length;
    expect(share((user) => user.status === 'CONFIRMED')).toBeGreaterThan(0.88);
    expect(share((user) => user.enabled === false)).toBeCloseTo(0.03, 1);
    const size = (rank: number): number =>
      users.filter((user) => user.groups?.includes(groups[rank]?.name ?? '')).length;
    expect(size(0)).toBeGreaterThan(size(3) * 2);
    expect(size(3)).toBeGreaterThan(size(20) * 2);
  });
});

describe('the hostile pool', () => {
  const { users, groups } = hostilePool();

  test('holds every status, enabled and disabled', () => {
    const seen = new Set(users.map((user) => `${user.status ?? 'CONFIRMED'} ${user.enabled ?? true}`));
    for (const status of [
      'UNCONFIRMED',
      'CONFIRMED',
      'ARCHIVED',
      'COMPROMISED',
      'UNKNOWN',
      'RESET_REQUIRED',
      'FORCE_CHANGE_PASSWORD',
      'EXTERNAL_PROVIDER',
    ]) {
      expect([...seen].filter((entry) => entry.startsWith(`${status} `)).sort()).toEqual([
        `${status} false`,
        `${status} true`,
      ]);
    }
  });

  test('uses each hostile name for a user and a group', () => {
    for (const name of HOSTILE_NAMES) {
      expect(users.find((user) => user.username === name)?.groups).toEqual([name]);
      expect(groups.some((group) => group.name === name)).toBe(true);
    }
  });

  test('keeps normal forms apart', () => {
    const folded = HOSTILE_NAMES.filter((name) => name.normalize('NFC') === 'twin\u00e9');
    expect(new Set(folded).size).toBe(2);
  });

  test('holds an empty group, precedence 0, a bare group and a user in 50 groups and more', () => {
    expect(users.some((user) => user.groups?.includes('empty'))).toBe(false);
    expect(groups.find((group) => group.name === 'precedence-zero')?.precedence).toBe(0);
    expect(groups.find((group) => group.name === 'bare')).toEqual({ name: 'bare' });
    expect(users.find((user) => user.username === 'in-many-groups')?.groups?.length).toBeGreaterThan(50);
  });

  test('holds bcrypt hashes that Cognito would take, of the password it names', async () => {
    for (const hash of OLD_BCRYPT_HASHES) {
      expect(isWellFormedHash('BCRYPT', hash)).toBe(true);
      expect(await verifyPassword(hash, OLD_PASSWORD)).toBe(true);
    }
  });
});

describe('planting', () => {
  let simulator: Simulator;
  beforeEach(async () => {
    simulator = await startSimulator({ clock: () => NOW });
  });
  afterEach(() => simulator.stop());

  test.each(seeds)('the %s pool stands whole in a simulator', (_name, seed) => {
    const poolId = plantSeed(simulator, seed);
    const planted = [...simulator.pool(poolId).users()];
    expect(planted).toHaveLength(seed.users.length);
    const members = planted.reduce((sum, user) => sum + user.groups.length, 0);
    expect(members).toBe(seed.users.reduce((sum, user) => sum + (user.groups?.length ?? 0), 0));
  });

  test('provider groups are named for the pool', () => {
    const poolId = plantSeed(simulator, hostilePool());
    const google = [...simulator.pool(poolId).users()].find((user) => user.username.startsWith('Google_1'));
    expect(google?.groups).toEqual([`${poolId}_Google`]);
  });
});

test('there are as many fictional numbers as announced, in E.164 form', () => {
  const numbers = new Set(Array.from({ length: FICTIONAL_PHONE_NUMBERS }, (_, index) => fictionalPhoneNumber(index)));
  expect(numbers.size).toBe(FICTIONAL_PHONE_NUMBERS);
  for (const number of numbers) expect(number).toMatch(/^\+[1-9]\d{6,14}$/);
  expect(() => fictionalPhoneNumber(FICTIONAL_PHONE_NUMBERS)).toThrow(RangeError);
});
