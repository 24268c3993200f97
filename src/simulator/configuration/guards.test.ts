import { describe, expect, it } from 'vitest';
import { sdkSession } from '../testing/sdk-session.ts';

const INVALID = { name: 'InvalidParameterException' };
const TIER = { name: 'FeatureUnavailableInTierException' };
const PLUS = { UserPoolTier: 'PLUS', UserPoolAddOns: { AdvancedSecurityMode: 'ENFORCED' } } as const;
const BLOCK = { CompromisedCredentialsRiskConfiguration: { Actions: { EventAction: 'BLOCK' } } } as const;

describe('risk configuration', () => {
  it('wants threat protection', async () => {
    const { sdk, poolId: UserPoolId } = await sdkSession();
    const refused = { name: 'UserPoolAddOnNotEnabledException' };
    await expect(sdk.setRiskConfiguration({ UserPoolId, ...BLOCK })).rejects.toMatchObject(refused);
    await expect(sdk.describeRiskConfiguration({ UserPoolId })).rejects.toMatchObject(refused);
  });

  it('is the pool’s and, apart, a client’s', async () => {
    const { sdk, poolId: UserPoolId, clientId } = await sdkSession({ pool: PLUS });
    const [ClientId, other] = [await clientId(), await clientId()];
    const Notify = { HighAction: { Notify: true, EventAction: 'BLOCK' } } as const;
    await expect(
      sdk.setRiskConfiguration({ UserPoolId, AccountTakeoverRiskConfiguration: { Actions: Notify } }),
    ).rejects.toMatchObject(INVALID);
    await sdk.setRiskConfiguration({ UserPoolId, ...BLOCK });
    await sdk.setRiskConfiguration({
      UserPoolId,
      ClientId,
      RiskExceptionConfiguration: { BlockedIPRangeList: ['192.0.2.0/24'] },
    });
    const describe_ = async (id?: string) =>
      (await sdk.describeRiskConfiguration({ UserPoolId, ClientId: id })).RiskConfiguration;
    expect(await describe_()).toMatchObject(BLOCK);
    expect(await describe_(ClientId)).toMatchObject({
      ClientId,
      RiskExceptionConfiguration: { BlockedIPRangeList: ['192.0.2.0/24'] },
    });
    expect(await describe_(other)).toEqual({ UserPoolId, ClientId: other });
  });
});

describe('log delivery', () => {
  const group = (region: string) => ({
    LogLevel: 'ERROR' as const,
    EventSource: 'userNotification' as const,
    CloudWatchLogsConfiguration: { LogGroupArn: `arn:aws:logs:${region}:123456789012:log-group:cognito` },
  });
  const activity = {
    LogLevel: 'INFO',
    EventSource: 'userAuthEvents',
    S3Configuration: { BucketArn: 'arn:aws:s3:::logs' },
  } as const;

  it('goes to the pool’s own Region, and activity wants Plus', async () => {
    const { sdk, poolId: UserPoolId } = await sdkSession();
    const set = (...LogConfigurations: object[]) =>
      sdk.setLogDeliveryConfiguration({ UserPoolId, LogConfigurations: LogConfigurations as (typeof activity)[] });
    await expect(set(group('us-west-2'))).rejects.toMatchObject(INVALID);
    await expect(set(activity)).rejects.toMatchObject(TIER);
    await expect(set({ ...group('eu-central-1'), LogLevel: 'INFO' })).rejects.toMatchObject(INVALID);
    const log = group('eu-central-1');
    await expect(set(log, log)).rejects.toMatchObject(INVALID);
    await set(log);
    expect((await sdk.getLogDeliveryConfiguration({ UserPoolId })).LogDeliveryConfiguration).toEqual({
      UserPoolId,
      LogConfigurations: [log],
    });
    await sdk.updateUserPool({ UserPoolId, UserPoolTier: 'PLUS' });
    await set(log, activity);
  });
});

describe('session configuration', () => {
  it('is replaced whole, from the Essentials tier on, clients after the pool', async () => {
    const { sdk, poolId: UserPoolId, clientId, simulator } = await sdkSession();
    const ClientId = await clientId();
    const client = { UserPoolId, ClientId, SSOSession: { MaxValidityMinutes: 30 } };
    await expect(sdk.setUserPoolClientSessionConfiguration(client)).rejects.toMatchObject(INVALID);
    const pool = { UserPoolId, UserSessionTracking: 'ENABLED', TokenSession: { MaxPerUser: 5 } } as const;
    await expect(
      sdk.setUserPoolSessionConfiguration({ ...pool, TokenSession: { MaxPerUser: 101 } }),
    ).rejects.toMatchObject(INVALID);
    await sdk.setUserPoolSessionConfiguration(pool);
    await sdk.setUserPoolClientSessionConfiguration(client);
    expect(await sdk.getUserPoolSessionConfiguration({ UserPoolId })).toMatchObject(pool);
    expect(await sdk.getUserPoolClientSessionConfiguration({ UserPoolId, ClientId })).toMatchObject(client);
    const lite = { UserPoolId: simulator.createPool({ UserPoolTier: 'LITE' }) };
    await expect(sdk.getUserPoolSessionConfiguration(lite)).rejects.toMatchObject(TIER);
  });
});

describe('replicas', () => {
  it('want a multi-Region key, and there is one at most', async () => {
    const KmsKeyArn = 'arn:aws:kms:eu-central-1:123456789012:key/mrk-1';
    const {
      sdk,
      poolId: UserPoolId,
      simulator,
    } = await sdkSession({
      pool: { KeyConfiguration: { KeyType: 'CUSTOMER_MANAGED_KEY', KmsKeyArn } },
    });
    const RegionName = 'eu-west-1';
    const plain = { UserPoolId: simulator.createPool(), RegionName };
    await expect(sdk.createUserPoolReplica(plain)).rejects.toMatchObject(INVALID);
    expect((await sdk.listUserPoolReplicas({ UserPoolId })).UserPoolReplicas).toEqual([]);
    await sdk.createUserPoolReplica({ UserPoolId, RegionName });
    await expect(sdk.createUserPoolReplica({ UserPoolId, RegionName: 'us-east-1' })).rejects.toMatchObject({
      name: 'LimitExceededException',
    });
    expect((await sdk.listUserPoolReplicas({ UserPoolId })).UserPoolReplicas).toMatchObject([
      { Role: 'PRIMARY', RegionName: 'eu-central-1' },
      { Role: 'SECONDARY', RegionName, Status: 'INACTIVE' },
    ]);
  });
});

describe('quotas of the configuration', () => {
  it.each([
    ['DescribeUserPoolClient', 5],
    ['GetUserPoolMfaConfig', 5],
    ['SetRiskConfiguration', 5],
    ['DescribeUserPool', 15],
    ['AdminGetUserAuthFactors', 120],
  ])('%s is let through %i times a second for one pool', async (operation, most) => {
    const { simulator, poolId: UserPoolId } = await sdkSession({ quotaScale: 1, quotaWindow: 'second' });
    const names: string[] = [];
    for (let call = 0; call < most + 3; call += 1) {
      const { body } = await simulator.answer(operation, { UserPoolId });
      if ((body as { __type?: string }).__type === 'TooManyRequestsException') names.push(operation);
    }
    expect(names).toHaveLength(3);
  });
});
