import type { PoolConfig, SchemaAttributeConfig } from '../pool-config.ts';
import { HOSTILE_GROUPS } from './hostile-groups.ts';
import { hostileUsers } from './hostile-users.ts';
import type { PoolSeed } from './pool-seed.ts';

/** Custom attributes with names that objects inherit and letters beyond ASCII. */
export const HOSTILE_SCHEMA: readonly SchemaAttributeConfig[] = ['__proto__', 'constructor', 'größe'].map((Name) => ({
  Name,
  AttributeDataType: 'String',
  Mutable: true,
  StringAttributeConstraints: { MinLength: '0', MaxLength: '2048' },
}));

/**
 * Everything that real Cognito permits and a backup may stumble over. The set:
 *
 * - usernames and group names: commas, quotes, backslashes, emoji, right-to-left, NFC and NFD, `__proto__`, `constructor`,
 *   `../x`, `=cmd|`, case twins, numbers, 128 characters (`hostile-names.ts`); Cognito allows no blanks or newlines there;
 * - attribute values: the same and newlines, tabs, padding, byte order marks, 2,048 characters (`hostile-values.ts`);
 *   rows past the import limit; attribute names that objects inherit; every standard attribute;
 * - disabled users, in groups and not; every status, enabled and disabled;
 * - no attributes, phone only, unverified, shared, oddly written contacts; legacy SMS MFA;
 * - federated users (also disabled) in `<poolId>_<provider>`, native users with one and five linked identities;
 * - a user in 55 groups; a group without description or precedence, precedence 0, an empty group, foreign roles;
 * - users who hold old bcrypt passwords.
 *
 * Group names of providers carry a mark until `seedForPool` or `plantSeed` puts the pool's id in.
 */
export function hostilePool(): PoolSeed {
  return { config: HOSTILE_CONFIG, groups: HOSTILE_GROUPS, users: hostileUsers() };
}

const SOCIAL = { client_id: 'social-client', client_secret: 'social-secret' };
const HOSTILE_PROVIDERS: NonNullable<PoolConfig['identityProviders']> = [
  { name: 'Google', details: { ...SOCIAL, authorize_scopes: 'email profile openid' } },
  { name: 'Facebook', details: { ...SOCIAL, authorize_scopes: 'public_profile, email' } },
  { name: 'LoginWithAmazon', details: { ...SOCIAL, authorize_scopes: 'profile' } },
  {
    name: 'SignInWithApple',
    details: {
      client_id: 'com.example.app',
      team_id: 'TEAM',
      key_id: 'KEY',
      private_key: 'APPLE-PRIVATE-KEY',
      authorize_scopes: 'email name',
    },
  },
  { name: 'Okta-SAML', type: 'SAML', details: { MetadataURL: 'https://idp.example.com/metadata' } },
];

export const HOSTILE_CONFIG: PoolConfig = {
  PoolName: 'hostile',
  Policies: {
    PasswordPolicy: {
      MinimumLength: 12,
      RequireUppercase: true,
      RequireLowercase: true,
      RequireNumbers: true,
      RequireSymbols: true,
      TemporaryPasswordValidityDays: 7,
    },
  },
  AutoVerifiedAttributes: ['email', 'phone_number'],
  // The API's default, and what tells the case twins apart
  UsernameConfiguration: { CaseSensitive: true },
  MfaConfiguration: 'OPTIONAL',
  SmsConfiguration: { SnsCallerArn: 'arn:aws:iam::123456789012:role/cognito-sms', ExternalId: 'simulated' },
  AccountRecoverySetting: {
    RecoveryMechanisms: [
      { Priority: 1, Name: 'verified_email' },
      { Priority: 2, Name: 'verified_phone_number' },
    ],
  },
  Schema: HOSTILE_SCHEMA,
  identityProviders: HOSTILE_PROVIDERS,
};
