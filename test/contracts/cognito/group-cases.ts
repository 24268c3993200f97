import { expect } from 'vitest';
import type { GroupFields } from '../../../src/model/group.ts';
import type { PoolId } from '../../../src/model/ids.ts';
import { createUser, itemsOf, outcomeOf, usernamesOf, type Bed, type Cases } from './contract-bed.ts';

/** The groups of a pool with what can be written of them. */
async function groupsOf(bed: Bed, poolId: PoolId): Promise<GroupFields[]> {
  const groups = await itemsOf(bed, 'ListGroups', { poolId });
  return groups
    .map(({ createdAt: _created, modifiedAt: _modified, ...fields }) => fields)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function membersOf(bed: Bed, poolId: PoolId, group: string): Promise<string[]> {
  const members = await itemsOf(bed, 'ListUsersInGroup', { poolId, group });
  return members.map(({ username }) => username).sort();
}

async function poolWith(bed: Bed, groups: readonly GroupFields[]): Promise<PoolId> {
  const poolId = await bed.newPool();
  for (const group of groups) await bed.send('CreateGroup', { poolId, group });
  return poolId;
}

export const groupCases = {
  'a group comes back with description and precedence, a bare one without': async (bed) => {
    const groups = [{ name: 'bare' }, { name: 'full', description: 'a,"b"\n🦄', precedence: 7 }];
    const poolId = await poolWith(bed, groups);
    await bed.eventually(async () => expect(await groupsOf(bed, poolId)).toEqual(groups));
  },

  'precedence 0 is a value': async (bed) => {
    const groups = [{ name: 'first', precedence: 0 }];
    const poolId = await poolWith(bed, groups);
    await bed.eventually(async () => expect(await groupsOf(bed, poolId)).toEqual(groups));
    await bed.send('UpdateGroup', { poolId, group: { name: 'first', precedence: 3 } });
    await bed.send('UpdateGroup', { poolId, group: { name: 'first', precedence: 0 } });
    await bed.eventually(async () => expect(await groupsOf(bed, poolId)).toEqual(groups));
  },

  'an existing group is GroupExistsException': async (bed) => {
    const poolId = await poolWith(bed, [{ name: 'admins' }]);
    const creating = bed.send('CreateGroup', { poolId, group: { name: 'admins' } });
    expect(await outcomeOf(creating)).toBe('GroupExistsException');
  },

  'an updated group takes what is given': async (bed) => {
    const poolId = await poolWith(bed, [{ name: 'admins', description: 'old', precedence: 1 }]);
    const group = { name: 'admins', description: 'new', precedence: 2 };
    await bed.send('UpdateGroup', { poolId, group });
    await bed.eventually(async () => expect(await groupsOf(bed, poolId)).toEqual([group]));
  },

  'an unknown group is ResourceNotFoundException': async (bed) => {
    const poolId = await poolWith(bed, [{ name: 'another' }]);
    await createUser(bed, poolId, 'anna');
    const key = { poolId, username: 'anna', group: 'none' };
    const attempts = [
      bed.send('ListUsersInGroup', { poolId, group: 'none' }),
      bed.send('UpdateGroup', { poolId, group: { name: 'none', description: 'x' } }),
      bed.send('DeleteGroup', { poolId, name: 'none' }),
      bed.send('AdminAddUserToGroup', key),
      bed.send('AdminRemoveUserFromGroup', key),
    ];
    const outcomes = await Promise.all(attempts.map(outcomeOf));
    expect(outcomes).toEqual(attempts.map(() => 'ResourceNotFoundException'));
  },

  'a group is as unknown where no group ever was': async ({ newPool, sdk }) => {
    const deleting = sdk.deleteGroup({ UserPoolId: await newPool(), GroupName: 'none' });
    expect(await outcomeOf(deleting)).toBe('ResourceNotFoundException');
  },

  'an unknown user is UserNotFoundException to groups': async (bed) => {
    const poolId = await poolWith(bed, [{ name: 'admins' }]);
    const key = { poolId, username: 'nobody', group: 'admins' };
    expect(await outcomeOf(bed.send('AdminAddUserToGroup', key))).toBe('UserNotFoundException');
    expect(await outcomeOf(bed.send('AdminRemoveUserFromGroup', key))).toBe('UserNotFoundException');
  },

  'joining twice and leaving twice is as once': async (bed) => {
    const poolId = await poolWith(bed, [{ name: 'admins' }]);
    await createUser(bed, poolId, 'anna');
    const key = { poolId, username: 'anna', group: 'admins' };
    for (const _ of ['first', 'second']) await bed.send('AdminAddUserToGroup', key);
    await bed.eventually(async () => expect(await membersOf(bed, poolId, 'admins')).toEqual(['anna']));
    for (const _ of ['first', 'second']) await bed.send('AdminRemoveUserFromGroup', key);
    await bed.eventually(async () => expect(await membersOf(bed, poolId, 'admins')).toEqual([]));
  },

  'a deleted group leaves its members': async (bed) => {
    const poolId = await poolWith(bed, [{ name: 'admins' }]);
    await createUser(bed, poolId, 'anna');
    await bed.send('AdminAddUserToGroup', { poolId, username: 'anna', group: 'admins' });
    await bed.send('DeleteGroup', { poolId, name: 'admins' });
    await bed.eventually(async () => expect(await groupsOf(bed, poolId)).toEqual([]));
    await bed.eventually(async () => expect(await usernamesOf(bed, poolId)).toEqual(['anna']));
  },

  'a deleted user leaves the group': async (bed) => {
    const poolId = await poolWith(bed, [{ name: 'admins' }]);
    for (const username of ['anna', 'otto']) {
      await createUser(bed, poolId, username);
      await bed.send('AdminAddUserToGroup', { poolId, username, group: 'admins' });
    }
    await bed.send('AdminDeleteUser', { poolId, username: 'anna' });
    await bed.eventually(async () => expect(await membersOf(bed, poolId, 'admins')).toEqual(['otto']));
  },
} satisfies Cases<string>;
