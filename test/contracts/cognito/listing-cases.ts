import { expect } from 'vitest';
import type { PoolId } from '../../../src/model/ids.ts';
import {
  createUser,
  itemsOf,
  outcomeOf,
  pagesOf,
  usernamesOf,
  verifiedEmail,
  type Bed,
  type Cases,
} from './contract-bed.ts';

/** Creates `user-000` and on, side by side; more than two pages from 121. */
async function createUsers(bed: Bed, poolId: PoolId, count: number): Promise<string[]> {
  const names = Array.from({ length: count }, (_, at) => `user-${String(at).padStart(3, '0')}`);
  const waiting = names.values();
  const create = async (): Promise<void> => {
    for (const name of waiting) await createUser(bed, poolId, name);
  };
  await Promise.all([create(), create(), create(), create()]);
  return names;
}

async function poolOf(bed: Bed, count: number): Promise<{ readonly poolId: PoolId; readonly names: string[] }> {
  const poolId = await bed.newPool();
  const names = await createUsers(bed, poolId, count);
  await bed.eventually(async () => expect((await usernamesOf(bed, poolId)).length).toBe(count));
  return { poolId, names };
}

function largestOf(pages: readonly { readonly items: readonly unknown[] }[]): number {
  return Math.max(...pages.map(({ items }) => items.length));
}

const HEX_DIGITS = [...'0123456789abcdef'];

export const listingCases = {
  'a listing shows everyone once': async (bed) => {
    const { poolId, names } = await poolOf(bed, 130);
    expect(await usernamesOf(bed, poolId)).toEqual(names);
  },

  'a page of users holds at most 60': async (bed) => {
    const { poolId } = await poolOf(bed, 61);
    expect(largestOf(await pagesOf(bed, 'ListUsers', { poolId }))).toBeLessThanOrEqual(60);
  },

  'filters by the first digit of sub show everyone once': async (bed) => {
    const { poolId, names } = await poolOf(bed, 40);
    await bed.eventually(async () => {
      const shards = await Promise.all(HEX_DIGITS.map((digit) => usernamesOf(bed, poolId, `sub ^= "${digit}"`)));
      expect(shards.flat().sort()).toEqual(names);
      expect(shards.filter((shard) => shard.length > 0).length).toBeGreaterThan(4);
    });
  },

  'a filter finds by username, by address and by prefix': async (bed) => {
    const poolId = await bed.newPool();
    await createUser(bed, poolId, 'anna', verifiedEmail('anna@example.com'));
    await createUser(bed, poolId, 'annabel', verifiedEmail('annabel@example.com'));
    await bed.eventually(async () => {
      expect(await usernamesOf(bed, poolId, 'username = "anna"')).toEqual(['anna']);
      expect(await usernamesOf(bed, poolId, 'email = "annabel@example.com"')).toEqual(['annabel']);
      expect(await usernamesOf(bed, poolId, 'username ^= "anna"')).toEqual(['anna', 'annabel']);
      expect(await usernamesOf(bed, poolId, 'username = "otto"')).toEqual([]);
    });
  },

  'a filter takes quotes with a backslash before them': async (bed) => {
    const poolId = await bed.newPool();
    await createUser(bed, poolId, 'double"quote');
    await bed.eventually(async () => {
      expect(await usernamesOf(bed, poolId)).toEqual(['double"quote']);
      expect(await usernamesOf(bed, poolId, 'username = "double\\"quote"')).toEqual(['double"quote']);
    });
  },

  'a filter by status finds the disabled': async (bed) => {
    const poolId = await bed.newPool();
    await createUser(bed, poolId, 'anna');
    await createUser(bed, poolId, 'otto');
    await bed.send('AdminDisableUser', { poolId, username: 'otto' });
    await bed.eventually(async () => expect(await usernamesOf(bed, poolId, 'status = "Disabled"')).toEqual(['otto']));
  },

  'a filter by another attribute is InvalidParameterException': async ({ newPool, send }) => {
    const poolId = await newPool();
    for (const filter of ['custom:tier = "x"', 'gender = "x"', 'nonsense']) {
      expect(await outcomeOf(send('ListUsers', { poolId, filter }))).toBe('InvalidParameterException');
    }
  },

  'a page token belongs to its filter': async (bed) => {
    const { poolId } = await poolOf(bed, 61);
    const { nextToken } = await bed.send('ListUsers', { poolId });
    expect(nextToken).toBeDefined();
    const asking = bed.send('ListUsers', { poolId, filter: 'username ^= "user"', ...(nextToken && { nextToken }) });
    expect(await outcomeOf(asking)).toBe('InvalidParameterException');
  },

  'a page token that nobody gave is refused': async ({ newPool, send }) => {
    const asking = send('ListUsers', { poolId: await newPool(), nextToken: 'invented' });
    expect(await outcomeOf(asking)).toBe('InvalidParameterException');
  },

  'the members of a group are listed once each': async (bed) => {
    const { poolId, names } = await groupOf(bed, 70);
    const members = await itemsOf(bed, 'ListUsersInGroup', { poolId, group: 'all' });
    expect(members.map(({ username }) => username).sort()).toEqual(names);
    expect(members[0]).toMatchObject({ status: 'FORCE_CHANGE_PASSWORD', enabled: true });
  },

  'a page of members holds at most 60': async (bed) => {
    const { poolId } = await groupOf(bed, 61);
    expect(largestOf(await pagesOf(bed, 'ListUsersInGroup', { poolId, group: 'all' }))).toBeLessThanOrEqual(60);
  },

  'groups are listed once each': async (bed) => {
    const { poolId, names } = await poolOfGroups(bed, 65);
    await bed.eventually(async () => {
      const groups = await itemsOf(bed, 'ListGroups', { poolId });
      expect(groups.map(({ name }) => name).sort()).toEqual(names);
    });
  },

  'a page of groups holds at most 60': async (bed) => {
    const { poolId } = await poolOfGroups(bed, 61);
    expect(largestOf(await pagesOf(bed, 'ListGroups', { poolId }))).toBeLessThanOrEqual(60);
  },
} satisfies Cases<string>;

/** A pool whose users are all in the group `all`. */
async function groupOf(bed: Bed, count: number): Promise<{ readonly poolId: PoolId; readonly names: string[] }> {
  const { poolId, names } = await poolOf(bed, count);
  await bed.send('CreateGroup', { poolId, group: { name: 'all' } });
  await Promise.all(names.map((username) => bed.send('AdminAddUserToGroup', { poolId, username, group: 'all' })));
  await bed.eventually(async () => {
    expect(await itemsOf(bed, 'ListUsersInGroup', { poolId, group: 'all' })).toHaveLength(count);
  });
  return { poolId, names };
}

async function poolOfGroups(bed: Bed, count: number): Promise<{ readonly poolId: PoolId; readonly names: string[] }> {
  const poolId = await bed.newPool();
  const names = Array.from({ length: count }, (_, at) => `group-${String(at).padStart(2, '0')}`);
  for (const name of names) await bed.send('CreateGroup', { poolId, group: { name } });
  return { poolId, names };
}
