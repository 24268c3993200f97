import { describe, expect, it } from 'vitest';
import { sdkSession } from './testing/sdk-session.ts';

describe('pools', () => {
  it('describe themselves with the defaults of the service', async () => {
    const { sdk, poolId, pool } = await sdkSession({ pool: { PoolName: 'source', AutoVerifiedAttributes: ['email'] } });
    pool.addUser({ username: 'a' });
    const { UserPool } = await sdk.describeUserPool({ UserPoolId: poolId });
    expect(UserPool).toMatchObject({
      Id: poolId,
      Name: 'source',
      Arn: `arn:aws:cognito-idp:eu-central-1:123456789012:userpool/${poolId}`,
      Policies: {
        PasswordPolicy: { MinimumLength: 8, RequireSymbols: true, TemporaryPasswordValidityDays: 7 },
        SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD'] },
      },
      DeletionProtection: 'INACTIVE',
      AutoVerifiedAttributes: ['email'],
      MfaConfiguration: 'OFF',
      EstimatedNumberOfUsers: 1,
      UserPoolTier: 'ESSENTIALS',
      UserPoolTags: {},
    });
    expect(poolId).toMatch(/^eu-central-1_[0-9A-Za-z]{9}$/);
    expect(UserPool?.CreationDate).toBeInstanceOf(Date);
    expect(UserPool?.SchemaAttributes?.find(({ Name }) => Name === 'sub')).toMatchObject({
      Required: true,
      Mutable: false,
    });
    expect(UserPool).not.toHaveProperty('Schema');
  });

  it('created by the API behave as those created in process, and are listed past one page', async () => {
    const { sdk, simulator } = await sdkSession();
    const created = await sdk.createUserPool({
      PoolName: 'standby',
      UsernameAttributes: ['email'],
      Schema: [{ Name: 'tier', AttributeDataType: 'String' }],
    });
    expect(created.UserPool?.UsernameAttributes).toEqual(['email']);
    for (let number = 0; number < 70; number++) simulator.createPool({ PoolName: `p${number}` });
    const first = await sdk.listUserPools({ MaxResults: 60 });
    const second = await sdk.listUserPools({ MaxResults: 60, NextToken: first.NextToken });
    expect([first.UserPools?.length, second.UserPools?.length, second.NextToken]).toEqual([60, 12, undefined]);
  });

  it('an update resets what it leaves out', async () => {
    const { sdk, poolId } = await sdkSession({ pool: { AutoVerifiedAttributes: ['email'], UserPoolTags: { a: '1' } } });
    await sdk.updateUserPool({ UserPoolId: poolId, MfaConfiguration: 'OFF', DeletionProtection: 'ACTIVE' });
    const { UserPool } = await sdk.describeUserPool({ UserPoolId: poolId });
    expect(UserPool).not.toHaveProperty('AutoVerifiedAttributes');
    expect(UserPool).toMatchObject({ DeletionProtection: 'ACTIVE', UserPoolTags: {} });
    expect(UserPool).not.toHaveProperty('UserPoolId');
  });

  it('deletion protection guards the pool', async () => {
    const { sdk, poolId } = await sdkSession({ pool: { DeletionProtection: 'ACTIVE' } });
    await expect(sdk.deleteUserPool({ UserPoolId: poolId })).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    await sdk.updateUserPool({ UserPoolId: poolId, DeletionProtection: 'INACTIVE' });
    await sdk.deleteUserPool({ UserPoolId: poolId });
    await expect(sdk.describeUserPool({ UserPoolId: poolId })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: `User pool ${poolId} does not exist.`,
    });
  });

  it('carry tags', async () => {
    const { sdk, poolId, pool } = await sdkSession();
    await sdk.tagResource({ ResourceArn: pool.arn, Tags: { 'cognito-backup:role': 'standby' } });
    expect((await sdk.listTagsForResource({ ResourceArn: pool.arn })).Tags).toEqual({
      'cognito-backup:role': 'standby',
    });
    expect((await sdk.describeUserPool({ UserPoolId: poolId })).UserPool?.UserPoolTags).toEqual({
      'cognito-backup:role': 'standby',
    });
  });

  it('refuse what is malformed as the service does', async () => {
    const { sdk } = await sdkSession();
    await expect(sdk.describeUserPool({ UserPoolId: 'no pool' })).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    await expect(sdk.describeUserPool({ UserPoolId: undefined })).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    const unknown = sdk.listDevices({ AccessToken: 'x' });
    await expect(unknown).rejects.toMatchObject({
      name: 'UnknownOperationException',
      $metadata: { httpStatusCode: 400 },
    });
  });
});

it('the same seed gives the same pool ids and subs', async () => {
  const runs = await Promise.all(
    [7, 7, 8].map(async (seed) => {
      const { poolId, pool } = await sdkSession({ seed });
      return [poolId, pool.addUser({ username: 'a' }).sub].join();
    }),
  );
  expect(runs[0]).toBe(runs[1]);
  expect(runs[0]).not.toBe(runs[2]);
});
