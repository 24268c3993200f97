import { createPool } from '../account-state.ts';
import { clientsOf } from '../configuration/app-client-operations.ts';
import { checkPoolSettings } from '../configuration/pool-rules.ts';
import { createPoolRequest, schemaAttribute, tagMap, updatePoolRequest } from '../configuration/pool-shapes.ts';
import { describePool } from '../describe-pool.ts';
import type { PoolState } from '../pool-state.ts';
import type { RequestReader } from '../request-reader.ts';
import { ServiceError, invalidParameter } from '../service-error.ts';
import { epochSeconds } from '../user-state.ts';
import { listToken, poolOf, refuseDuringImport, type Context, type Operation } from './context.ts';

export const poolOperations: Readonly<Record<string, Operation>> = {
  ListUserPools: ({ account, request }) => {
    const limit = request.integer('MaxResults', 1, 60);
    if (limit === undefined)
      throw invalidParameter(
        "1 validation error detected: Value null at 'maxResults' failed to satisfy constraint: Member must not be null",
      );
    const token = listToken(request, 'NextToken');
    const scope = ['ListUserPools', limit];
    const start = token === undefined ? 0 : Number(account.tokens.open(scope, token)[0]);
    const pools = [...account.pools.values()];
    const page = pools.slice(start, start + limit);
    return {
      UserPools: page.map(summary),
      ...(start + limit < pools.length ? { NextToken: account.tokens.seal(scope, [start + limit]) } : {}),
    };
  },

  DescribeUserPool: (context) => ({ UserPool: describePool(poolOf(context)) }),

  CreateUserPool: ({ account, request }) => {
    const config = createPoolRequest(request.body, '');
    if (config.AliasAttributes?.length && config.UsernameAttributes?.length) {
      throw invalidParameter('Only one of the aliasAttributes or usernameAttributes can be set in a user pool.');
    }
    checkPoolSettings(config, { hasTemporaryDays: false, hasOtherMfa: false });
    return { UserPool: describePool(createPool(account, { ...config, identityProviders: [] })) };
  },

  /** What is omitted goes back to its default. [D] COGNITO-FACTS §5. */
  UpdateUserPool: (context) => {
    const pool = poolOf(context);
    refuseDuringImport(context, pool);
    checkNothingFixed(context.request);
    const { PoolName = pool.name, UserPoolTags, ...settings } = updatePoolRequest(context.request.body, '');
    const { mfa } = pool.resources;
    checkPoolSettings(settings, {
      hasTemporaryDays: pool.hasTemporaryDays,
      hasOtherMfa: mfa.softwareToken || mfa.email !== undefined,
      DcrConfiguration: pool.settings.DcrConfiguration,
    });
    pool.configure(settings);
    pool.tags = { ...UserPoolTags };
    pool.name = PoolName;
    pool.modifiedAt = pool.now();
    return {};
  },

  DeleteUserPool: (context) => {
    const { account } = context;
    const pool = poolOf(context);
    refuseDuringImport(context, pool);
    if (pool.settings.DeletionProtection === 'ACTIVE') {
      throw invalidParameter(
        'The user pool cannot be deleted because deletion protection is activated. Deletion protection must be inactivated first.',
      );
    }
    if (pool.resources.domains.size > 0) {
      throw invalidParameter('User pool cannot be deleted. It has a domain configured that should be deleted first.');
    }
    for (const { id } of clientsOf(account, pool)) account.clients.delete(id);
    account.pools.delete(pool.id);
    account.importJobs.forgetPool(pool.id);
    return {};
  },

  AddCustomAttributes: (context) => {
    const pool = poolOf(context);
    refuseDuringImport(context, pool);
    const attributes = (context.request.list('CustomAttributes') ?? []).map((attribute, index) =>
      schemaAttribute(attribute, `customAttributes.${index + 1}.member`),
    );
    pool.schema.add(attributes);
    pool.modifiedAt = pool.now();
    return {};
  },

  TagResource: (context) => {
    const pool = taggedPool(context);
    const tags = { ...pool.tags, ...tagMap(context.request.body['Tags'] ?? {}, 'Tags') };
    if (Object.keys(tags).length > 50) throw invalidParameter('A user pool can have 50 tags at most.');
    pool.tags = tags;
    return {};
  },

  UntagResource: (context) => {
    const pool = taggedPool(context);
    for (const key of context.request.texts('TagKeys') ?? []) delete pool.tags[key];
    return {};
  },

  ListTagsForResource: (context) => ({ Tags: taggedPool(context).tags }),

  GetProvisionedLimit: ({ account, request }) => {
    const definition = request.object('LimitDefinition');
    const category = definition?.object('Attributes')?.optionalText('Category');
    if (definition?.text('LimitClass') !== 'API_CATEGORY' || category === undefined) {
      throw invalidParameter('The limit definition is invalid.');
    }
    const limit = account.quotas.limitOf(category);
    if (!limit) throw new ServiceError('ResourceNotFoundException', `The category ${category} does not exist.`);
    return {
      Limit: {
        LimitDefinition: definition.body,
        ProvisionedLimitValue: limit.provisioned,
        FreeLimitValue: limit.free,
      },
    };
  },
};

function taggedPool({ account, request }: Context): PoolState {
  const arn = request.text('ResourceArn', { min: 20, max: 2048 });
  const pool = account.pools.get(arn.slice(arn.lastIndexOf('/') + 1));
  if (!pool || pool.arn !== arn) throw new ServiceError('ResourceNotFoundException', 'The resource does not exist.');
  return pool;
}

function summary(pool: PoolState): object {
  return {
    Id: pool.id,
    Name: pool.name,
    LambdaConfig: pool.settings.LambdaConfig ?? {},
    LastModifiedDate: epochSeconds(pool.modifiedAt),
    CreationDate: epochSeconds(pool.createdAt),
  };
}

/** Settled at creation. [D] COGNITO-FACTS §5; that the members are refused, not ignored, is *unproven*: the strict reading. */
const FIXED = ['Schema', 'AliasAttributes', 'UsernameAttributes', 'UsernameConfiguration'];

function checkNothingFixed(request: RequestReader): void {
  const fixed = FIXED.find((member) => request.has(member));
  if (fixed !== undefined) throw invalidParameter(`${fixed} cannot be changed after the user pool was created.`);
}
