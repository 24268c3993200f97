import { domainNames } from './configuration/domains.ts';
import { passwordPolicyOf } from './password-rules.ts';
import type { PoolState } from './pool-state.ts';
import { epochSeconds } from './user-state.ts';

/** UserPoolType of the API, with the service's defaults filled in. Source: SDK 3.1169 models, 2026-11. */
export function describePool(pool: PoolState): object {
  const { settings, fixed } = pool;
  const { Policies, LambdaConfig, AdminCreateUserConfig, UserPoolTags: _tags, PoolName: _name, ...given } = settings;
  const policy = passwordPolicyOf(pool);
  return {
    ...DEFAULTS,
    ...withoutFixed(given),
    Id: pool.id,
    Name: pool.name,
    Arn: pool.arn,
    Policies: {
      PasswordPolicy: policy,
      SignInPolicy: { AllowedFirstAuthFactors: Policies?.SignInPolicy?.AllowedFirstAuthFactors ?? ['PASSWORD'] },
    },
    LambdaConfig: describedTriggers(LambdaConfig ?? {}),
    // Both days are shown, though only one may be sent back: COGNITO-FACTS §5
    AdminCreateUserConfig: {
      AllowAdminCreateUserOnly: false,
      ...AdminCreateUserConfig,
      UnusedAccountValidityDays: policy.TemporaryPasswordValidityDays,
    },
    ...domainNames(pool),
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

const DEFAULTS = {
  DeletionProtection: 'INACTIVE',
  VerificationMessageTemplate: { DefaultEmailOption: 'CONFIRM_WITH_CODE' },
  UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: [] },
  MfaConfiguration: 'OFF',
  EmailConfiguration: { EmailSendingAccount: 'COGNITO_DEFAULT' },
  AccountRecoverySetting: {
    RecoveryMechanisms: [
      { Priority: 1, Name: 'verified_email' },
      { Priority: 2, Name: 'verified_phone_number' },
    ],
  },
  UserPoolTier: 'ESSENTIALS',
};

/** Both members of the pre token generation trigger name its function. [D] SDK 3.1169, `LambdaConfigType`. */
function describedTriggers(triggers: NonNullable<PoolState['settings']['LambdaConfig']>): object {
  const { PreTokenGeneration: legacy, PreTokenGenerationConfig: current } = triggers;
  return {
    ...triggers,
    ...(current ? { PreTokenGeneration: current.LambdaArn } : {}),
    ...(legacy !== undefined && !current
      ? { PreTokenGenerationConfig: { LambdaVersion: 'V1_0', LambdaArn: legacy } }
      : {}),
  };
}

/** The settings of a new pool are its whole configuration; what is not an updatable member stays out here. */
function withoutFixed(settings: object): object {
  const left = new Set(['Schema', 'AliasAttributes', 'UsernameAttributes', 'UsernameConfiguration', 'UserPoolId']);
  return Object.fromEntries(Object.entries(settings).filter(([name, value]) => !left.has(name) && value != null));
}
