import { describe, expect, it } from 'vitest';
import { sdkSession } from '../testing/sdk-session.ts';

const INVALID = { name: 'InvalidParameterException' };
const LAMBDA = 'arn:aws:lambda:eu-central-1:123456789012:function:f';
const OTHER = 'arn:aws:lambda:eu-central-1:123456789012:function:g';
const SMS = { SnsCallerArn: 'arn:aws:iam::123456789012:role/sms' };

describe('settings that Cognito refuses', () => {
  it.each([
    [
      'EmailMessage with EmailMessageByLink',
      { VerificationMessageTemplate: { EmailMessage: 'a {####}', EmailMessageByLink: '{##go##}' } },
    ],
    [
      'UnusedAccountValidityDays with TemporaryPasswordValidityDays',
      {
        AdminCreateUserConfig: { UnusedAccountValidityDays: 7 },
        Policies: { PasswordPolicy: { TemporaryPasswordValidityDays: 7 } },
      },
    ],
    ['MFA without SMS configuration', { MfaConfiguration: 'OPTIONAL' }],
    [
      'a custom sender without a key',
      { LambdaConfig: { CustomEmailSender: { LambdaVersion: 'V1_0', LambdaArn: LAMBDA } } },
    ],
    [
      'two functions before one token',
      {
        LambdaConfig: {
          PreTokenGeneration: OTHER,
          PreTokenGenerationConfig: { LambdaVersion: 'V1_0', LambdaArn: LAMBDA },
        },
      },
    ],
    [
      'admin_only beside another mechanism',
      {
        AccountRecoverySetting: {
          RecoveryMechanisms: [
            { Priority: 1, Name: 'admin_only' },
            { Priority: 2, Name: 'verified_email' },
          ],
        },
      },
    ],
    ['an own sender without its address', { EmailConfiguration: { EmailSendingAccount: 'DEVELOPER' } }],
    ['a malformed ARN', { LambdaConfig: { PreSignUp: 'not-an-arn-but-long-enough' } }],
    ['a short password', { Policies: { PasswordPolicy: { MinimumLength: 5 } } }],
    ['a customer managed key without ARN', { KeyConfiguration: { KeyType: 'CUSTOMER_MANAGED_KEY' } }],
    ['aliases with username attributes', { AliasAttributes: ['email'], UsernameAttributes: ['email'] }],
  ] as const)('%s', async (_what, settings) => {
    const { sdk } = await sdkSession();
    await expect(sdk.createUserPool({ PoolName: 'p', ...(settings as object) })).rejects.toMatchObject(INVALID);
  });

  it.each([
    ['threat protection below Plus', { UserPoolAddOns: { AdvancedSecurityMode: 'AUDIT' } }],
    [
      'passkeys in Lite',
      { UserPoolTier: 'LITE', Policies: { SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD', 'WEB_AUTHN'] } } },
    ],
    [
      'access token customization in Lite',
      {
        UserPoolTier: 'LITE',
        LambdaConfig: { PreTokenGenerationConfig: { LambdaVersion: 'V2_0', LambdaArn: LAMBDA } },
      },
    ],
  ] as const)('%s', async (_what, settings) => {
    const { sdk } = await sdkSession();
    await expect(sdk.createUserPool({ PoolName: 'p', ...(settings as object) })).rejects.toMatchObject({
      name: 'FeatureUnavailableInTierException',
    });
  });

  it('UnusedAccountValidityDays, once TemporaryPasswordValidityDays was set, though DescribeUserPool shows both', async () => {
    const { sdk } = await sdkSession();
    const created = await sdk.createUserPool({
      PoolName: 'p',
      Policies: { PasswordPolicy: { TemporaryPasswordValidityDays: 3 } },
    });
    const UserPoolId = created.UserPool?.Id;
    expect(created.UserPool).toMatchObject({
      AdminCreateUserConfig: { UnusedAccountValidityDays: 3 },
      Policies: { PasswordPolicy: { TemporaryPasswordValidityDays: 3 } },
    });
    const AdminCreateUserConfig = created.UserPool?.AdminCreateUserConfig;
    await expect(sdk.updateUserPool({ UserPoolId, AdminCreateUserConfig })).rejects.toMatchObject(INVALID);
  });
});

describe('the schema of a new pool', () => {
  it('puts the prefix before a name that has it already', async () => {
    const { sdk } = await sdkSession();
    const { UserPool } = await sdk.createUserPool({
      PoolName: 'p',
      Schema: [{ Name: 'custom:tier', AttributeDataType: 'String' }],
    });
    const names = UserPool?.SchemaAttributes?.map(({ Name }) => Name);
    expect(names).toContain('custom:custom:tier');
    expect(names).not.toContain('custom:tier');
  });

  it('takes no attribute of the service, no required custom one, and 50 entries', async () => {
    const { sdk } = await sdkSession();
    const create = (Schema: readonly object[]) => sdk.createUserPool({ PoolName: 'p', Schema: [...Schema] });
    await expect(create([{ Name: 'sub', Required: true }])).rejects.toMatchObject(INVALID);
    await expect(create([{ Name: 'identities' }])).rejects.toMatchObject(INVALID);
    await expect(create([{ Name: 'x', Required: true }])).rejects.toMatchObject(INVALID);
    const many = Array.from({ length: 51 }, (_, index) => ({ Name: `a${index}` }));
    await expect(create(many)).rejects.toMatchObject(INVALID);
    await create(many.slice(1));
  });
});

describe('UpdateUserPool', () => {
  it('resets every member that it leaves out', async () => {
    const { sdk } = await sdkSession();
    const created = await sdk.createUserPool({
      PoolName: 'p',
      LambdaConfig: { PreSignUp: LAMBDA },
      SmsConfiguration: SMS,
      MfaConfiguration: 'OPTIONAL',
      UserPoolTier: 'PLUS',
      UserPoolAddOns: { AdvancedSecurityMode: 'ENFORCED' },
      DeviceConfiguration: { ChallengeRequiredOnNewDevice: true },
      SmsAuthenticationMessage: 'code {####}',
      UserPoolTags: { a: '1' },
      DcrConfiguration: { EnableStatus: 'Enabled' },
    });
    const UserPoolId = created.UserPool?.Id;
    const fresh = (await sdk.createUserPool({ PoolName: 'p', DcrConfiguration: { EnableStatus: 'Enabled' } })).UserPool;
    await sdk.updateUserPool({ UserPoolId });
    const { UserPool } = await sdk.describeUserPool({ UserPoolId });
    expect(UserPool).toEqual({ ...fresh, Id: UserPoolId, Arn: created.UserPool?.Arn });
  });

  it.each(['Schema', 'AliasAttributes', 'UsernameAttributes', 'UsernameConfiguration'])(
    'refuses %s',
    async (member) => {
      const { simulator, poolId } = await sdkSession();
      const { body } = await simulator.answer('UpdateUserPool', { UserPoolId: poolId, [member]: [] });
      expect(body).toMatchObject({ __type: 'InvalidParameterException' });
    },
  );

  it('keeps MFA without SMS while a software token is on', async () => {
    const { sdk, poolId: UserPoolId } = await sdkSession();
    await expect(sdk.updateUserPool({ UserPoolId, MfaConfiguration: 'ON' })).rejects.toMatchObject(INVALID);
    await sdk.setUserPoolMfaConfig({
      UserPoolId,
      MfaConfiguration: 'ON',
      SoftwareTokenMfaConfiguration: { Enabled: true },
    });
    await sdk.updateUserPool({ UserPoolId, MfaConfiguration: 'ON' });
  });
});

it('a pool with a domain cannot be deleted, and its clients go with it', async () => {
  const { sdk, poolId: UserPoolId, clientId } = await sdkSession();
  const ClientId = await clientId();
  await sdk.createUserPoolDomain({ UserPoolId, Domain: 'taken' });
  await expect(sdk.deleteUserPool({ UserPoolId })).rejects.toMatchObject(INVALID);
  await sdk.deleteUserPoolDomain({ UserPoolId, Domain: 'taken' });
  await sdk.deleteUserPool({ UserPoolId });
  await expect(
    sdk.initiateAuth({ ClientId, AuthFlow: 'USER_PASSWORD_AUTH', AuthParameters: { USERNAME: 'a', PASSWORD: 'b' } }),
  ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});
