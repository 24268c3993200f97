import { expect } from 'vitest';
import type { Attribute } from '../../../src/model/user.ts';
import {
  createUser,
  outcomeOf,
  PASSWORD,
  sorted,
  userOf,
  usernamesOf,
  verifiedEmail,
  type Cases,
} from './contract-bed.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export const userCases = {
  'a created user has a sub, the attributes given, and a password to change': async (bed) => {
    const poolId = await bed.newPool({ Schema: [{ Name: 'tier', AttributeDataType: 'String', Mutable: true }] });
    const attributes: Attribute[] = [...verifiedEmail('anna@example.com'), ['custom:tier', 'gold'], ['name', 'Anna']];
    const created = await createUser(bed, poolId, 'anna', attributes);
    expect(created).toMatchObject({ username: 'anna', status: 'FORCE_CHANGE_PASSWORD', enabled: true });
    expect(created.sub).toMatch(UUID);
    await bed.eventually(async () => {
      const listed = await userOf(bed, poolId, 'anna');
      expect(listed).toMatchObject({ sub: created.sub, status: 'FORCE_CHANGE_PASSWORD', enabled: true });
      expect(sorted(listed?.attributes)).toEqual(sorted(attributes));
    });
  },

  'creating, restoring the password, and updating a contact with its flag send no message': async (bed) => {
    const { messagesSent } = bed;
    if (!messagesSent) return bed.skip('the service does not count messages');
    const poolId = await bed.newPool({ AutoVerifiedAttributes: ['email'] });
    const before = messagesSent();
    await createUser(bed, poolId, 'anna', verifiedEmail('anna@example.com'));
    await bed.send('AdminSetUserPassword', { poolId, username: 'anna', password: PASSWORD, permanent: true });
    const attributes = verifiedEmail('other@example.com');
    await bed.send('AdminUpdateUserAttributes', { poolId, username: 'anna', attributes });
    expect(messagesSent() - before).toBe(0);
  },

  'an existing username is UsernameExistsException': async (bed) => {
    const poolId = await bed.newPool();
    await createUser(bed, poolId, 'anna');
    expect(await outcomeOf(createUser(bed, poolId, 'anna'))).toBe('UsernameExistsException');
  },

  'a permanent password confirms, a temporary one has to be changed': async (bed) => {
    const poolId = await bed.newPool();
    await createUser(bed, poolId, 'anna');
    const key = { poolId, username: 'anna', password: PASSWORD };
    const statusIs = (status: string) => async () =>
      expect(await userOf(bed, poolId, 'anna')).toMatchObject({ status });
    await bed.send('AdminSetUserPassword', { ...key, permanent: true });
    await bed.eventually(statusIs('CONFIRMED'));
    await bed.send('AdminSetUserPassword', { ...key, permanent: false });
    await bed.eventually(statusIs('FORCE_CHANGE_PASSWORD'));
  },

  'a password against the policy is InvalidPasswordException': async (bed) => {
    const poolId = await bed.newPool();
    await createUser(bed, poolId, 'anna');
    const setting = bed.send('AdminSetUserPassword', { poolId, username: 'anna', password: 'weak', permanent: true });
    expect(await outcomeOf(setting)).toBe('InvalidPasswordException');
  },

  'disabling and enabling twice is as once, and leaves the status': async (bed) => {
    const poolId = await bed.newPool();
    const key = { poolId, username: 'anna' };
    await createUser(bed, poolId, 'anna');
    const enabledIs = (enabled: boolean) => async () =>
      expect(await userOf(bed, poolId, 'anna')).toMatchObject({ enabled, status: 'FORCE_CHANGE_PASSWORD' });
    for (const _ of ['first', 'second']) await bed.send('AdminDisableUser', key);
    await bed.eventually(enabledIs(false));
    for (const _ of ['first', 'second']) await bed.send('AdminEnableUser', key);
    await bed.eventually(enabledIs(true));
  },

  'a deleted user is gone, and deleting again is UserNotFoundException': async (bed) => {
    const poolId = await bed.newPool();
    await createUser(bed, poolId, 'anna');
    await bed.send('AdminDeleteUser', { poolId, username: 'anna' });
    await bed.eventually(async () => expect(await usernamesOf(bed, poolId)).toEqual([]));
    expect(await outcomeOf(bed.send('AdminDeleteUser', { poolId, username: 'anna' }))).toBe('UserNotFoundException');
  },

  'an unknown user is UserNotFoundException to passwords, disabling and enabling': async ({ newPool, send }) => {
    const key = { poolId: await newPool(), username: 'nobody' };
    const setting = send('AdminSetUserPassword', { ...key, password: PASSWORD, permanent: true });
    expect(await outcomeOf(setting)).toBe('UserNotFoundException');
    expect(await outcomeOf(send('AdminDisableUser', key))).toBe('UserNotFoundException');
    expect(await outcomeOf(send('AdminEnableUser', key))).toBe('UserNotFoundException');
  },
} satisfies Cases<string>;
