import { renderGroup, type GroupFields } from '../group-state.ts';
import type { PoolState } from '../pool-state.ts';
import { NAME_RULE, type RequestReader } from '../request-reader.ts';
import { ServiceError, invalidParameter } from '../service-error.ts';
import {
  billedUser,
  billedWrite,
  groupOf,
  listToken,
  pageLimit,
  poolOf,
  type Context,
  type Operation,
} from './context.ts';

/** Groups a pool, groups a user. [D] COGNITO-FACTS §1. */
const MOST_GROUPS = 10_000;
const MOST_GROUPS_PER_USER = 100;
/** Page size where the request names none. [C] COGNITO-FACTS §1. */
const DEFAULT_LIMIT = 25;

export const groupOperations: Readonly<Record<string, Operation>> = {
  CreateGroup: (context) => {
    const pool = poolOf(context);
    const name = context.request.text('GroupName', NAME_RULE);
    const fields = fieldsOf(context.request);
    if (pool.groups.has(name)) {
      throw new ServiceError('GroupExistsException', 'A group with the name already exists.');
    }
    if (pool.groups.size >= MOST_GROUPS) {
      throw new ServiceError('LimitExceededException', 'Exceeded the limit of groups in a user pool.');
    }
    return { Group: renderGroup(pool.addGroup(name, fields), pool.id) };
  },

  GetGroup: (context) => {
    const pool = poolOf(context);
    return { Group: renderGroup(groupOf(pool, context.request), pool.id) };
  },

  /** Members left out keep their value (*unproven*). */
  UpdateGroup: (context) => {
    const pool = poolOf(context);
    const group = groupOf(pool, context.request);
    const { description, precedence, roleArn } = fieldsOf(context.request);
    group.fields.description = description ?? group.fields.description;
    group.fields.precedence = precedence ?? group.fields.precedence;
    group.fields.roleArn = roleArn ?? group.fields.roleArn;
    group.dates.modifiedAt = pool.now();
    return { Group: renderGroup(group, pool.id) };
  },

  DeleteGroup: (context) => {
    const pool = poolOf(context);
    pool.deleteGroup(groupOf(pool, context.request));
    return {};
  },

  ListGroups: (context) => {
    const pool = poolOf(context);
    return groupPage(context, pool, {
      scope: ['ListGroups', pool.id, context.request.body['Limit'] ?? null],
      names: [...pool.groups.keys()],
    });
  },

  AdminListGroupsForUser: (context) => {
    const { pool, user, request } = billedUser(context);
    return groupPage(context, pool, {
      scope: ['AdminListGroupsForUser', pool.id, user.sub, request.body['Limit'] ?? null],
      names: user.groups ?? [],
    });
  },

  AdminAddUserToGroup: (context) => {
    const { pool, user, request } = billedWrite(context);
    const group = groupOf(pool, request);
    if (!group.has(user) && (user.groups?.length ?? 0) >= MOST_GROUPS_PER_USER) {
      throw new ServiceError('LimitExceededException', 'Exceeded the limit of groups for a user.');
    }
    group.join(user, true);
    return {};
  },

  AdminRemoveUserFromGroup: (context) => {
    const { pool, user, request } = billedWrite(context);
    groupOf(pool, request).leave(user);
    return {};
  },
};

function fieldsOf(request: RequestReader): GroupFields {
  return {
    description: request.optionalText('Description', { max: 2048 }),
    precedence: request.integer('Precedence', 0, 2 ** 31 - 1),
    roleArn: request.optionalText('RoleArn', { min: 20, max: 2048, pattern: /^arn:[\w+=/,.@-]+:[\w+=/,.@-]+:.*$/ }),
  };
}

interface GroupListing {
  readonly scope: readonly unknown[];
  readonly names: readonly string[];
}

/** Groups in an order of their own that deletions do not disturb: by a hash of the name. */
function groupPage(context: Context, pool: PoolState, { scope, names }: GroupListing): object {
  const { account, request } = context;
  const limit = pageLimit(request, 'Limit', DEFAULT_LIMIT);
  const token = listToken(request, 'NextToken');
  const [cursor] = token === undefined ? [undefined] : account.tokens.open(scope, token);
  if (cursor !== undefined && typeof cursor !== 'string') throw invalidParameter('Invalid pagination token.');
  const sorted = names.map((name) => `${hash(name)} ${name}`).sort();
  const start = cursor === undefined ? 0 : firstAfter(sorted, cursor);
  const wanted = account.pageJitter && account.random.fraction() < 0.2 ? Math.floor(limit / 4) : limit;
  const page = sorted.slice(start, start + wanted);
  const groups = page.map((key) => pool.groups.get(key.slice(9))).filter((group) => group !== undefined);
  const hasMore = start + wanted < sorted.length;
  return {
    Groups: groups.map((group) => renderGroup(group, pool.id)),
    ...(hasMore ? { NextToken: account.tokens.seal(scope, [page.at(-1) ?? cursor ?? '']) } : {}),
  };
}

function firstAfter(sorted: readonly string[], key: string): number {
  const place = sorted.findIndex((candidate) => candidate > key);
  return place < 0 ? sorted.length : place;
}

/** FNV-1a, eight hex digits. */
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return (value >>> 0).toString(16).padStart(8, '0');
}
