import { createPool } from '../account-state.ts';
import { describePool } from '../describe-pool.ts';
import type { PoolConfig, PoolSettings, SchemaAttributeConfig } from '../pool-config.ts';
import type { PoolState } from '../pool-state.ts';
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
    request.text('PoolName', { min: 1, max: 128, pattern: /^[\w\s+=,.@-]+$/ });
    const config = request.body as PoolConfig;
    if (config.AliasAttributes?.length && config.UsernameAttributes?.length) {
      throw invalidParameter('Only one of the aliasAttributes or usernameAttributes can be set in a user pool.');
    }
    checkSettings(config);
    const { identityProviders: _ours, ...own } = config;
    return { UserPool: describePool(createPool(account, own)) };
  },

  /** What is omitted goes back to its default. [D] COGNITO-FACTS §5. */
  UpdateUserPool: (context) => {
    const pool = poolOf(context);
    refuseDuringImport(context, pool);
    const settings = context.request.body as PoolSettings;
    checkSettings(settings);
    const name = context.request.optionalText('PoolName', { min: 1, max: 128 });
    pool.settings = settings;
    pool.tags = { ...context.request.textMap('UserPoolTags') };
    if (name !== undefined) pool.name = name;
    pool.modifiedAt = pool.now();
    return {};
  },

  DeleteUserPool: (context) => {
    const pool = poolOf(context);
    refuseDuringImport(context, pool);
    if (pool.settings.DeletionProtection === 'ACTIVE') {
      throw invalidParameter(
        'The user pool cannot be deleted because deletion protection is activated. Deletion protection must be inactivated first.',
      );
    }
    context.account.pools.delete(pool.id);
    context.account.importJobs.forgetPool(pool.id);
    return {};
  },

  AddCustomAttributes: (context) => {
    const pool = poolOf(context);
    refuseDuringImport(context, pool);
    const attributes = context.request.objects('CustomAttributes') ?? [];
    for (const attribute of attributes) attribute.text('Name', { min: 1 });
    pool.schema.add(attributes.map((attribute) => attribute.body as unknown as SchemaAttributeConfig));
    pool.modifiedAt = pool.now();
    return {};
  },

  TagResource: (context) => {
    const pool = taggedPool(context);
    const tags = { ...pool.tags, ...context.request.textMap('Tags') };
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

/** [D] COGNITO-FACTS §5. */
function checkSettings(settings: PoolSettings): void {
  const length = settings.Policies?.PasswordPolicy?.MinimumLength;
  if (length !== undefined && (length < 6 || length > 99)) {
    throw invalidParameter(
      "1 validation error detected: Value at 'policies.passwordPolicy.minimumLength' failed to satisfy constraint: Member must have value between 6 and 99",
    );
  }
  const unused = settings.AdminCreateUserConfig?.UnusedAccountValidityDays;
  const temporary = settings.Policies?.PasswordPolicy?.TemporaryPasswordValidityDays;
  if (unused !== undefined && temporary !== undefined && unused !== temporary) {
    throw invalidParameter(
      'Please use TemporaryPasswordValidityDays in PasswordPolicy instead of UnusedAccountValidityDays',
    );
  }
  if (Object.keys(settings.UserPoolTags ?? {}).length > 50)
    throw invalidParameter('A user pool can have 50 tags at most.');
}
