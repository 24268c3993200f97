import { describe, expect, it } from 'vitest';
import { sdkSession } from '../testing/sdk-session.ts';

const INVALID = { name: 'InvalidParameterException' };
const SmsConfiguration = { SnsCallerArn: 'arn:aws:iam::123456789012:role/sms' };

describe('SetUserPoolMfaConfig', () => {
  it('refuses SMS without its configuration, MFA without a factor, and e-mail without an own sender', async () => {
    const { sdk, poolId: UserPoolId } = await sdkSession();
    const set = (request: object) => sdk.setUserPoolMfaConfig({ UserPoolId, ...request });
    const SmsAuthenticationMessage = 'code {####}';
    await expect(set({ SmsMfaConfiguration: { SmsAuthenticationMessage } })).rejects.toMatchObject(INVALID);
    await expect(set({ MfaConfiguration: 'OPTIONAL' })).rejects.toMatchObject(INVALID);
    await expect(set({ EmailMfaConfiguration: { Subject: 'code' } })).rejects.toMatchObject(INVALID);
    await expect(set({ SmsMfaConfiguration: { SmsConfiguration: {} } })).rejects.toMatchObject(INVALID);
  });

  it('sets what both reads show', async () => {
    const { sdk, poolId: UserPoolId } = await sdkSession();
    const WebAuthnConfiguration = { RelyingPartyId: 'login.example.com', UserVerification: 'required' } as const;
    await sdk.setUserPoolMfaConfig({
      UserPoolId,
      MfaConfiguration: 'OPTIONAL',
      SmsMfaConfiguration: { SmsAuthenticationMessage: 'code {####}', SmsConfiguration },
      SoftwareTokenMfaConfiguration: { Enabled: true },
      WebAuthnConfiguration,
    });
    const { $metadata: _metadata, ...config } = await sdk.getUserPoolMfaConfig({ UserPoolId });
    expect(config).toEqual({
      MfaConfiguration: 'OPTIONAL',
      SmsMfaConfiguration: { SmsAuthenticationMessage: 'code {####}', SmsConfiguration },
      SoftwareTokenMfaConfiguration: { Enabled: true },
      WebAuthnConfiguration,
    });
    expect((await sdk.describeUserPool({ UserPoolId })).UserPool).toMatchObject({
      MfaConfiguration: 'OPTIONAL',
      SmsConfiguration,
    });
    await sdk.setUserPoolMfaConfig({ UserPoolId, MfaConfiguration: 'OFF' });
    expect(await sdk.getUserPoolMfaConfig({ UserPoolId })).not.toHaveProperty('WebAuthnConfiguration');
  });

  it('wants a tier for e-mail and for passkeys as second factor', async () => {
    const { sdk, poolId: UserPoolId } = await sdkSession({ pool: { UserPoolTier: 'LITE' } });
    const WebAuthnConfiguration = { FactorConfiguration: 'MULTI_FACTOR_WITH_USER_VERIFICATION' } as const;
    const refused = { name: 'FeatureUnavailableInTierException' };
    await expect(sdk.setUserPoolMfaConfig({ UserPoolId, WebAuthnConfiguration })).rejects.toMatchObject(refused);
    const EmailMfaConfiguration = { Subject: 'code' };
    await expect(sdk.setUserPoolMfaConfig({ UserPoolId, EmailMfaConfiguration })).rejects.toMatchObject(refused);
  });
});

