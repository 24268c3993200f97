import { passwordPolicyOf } from './password-rules.ts';
import type { PoolState } from './pool-state.ts';
import { epochSeconds } from './user-state.ts';

/** UserPoolType of the API, with the service's defaults filled in. Source: SDK 3.1169 models, 2026-11. */
export function describePool(pool: PoolState): object {
  const { settings, fixed } = pool;
  const { Policies, UserPoolTags: _tags, PoolName: _name, ...given } = settings;
  return {
    ...defaults(),
    ...withoutFixed(given),
    Id: pool.id,
    Name: pool.name,
    Arn: pool.arn,
    Policies: {
      PasswordPolicy: passwordPolicyOf(pool),
      SignInPolicy: { AllowedFirstAuthFactors: Policies?.SignInPolicy?.AllowedFirstAuthFactors ?? ['PASSWORD'] },
    },
    LastModifiedDate: epochSeconds(pool.modifiedAt),
    CreationDate: epochSeconds(pool.createdAt),
    SchemaAttributes: pool.schema.all(),
    ...(fixed.AliasAttributes ? { AliasAttributes: fixed.AliasAttributes } : {}),
    ...(fixed.UsernameAttributes ? { UsernameAttributes: fixed.UsernameAttributes } : {}),
    ...(fixed.UsernameConfiguration ? { UsernameConfiguration: fixed.UsernameConfiguration } : {}),
    EstimatedNumberOfUsers: pool.directory.size,
    UserPoolTags: pool.tags,
  };
}

function defaults(): object {
  return {
    DeletionProtection: 'INACTIVE',
    LambdaConfig: {},
    VerificationMessageTemplate: { DefaultEmailOption: 'CONFIRM_WITH_CODE' },
    UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: [] },
    MfaConfiguration: 'OFF',
    EmailConfiguration: { EmailSendingAccount: 'COGNITO_DEFAULT' },
    AdminCreateUserConfig: { AllowAdminCreateUserOnly: false, UnusedAccountValidityDays: 7 },
    AccountRecoverySetting: {
      RecoveryMechanisms: [
        { Priority: 1, Name: 'verified_email' },
        { Priority: 2, Name: 'verified_phone_number' },
      ],
    },
    UserPoolTier: 'ESSENTIALS',
  };
}

/** The settings of a new pool are its whole configuration; what is not an updatable member stays out here. */
function withoutFixed(settings: object): object {
  const left = new Set([
    'Schema',
    'AliasAttributes',
    'UsernameAttributes',
    'UsernameConfiguration',
    'identityProviders',
    'UserPoolId',
  ]);
  return Object.fromEntries(Object.entries(settings).filter(([name, value]) => !left.has(name) && value != null));
}
