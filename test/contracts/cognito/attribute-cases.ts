import { expect } from 'vitest';
import type { PoolId } from '../../../src/model/ids.ts';
import type { Attribute } from '../../../src/model/user.ts';
import { createUser, outcomeOf, sorted, userOf, verifiedEmail, type Bed, type Cases } from './contract-bed.ts';

const SCHEMA = [
  { Name: 'tier', AttributeDataType: 'String', Mutable: true, StringAttributeConstraints: { MaxLength: '2048' } },
  { Name: 'badge', AttributeDataType: 'String', Mutable: false, StringAttributeConstraints: { MaxLength: '20' } },
] as const;

/** Attributes in the order of their names, as the listing shows them. */
async function attributesOf(bed: Bed, poolId: PoolId, username: string) {
  return sorted((await userOf(bed, poolId, username))?.attributes);
}

export const attributeCases = {
  'an attribute that the schema lacks is refused on creation': async (bed) => {
    const poolId = await bed.newPool();
    const creating = createUser(bed, poolId, 'anna', [['custom:unknown', 'x']]);
    expect(await outcomeOf(creating)).toBe('InvalidParameterException');
  },

  'an attribute that the schema lacks is refused on update': async (bed) => {
    const poolId = await bed.newPool();
    await createUser(bed, poolId, 'anna');
    const attributes: Attribute[] = [['custom:unknown', 'x']];
    const updating = bed.send('AdminUpdateUserAttributes', { poolId, username: 'anna', attributes });
    expect(await outcomeOf(updating)).toBe('InvalidParameterException');
  },

  'a value of 2,048 characters is kept': async (bed) => {
    const poolId = await bed.newPool();
    const longest = 'ä'.repeat(2048);
    await createUser(bed, poolId, 'anna', [['name', longest]]);
    await bed.eventually(async () => expect(await attributesOf(bed, poolId, 'anna')).toEqual([['name', longest]]));
  },

  'a value of 2,049 characters is refused': async (bed) => {
    const creating = createUser(bed, await bed.newPool(), 'anna', [['name', 'x'.repeat(2049)]]);
    expect(await outcomeOf(creating)).toBe('InvalidParameterException');
  },

  'a value longer than the schema allows is refused': async (bed) => {
    const poolId = await bed.newPool({ Schema: [...SCHEMA] });
    const creating = createUser(bed, poolId, 'anna', [['custom:badge', 'x'.repeat(21)]]);
    expect(await outcomeOf(creating)).toBe('InvalidParameterException');
  },

  'nobody chooses a sub': async (bed) => {
    const sub = '00000000-0000-4000-8000-000000000000';
    const creating = createUser(bed, await bed.newPool(), 'anna', [['sub', sub]]);
    expect(await outcomeOf(creating)).toBe('InvalidParameterException');
  },

  'an immutable attribute is written at creation only': async (bed) => {
    const poolId = await bed.newPool({ Schema: [...SCHEMA] });
    await createUser(bed, poolId, 'anna', [['custom:badge', '1']]);
    const attributes: Attribute[] = [['custom:badge', '2']];
    const updating = bed.send('AdminUpdateUserAttributes', { poolId, username: 'anna', attributes });
    expect(await outcomeOf(updating)).toBe('InvalidParameterException');
    await bed.eventually(async () => expect(await attributesOf(bed, poolId, 'anna')).toEqual([['custom:badge', '1']]));
  },

  'an update sets what it names and keeps the rest': async (bed) => {
    const poolId = await bed.newPool();
    await createUser(bed, poolId, 'anna', [
      ['name', 'Anna'],
      ['nickname', 'an'],
    ]);
    const attributes: Attribute[] = [
      ['nickname', 'a,"n"\n\\ 🦄'],
      ['locale', 'nb-NO'],
    ];
    await bed.send('AdminUpdateUserAttributes', { poolId, username: 'anna', attributes });
    const expected = [['locale', 'nb-NO'], ['name', 'Anna'], attributes[0]];
    await bed.eventually(async () => expect(await attributesOf(bed, poolId, 'anna')).toEqual(expected));
  },

  'a changed address loses its flag unless given with it': async (bed) => {
    const poolId = await bed.newPool();
    const update = (attributes: readonly Attribute[]) =>
      bed.send('AdminUpdateUserAttributes', { poolId, username: 'anna', attributes });
    const flagIs = (flag: string) => async () =>
      expect(await attributesOf(bed, poolId, 'anna')).toContainEqual(['email_verified', flag]);
    await createUser(bed, poolId, 'anna', verifiedEmail('anna@example.com'));
    await update(verifiedEmail('second@example.com'));
    await bed.eventually(flagIs('true'));
    await update([['email', 'third@example.com']]);
    await bed.eventually(flagIs('false'));
  },

  'a second call lowers the flag of an address, which stays': async (bed) => {
    const poolId = await bed.newPool();
    await createUser(bed, poolId, 'anna', verifiedEmail('anna@example.com'));
    const lowering = bed.send('AdminUpdateUserAttributes', {
      poolId,
      username: 'anna',
      attributes: [['email_verified', 'false']],
    });
    expect(await outcomeOf(lowering)).toBe('done');
    const expected = [
      ['email', 'anna@example.com'],
      ['email_verified', 'false'],
    ];
    await bed.eventually(async () => expect(await attributesOf(bed, poolId, 'anna')).toEqual(expected));
  },

  'deleting attributes leaves the others, and absent ones do not matter': async (bed) => {
    const poolId = await bed.newPool();
    await createUser(bed, poolId, 'anna', [
      ['name', 'Anna'],
      ['nickname', 'an'],
    ]);
    const names = ['nickname', 'locale'];
    await bed.send('AdminDeleteUserAttributes', { poolId, username: 'anna', names });
    await bed.eventually(async () => expect(await attributesOf(bed, poolId, 'anna')).toEqual([['name', 'Anna']]));
  },

  'an unknown user is UserNotFoundException to attributes': async ({ newPool, send }) => {
    const key = { poolId: await newPool(), username: 'nobody' };
    const updating = send('AdminUpdateUserAttributes', { ...key, attributes: [['name', 'x']] });
    const deleting = send('AdminDeleteUserAttributes', { ...key, names: ['name'] });
    expect([await outcomeOf(updating), await outcomeOf(deleting)]).toEqual([
      'UserNotFoundException',
      'UserNotFoundException',
    ]);
  },
} satisfies Cases<string>;