describe("a user's second factors", () => {
  it('TOTP needs a registered secret, a passkey another factor and the pool', async () => {
    const { sdk, poolId: UserPoolId, pool } = await sdkSession();
    pool.addUser({ username: 'bare' });
    pool.addUser({ username: 'keys', passkeys: 1, attributes: [['email', 'keys@example.com']] });
    const set = (Username: string, request: object) =>
      sdk.adminSetUserMFAPreference({ UserPoolId, Username, ...request });
    const on = { Enabled: true, PreferredMfa: true };
    await expect(set('bare', { SoftwareTokenMfaSettings: on })).rejects.toMatchObject(INVALID);
    await expect(set('bare', { SMSMfaSettings: on })).rejects.toMatchObject(INVALID);
    await expect(set('bare', { EmailMfaSettings: on })).rejects.toMatchObject(INVALID);
    await expect(set('keys', { WebAuthnMfaSettings: { Enabled: true }, EmailMfaSettings: on })).rejects.toThrow(
      'not enabled for this user pool',
    );
    await sdk.setUserPoolMfaConfig({
      UserPoolId,
      WebAuthnConfiguration: { FactorConfiguration: 'MULTI_FACTOR_WITH_USER_VERIFICATION' },
    });
    await expect(set('keys', { WebAuthnMfaSettings: { Enabled: true } })).rejects.toThrow('another MFA method');
    await set('keys', { WebAuthnMfaSettings: { Enabled: true }, EmailMfaSettings: on });
    expect(pool.user('keys')).toMatchObject({ mfaSettings: ['EMAIL_OTP'], preferredMfa: 'EMAIL_OTP' });
  });

  it('one is preferred, what is left out stays, and none is turned off where MFA is required', async () => {
    const { sdk, poolId: UserPoolId, pool } = await sdkSession();
    const attributes = [['phone_number', '+12025550100']] as const;
    pool.addUser({ username: 'a', softwareTokenMfa: true, preferredMfa: 'SOFTWARE_TOKEN_MFA', attributes });
    const set = (request: object) => sdk.adminSetUserMFAPreference({ UserPoolId, Username: 'a', ...request });
    const on = { Enabled: true, PreferredMfa: true };
    await expect(set({ SMSMfaSettings: on, SoftwareTokenMfaSettings: on })).rejects.toMatchObject(INVALID);
    await set({ SMSMfaSettings: on });
    expect(pool.user('a')).toMatchObject({
      mfaSettings: ['SMS_MFA', 'SOFTWARE_TOKEN_MFA'],
      preferredMfa: 'SMS_MFA',
    });
    await set({ SMSMfaSettings: { Enabled: false } });
    expect(pool.user('a')).toMatchObject({ mfaSettings: ['SOFTWARE_TOKEN_MFA'], preferredMfa: undefined });
    await sdk.setUserPoolMfaConfig({
      UserPoolId,
      MfaConfiguration: 'ON',
      SoftwareTokenMfaConfiguration: { Enabled: true },
    });
    await expect(set({ SoftwareTokenMfaSettings: { Enabled: false } })).rejects.toMatchObject(INVALID);
  });

  it('AdminGetUserAuthFactors tells what is set and what the pool lets the user sign in with', async () => {
    const AllowedFirstAuthFactors = ['PASSWORD', 'EMAIL_OTP', 'WEB_AUTHN'] as const;
    const {
      sdk,
      poolId: UserPoolId,
      pool,
    } = await sdkSession({
      pool: { Policies: { SignInPolicy: { AllowedFirstAuthFactors } } },
    });
    const attributes = [
      ['email', 'a@example.com'],
      ['email_verified', 'true'],
      ['phone_number', '+12025550100'],
      ['phone_number_verified', 'true'],
    ] as const;
    pool.addUser({
      username: 'a',
      password: 'Passw0rd!',
      passkeys: 1,
      softwareTokenMfa: true,
      smsMfa: true,
      attributes,
    });
    pool.addUser({ username: 'bare' });
    const { $metadata: _metadata, ...answer } = await sdk.adminGetUserAuthFactors({ UserPoolId, Username: 'a' });
    expect(answer).toEqual({
      Username: 'a',
      UserMFASettingList: ['SMS_MFA', 'SOFTWARE_TOKEN_MFA'],
      ConfiguredUserAuthFactors: ['PASSWORD', 'EMAIL_OTP', 'WEB_AUTHN', 'SOFTWARE_TOKEN'],
    });
    expect((await sdk.adminGetUserAuthFactors({ UserPoolId, Username: 'bare' })).ConfiguredUserAuthFactors).toEqual([]);
  });
});
