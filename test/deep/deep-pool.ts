import type { PoolConfig, SeedUser } from '../../src/simulator/pool-config.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { parsePoolId, type PoolId } from '../../src/model/ids.ts';

const SMS = { SnsCallerArn: 'arn:aws:iam::123456789012:role/cognito-sms', ExternalId: 'deep' };

/** SetUserPoolMfaConfig of a pool that offers every second factor but passkeys. */
const EVERY_FACTOR = {
  MfaConfiguration: 'OPTIONAL',
  SmsMfaConfiguration: { SmsConfiguration: SMS },
  SoftwareTokenMfaConfiguration: { Enabled: true },
  EmailMfaConfiguration: { Message: 'Your code is {####}', Subject: 'Your code' },
} as const;

const CONFIG: PoolConfig = {
  UserPoolTier: 'ESSENTIALS',
  AutoVerifiedAttributes: ['email'],
  Policies: { SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD', 'WEB_AUTHN'] } },
  EmailConfiguration: {
    EmailSendingAccount: 'DEVELOPER',
    SourceArn: 'arn:aws:ses:eu-central-1:123456789012:identity/example.com',
  },
};

export function factorPool(simulator: Simulator, name: string, mfa: object = EVERY_FACTOR): PoolId {
  const UserPoolId = simulator.createPool({ ...CONFIG, PoolName: name });
  simulator.configure('SetUserPoolMfaConfig', { UserPoolId, ...mfa });
  return parsePoolId(UserPoolId);
}

export interface FactorUser extends SeedUser {
  readonly username: string;
  /** Of the row in docs/LIMITS.md. */
  readonly title: string;
}

export const OLD_PASSWORD = 'Old-Passw0rd!';

function person(username: string, title: string, seed: Partial<SeedUser> = {}): FactorUser {
  const attributes = [
    ['email', `${username}@example.com`],
    ['email_verified', 'true'],
    ['phone_number', '+12025550100'],
    ['phone_number_verified', 'true'],
  ] as const;
  return { username, title, password: OLD_PASSWORD, attributes, ...seed };
}

/** One user of every state of second factors. */
export const FACTOR_USERS: readonly FactorUser[] = [
  person('plain', 'none'),
  person('sms', 'SMS, preferred', { smsMfa: true, preferredMfa: 'SMS_MFA' }),
  person('quiet-sms', 'SMS, not preferred', { smsMfa: true }),
  person('mail', 'SMS, and e-mail preferred', { emailMfa: true, smsMfa: true, preferredMfa: 'EMAIL_OTP' }),
  person('totp', 'SMS, and an authenticator app preferred', {
    softwareTokenMfa: true,
    smsMfa: true,
    preferredMfa: 'SOFTWARE_TOKEN_MFA',
  }),
  person('passkey', 'passkeys', { passkeys: 2 }),
  person('unverified', 'SMS to a number that is not verified', {
    smsMfa: true,
    preferredMfa: 'SMS_MFA',
    attributes: [
      ['email', 'unverified@example.com'],
      ['email_verified', 'true'],
      ['phone_number', '+12025550101'],
    ],
  }),
];
