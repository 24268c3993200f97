import {
  AddCustomAttributesCommand,
  DescribeUserPoolCommand,
  GetProvisionedLimitCommand,
  ListIdentityProvidersCommand,
  ListUserPoolsCommand,
  type SchemaAttributeType,
} from '@aws-sdk/client-cognito-identity-provider';
import { BackupError } from '../../model/errors.ts';
import type { PoolId } from '../../model/ids.ts';
import type { SchemaAttribute } from '../../model/pool.ts';
import { PAGE_LIMIT, pageOf, type SdkOperations } from './operation.ts';
import { toPoolDescription } from './pool-mapping.ts';

export const poolOperations: SdkOperations<
  'ListUserPools' | 'DescribeUserPool' | 'GetProvisionedLimit' | 'ListIdentityProviders' | 'AddCustomAttributes'
> = {
  async ListUserPools(client, { nextToken }, options) {
    const answer = await client.send(
      new ListUserPoolsCommand({ MaxResults: PAGE_LIMIT, NextToken: nextToken }),
      options,
    );
    return pageOf(
      answer.UserPools,
      ({ Id, Name }) => ({ id: (Id ?? '') as PoolId, name: Name ?? '' }),
      answer.NextToken,
    );
  },

  async DescribeUserPool(client, { poolId }, options) {
    const { UserPool } = await client.send(new DescribeUserPoolCommand({ UserPoolId: poolId }), options);
    if (!UserPool) throw new BackupError('unreadable-answer', 'DescribeUserPool answered without a pool');
    return toPoolDescription(UserPool, poolId);
  },

  async GetProvisionedLimit(client, { category }, options) {
    const definition = { LimitClass: 'API_CATEGORY', Attributes: { Category: category } } as const;
    const { Limit } = await client.send(new GetProvisionedLimitCommand({ LimitDefinition: definition }), options);
    return Limit?.ProvisionedLimitValue;
  },

  async ListIdentityProviders(client, { poolId, nextToken }, options) {
    const command = new ListIdentityProvidersCommand({
      UserPoolId: poolId,
      MaxResults: PAGE_LIMIT,
      NextToken: nextToken,
    });
    const answer = await client.send(command, options);
    return pageOf(answer.Providers, ({ ProviderName }) => ProviderName ?? '', answer.NextToken);
  },

  async AddCustomAttributes(client, { poolId, attributes }, options) {
    const command = new AddCustomAttributesCommand({
      UserPoolId: poolId,
      CustomAttributes: attributes.map(toSdkSchemaAttribute),
    });
    await client.send(command, options);
  },
};

/** Users carry `custom:x` or `dev:custom:x`; Cognito wants `x` where it is created. [D] COGNITO-FACTS §5 */
function toSdkSchemaAttribute(attribute: SchemaAttribute): SchemaAttributeType {
  const text = (value: number | undefined) => (value === undefined ? undefined : String(value));
  const { minLength, maxLength, minValue, maxValue } = attribute;
  return {
    Name: attribute.name.replace(/^(dev:)?custom:/, ''),
    AttributeDataType: attribute.type,
    Mutable: attribute.mutable,
    Required: attribute.required,
    DeveloperOnlyAttribute: attribute.developerOnly,
    ...(attribute.type === 'String'
      ? { StringAttributeConstraints: { MinLength: text(minLength), MaxLength: text(maxLength) } }
      : {}),
    ...(attribute.type === 'Number'
      ? { NumberAttributeConstraints: { MinValue: text(minValue), MaxValue: text(maxValue) } }
      : {}),
  };
}
