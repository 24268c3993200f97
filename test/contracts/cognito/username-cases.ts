import { expect } from 'vitest';
import {
  createConfirmedUser,
  createUser,
  outcomeOf,
  userOf,
  usernamesOf,
  verifiedEmail,
  type Cases,
} from './contract-bed.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export const usernameCases = {
  'an e-mail pool makes the username: a UUID equal to sub': async (bed) => {
    const poolId = await bed.newPool({ UsernameAttributes: ['email'] });
    const user = await createUser(bed, poolId, 'anna@example.com', verifiedEmail('anna@example.com'));
    expect(user.username).toMatch(UUID);
    expect(user.username).toBe(user.sub);
    expect(user.attributes).toContainEqual(['email', 'anna@example.com']);
  },

  'an e-mail pool fills in the address': async (bed) => {
    const poolId = await bed.newPool({ UsernameAttributes: ['email'] });
    const user = await createUser(bed, poolId, 'anna@example.com');
    expect(user.attributes).toContainEqual(['email', 'anna@example.com']);
  },

  'users of an e-mail pool answer to address and username': async (bed) => {
    const poolId = await bed.newPool({ UsernameAttributes: ['email'] });
    const { username } = await createUser(bed, poolId, 'anna@example.com');
    await bed.send('AdminDisableUser', { poolId, username: 'anna@example.com' });
    await bed.eventually(async () => {
      expect(await userOf(bed, poolId, username)).toMatchObject({ enabled: false });
    });
    await bed.send('AdminEnableUser', { poolId, username });
    await bed.eventually(async () => {
      expect(await userOf(bed, poolId, username)).toMatchObject({ enabled: true });
    });
  },

  'an address is taken once in an e-mail pool': async (bed) => {
    const poolId = await bed.newPool({ UsernameAttributes: ['email'] });
    await createUser(bed, poolId, 'anna@example.com');
    expect(await outcomeOf(createUser(bed, poolId, 'anna@example.com'))).toBe('UsernameExistsException');
  },

  'an e-mail pool refuses a username that is no address': async (bed) => {
    const poolId = await bed.newPool({ UsernameAttributes: ['email'] });
    expect(await outcomeOf(createUser(bed, poolId, 'anna'))).toBe('InvalidParameterException');
  },

  'a phone pool makes the username: a UUID equal to sub': async (bed) => {
    const poolId = await bed.newPool({ UsernameAttributes: ['phone_number'] });
    const user = await createUser(bed, poolId, '+12065550100');
    expect(user.username).toMatch(UUID);
    expect(user.username).toBe(user.sub);
    expect(user.attributes).toContainEqual(['phone_number', '+12065550100']);
  },

  'an alias pool keeps the username': async (bed) => {
    const poolId = await bed.newPool({ AliasAttributes: ['email'] });
    expect(await createUser(bed, poolId, 'anna', verifiedEmail('anna@example.com'))).toMatchObject({
      username: 'anna',
    });
  },

  'a verified alias belongs to one user': async (bed) => {
    const poolId = await bed.newPool({ AliasAttributes: ['email'] });
    await createConfirmedUser(bed, poolId, 'anna', verifiedEmail('anna@example.com'));
    const creating = createUser(bed, poolId, 'otto', verifiedEmail('anna@example.com'));
    expect(await outcomeOf(creating)).toBe('AliasExistsException');
  },

  'an unverified address is no alias and collides with nobody': async (bed) => {
    const poolId = await bed.newPool({ AliasAttributes: ['email'] });
    await createConfirmedUser(bed, poolId, 'anna', verifiedEmail('anna@example.com'));
    const creating = createUser(bed, poolId, 'otto', [
      ['email', 'anna@example.com'],
      ['email_verified', 'false'],
    ]);
    expect(await outcomeOf(creating)).toBe('done');
  },

  'a username does not look like an alias': async (bed) => {
    const poolId = await bed.newPool({ AliasAttributes: ['email'] });
    expect(await outcomeOf(createUser(bed, poolId, 'anna@example.com'))).toBe('InvalidParameterException');
  },

  'names that differ by case are two where case counts': async (bed) => {
    const poolId = await bed.newPool({ UsernameConfiguration: { CaseSensitive: true } });
    await createUser(bed, poolId, 'Anna');
    await createUser(bed, poolId, 'anna');
    await bed.eventually(async () => expect(await usernamesOf(bed, poolId)).toEqual(['Anna', 'anna']));
  },

  'names that differ by case are one where case does not count': async (bed) => {
    const poolId = await bed.newPool({ UsernameConfiguration: { CaseSensitive: false } });
    await createUser(bed, poolId, 'anna');
    expect(await outcomeOf(createUser(bed, poolId, 'Anna'))).toBe('UsernameExistsException');
  },

  'composed and decomposed letters are two names': async (bed) => {
    const poolId = await bed.newPool({ UsernameConfiguration: { CaseSensitive: true } });
    const names = ['twin\u00e9', 'twine\u0301'].sort();
    for (const name of names) await createUser(bed, poolId, name);
    await bed.eventually(async () => expect(await usernamesOf(bed, poolId)).toEqual(names));
  },
} satisfies Cases<string>;
