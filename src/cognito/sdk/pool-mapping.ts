import type { LambdaConfigType, SchemaAttributeType, UserPoolType } from '@aws-sdk/client-cognito-identity-provider';
import type { PoolId } from '../../model/ids.ts';
import type { JsonValue, PasswordPolicy, PoolDescription, SchemaAttribute } from '../../model/pool.ts';

/** DescribeUserPool's answer in the tool's words, with the whole of it in `raw`. */
export function toPoolDescription(pool: UserPoolType, poolId: PoolId): PoolDescription {
  return {
    id: poolId,
    name: pool.Name ?? '',
    arn: pool.Arn ?? '',
    schema: (pool.SchemaAttributes ?? []).map(toSchemaAttribute),
    usernameAttributes: pool.UsernameAttributes ?? [],
    aliasAttributes: pool.AliasAttributes ?? [],
    // The API default is case-sensitive. [D] COGNITO-FACTS §4
    caseSensitive: pool.UsernameConfiguration?.CaseSensitive ?? true,
    autoVerifiedAttributes: pool.AutoVerifiedAttributes ?? [],
    mfa: pool.MfaConfiguration ?? 'OFF',
    passwordPolicy: toPasswordPolicy(pool),
    firstFactors: firstFactorsOf(pool),
    recovery: recoveryOf(pool),
    triggers: triggersOf(pool.LambdaConfig ?? {}),
    tags: Object.entries(pool.UserPoolTags ?? {}),
    deletionProtection: pool.DeletionProtection === 'ACTIVE',
    estimatedUsers: pool.EstimatedNumberOfUsers ?? 0,
    raw: JSON.parse(JSON.stringify(pool)) as JsonValue,
  };
}

function toSchemaAttribute(attribute: SchemaAttributeType): SchemaAttribute {
  const { StringAttributeConstraints: text, NumberAttributeConstraints: number } = attribute;
  return {
    name: attribute.Name ?? '',
    type: attribute.AttributeDataType ?? 'String',
    mutable: attribute.Mutable ?? true,
    required: attribute.Required ?? false,
    developerOnly: attribute.DeveloperOnlyAttribute ?? false,
    ...numberField('minLength', text?.MinLength),
    ...numberField('maxLength', text?.MaxLength),
    ...numberField('minValue', number?.MinValue),
    ...numberField('maxValue', number?.MaxValue),
  };
}

/** Constraints travel as strings; an absent or unreadable one is no constraint. */
function numberField<Key extends string>(key: Key, text: string | undefined): { readonly [K in Key]?: number } {
  const value = text === undefined || text === '' ? Number.NaN : Number(text);
  return (Number.isFinite(value) ? { [key]: value } : {}) as { readonly [K in Key]?: number };
}

/** Where a pool states no rule the strict one is assumed: generated passwords must meet it either way. */
function toPasswordPolicy(pool: UserPoolType): PasswordPolicy {
  const policy = pool.Policies?.PasswordPolicy ?? {};
  return {
    minimumLength: policy.MinimumLength ?? 8,
    requireUppercase: policy.RequireUppercase ?? true,
    requireLowercase: policy.RequireLowercase ?? true,
    requireNumbers: policy.RequireNumbers ?? true,
    requireSymbols: policy.RequireSymbols ?? true,
  };
}

function firstFactorsOf(pool: UserPoolType): readonly string[] {
  const factors = pool.Policies?.SignInPolicy?.AllowedFirstAuthFactors ?? [];
  return factors.length > 0 ? factors : ['PASSWORD'];
}

function recoveryOf(pool: UserPoolType): readonly string[] {
  return [...(pool.AccountRecoverySetting?.RecoveryMechanisms ?? [])]
    .sort((a, b) => (a.Priority ?? 0) - (b.Priority ?? 0))
    .flatMap((mechanism) => mechanism.Name ?? []);
}

/** The versioned form of the pre-token trigger is the same trigger; the KMS key beside the triggers is none. */
function triggersOf(config: LambdaConfigType): readonly string[] {
  const names = Object.entries(config)
    .filter(([name, value]) => name !== 'KMSKeyID' && hasFunction(value))
    .map(([name]) => (name === 'PreTokenGenerationConfig' ? 'PreTokenGeneration' : name));
  return [...new Set(names)];
}

function hasFunction(value: string | { readonly LambdaArn?: string | undefined } | undefined): boolean {
  return typeof value === 'string' ? value !== '' : Boolean(value?.LambdaArn);
}
