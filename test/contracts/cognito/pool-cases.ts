import { expect } from 'vitest';
import { isBackupError } from '../../../src/model/errors.ts';
import { parsePoolId } from '../../../src/model/ids.ts';
import { itemsOf, outcomeOf, type Bed, type Cases } from './contract-bed.ts';

const TIER = {
  name: 'custom:tier',
  type: 'String',
  mutable: true,
  required: false,
  developerOnly: false,
  minLength: 0,
  maxLength: 20,
} as const;

async function lacksPool({ region, send }: Bed): Promise<void> {
  const poolId = parsePoolId(`${region}_Unknown01`);
  expect(await outcomeOf(send('DescribeUserPool', { poolId }))).toBe('pool-not-found');
  expect(await outcomeOf(send('ListUsers', { poolId }))).toBe('pool-not-found');
  expect(await outcomeOf(send('ListGroups', { poolId }))).toBe('pool-not-found');
}

/** More than any quota lets through at once, though not more than its patience bears. */
async function rushes({ newPool, send, sdk }: Bed): Promise<void> {
  const poolId = await newPool();
  const rush = Array.from({ length: 250 }, () => outcomeOf(sdk.describeUserPool({ UserPoolId: poolId })));
  const outcomes = new Set(await Promise.all(rush));
  expect([...outcomes].sort()).toEqual(['TooManyRequestsException', 'done']);
  expect(await send('DescribeUserPool', { poolId })).toMatchObject({ id: poolId });
}

export const poolCases = {
  'a described pool shows its schema, sign-in and password policy': async ({ newPool, send }) => {
    const poolId = await newPool({
      AutoVerifiedAttributes: ['email'],
      Schema: [
        {
          Name: 'tier',
          AttributeDataType: 'String',
          Mutable: true,
          StringAttributeConstraints: { MinLength: '0', MaxLength: '20' },
        },
        { Name: 'badge', AttributeDataType: 'Number', Mutable: false, NumberAttributeConstraints: { MinValue: '1' } },
      ],
      Policies: { PasswordPolicy: { MinimumLength: 12, RequireSymbols: false, RequireNumbers: true } },
    });
    const pool = await send('DescribeUserPool', { poolId });
    expect(pool).toMatchObject({
      id: poolId,
      name: expect.stringMatching(/^cognito-backup-contract-/),
      arn: expect.stringMatching(new RegExp(`^arn:.*:userpool/${poolId}$`)),
      usernameAttributes: [],
      aliasAttributes: [],
      autoVerifiedAttributes: ['email'],
      mfa: 'OFF',
      passwordPolicy: { minimumLength: 12, requireSymbols: false, requireNumbers: true },
      triggers: [],
      deletionProtection: false,
    });
    const attributeOf = (name: string) => pool.schema.find((attribute) => attribute.name === name);
    expect(attributeOf('custom:tier')).toMatchObject({ ...TIER });
    expect(attributeOf('custom:badge')).toMatchObject({ type: 'Number', mutable: false, minValue: 1 });
    expect(attributeOf('email')).toMatchObject({ type: 'String', mutable: true, required: false, maxLength: 2048 });
    expect(attributeOf('email_verified')).toMatchObject({ type: 'Boolean' });
  },

  'a pool tells upper from lower case unless it says otherwise': async ({ newPool, send }) => {
    const unsaid = await newPool();
    const folding = await newPool({ UsernameConfiguration: { CaseSensitive: false } });
    expect((await send('DescribeUserPool', { poolId: unsaid })).caseSensitive).toBe(true);
    expect((await send('DescribeUserPool', { poolId: folding })).caseSensitive).toBe(false);
  },

  'a described pool shows sign-in by e-mail and aliases': async ({ newPool, send }) => {
    const byEmail = await newPool({ UsernameAttributes: ['email'] });
    const aliased = await newPool({ AliasAttributes: ['email', 'preferred_username'] });
    expect((await send('DescribeUserPool', { poolId: byEmail })).usernameAttributes).toEqual(['email']);
    const { aliasAttributes } = await send('DescribeUserPool', { poolId: aliased });
    expect([...aliasAttributes].sort()).toEqual(['email', 'preferred_username']);
  },

  'a described pool shows its tags and its recovery setting': async ({ newPool, send }) => {
    const poolId = await newPool({
      UserPoolTags: { 'cognito-backup:role': 'standby' },
      AccountRecoverySetting: {
        RecoveryMechanisms: [
          { Priority: 2, Name: 'verified_phone_number' },
          { Priority: 1, Name: 'verified_email' },
        ],
      },
    });
    const pool = await send('DescribeUserPool', { poolId });
    expect(pool.tags).toEqual([['cognito-backup:role', 'standby']]);
    expect(pool.recovery).toEqual(['verified_email', 'verified_phone_number']);
  },

  'a described pool shows its deletion protection': async ({ newPool, send, sdk }) => {
    const poolId = await newPool({ DeletionProtection: 'ACTIVE' });
    const { deletionProtection } = await send('DescribeUserPool', { poolId });
    await sdk.updateUserPool({ UserPoolId: poolId, DeletionProtection: 'INACTIVE' });
    expect(deletionProtection).toBe(true);
  },

  'an unknown pool is not found': lacksPool,

  'the pools of the account are listed with their names': async (bed) => {
    const poolId = await bed.newPool();
    const pools = await bed.eventually(async () => {
      const listed = await itemsOf(bed, 'ListUserPools', {});
      expect(listed.map(({ id }) => id)).toContain(poolId);
      return listed;
    });
    expect(pools.find(({ id }) => id === poolId)?.name).toMatch(/^cognito-backup-contract-/);
  },

  'a custom attribute is added once, with its prefix': async ({ newPool, send }) => {
    const poolId = await newPool();
    await send('AddCustomAttributes', { poolId, attributes: [TIER] });
    const { schema } = await send('DescribeUserPool', { poolId });
    expect(schema.find(({ name }) => name === 'custom:tier')).toMatchObject({ ...TIER });
    const again = send('AddCustomAttributes', { poolId, attributes: [TIER] });
    expect(await outcomeOf(again)).toBe('InvalidParameterException');
  },

  'a new pool has no identity providers': async (bed) => {
    expect(await itemsOf(bed, 'ListIdentityProviders', { poolId: await bed.newPool() })).toEqual([]);
  },

  'the rate in force for creating users is told': async ({ send }) => {
    expect(await send('GetProvisionedLimit', { category: 'UserCreation' })).toBeGreaterThan(0);
  },

  'who calls too fast is throttled, and served later': rushes,

  'an import job that nobody made, or that cannot be, is refused and not asked for again': async ({
    newPool,
    send,
  }) => {
    const asking = send('DescribeUserImportJob', { poolId: await newPool(), jobId: 'import-AAAAAAAAAA' });
    await expect(asking).rejects.toSatisfy((error) => isBackupError(error, 'rejected'));
  },

  'every answer tells the time of the service': async ({ newPool, send, gateway }) => {
    await send('DescribeUserPool', { poolId: await newPool() });
    const differenceMs = Math.abs((gateway.serviceTime()?.getTime() ?? 0) - new Date().getTime());
    expect(differenceMs).toBeLessThan(5 * 60_000);
  },
} satisfies Cases<string>;
