import { poolOf, type Context, type Operation } from '../operations/context.ts';
import type { PoolState } from '../pool-state.ts';
import { ServiceError, invalidParameter } from '../service-error.ts';
import { pageOf } from './pages.ts';
import type { ResourceServerState } from './pool-resources.ts';
import { list, structure, text } from './shape.ts';

/** Most a page. [D] COGNITO-FACTS §5. */
const MOST_A_PAGE = 50;
/** Most a pool. [D] developer guide, resource quotas. */
const MOST_SERVERS = 25;
const RESERVED = /^aws\.cognito(\/|$)/;

const identifier = text({ min: 1, max: 256, pattern: /^[\x21\x23-\x5B\x5D-\x7E]+$/ });
const serverRequest = structure(
  { Identifier: identifier, Name: text({ min: 1, max: 256, pattern: /^[\w\s+=,.@-]+$/ }) },
  {
    Scopes: list(
      structure(
        {
          ScopeName: text({ min: 1, max: 256, pattern: /^[\x21\x23-\x2E\x30-\x5B\x5D-\x7E]+$/ }),
          ScopeDescription: text({ min: 1, max: 256 }),
        },
        {},
      ),
      { max: 100 },
    ),
  },
);

export const resourceServerOperations: Readonly<Record<string, Operation>> = {
  CreateResourceServer: (context) => {
    const pool = poolOf(context);
    const server = serverOf(context);
    if (RESERVED.test(server.identifier)) throw invalidParameter('The identifier is reserved for Amazon Cognito.');
    if (pool.resources.resourceServers.has(server.identifier)) {
      throw invalidParameter(`${server.identifier} already exists in user pool ${pool.id}.`);
    }
    if (pool.resources.resourceServers.size >= MOST_SERVERS) {
      throw new ServiceError('LimitExceededException', 'Exceeded the limit of resource servers in a user pool.');
    }
    return answer(pool, server);
  },

  /** Replaces name and scopes: left out, the scopes are gone. */
  UpdateResourceServer: (context) => {
    const pool = poolOf(context);
    ownServer(pool, context);
    return answer(pool, serverOf(context));
  },

  DescribeResourceServer: (context) => {
    const pool = poolOf(context);
    return { ResourceServer: rendered(pool, existing(pool, context)) };
  },

  ListResourceServers: (context) => {
    const pool = poolOf(context);
    const servers = [...pool.resources.resourceServers.values()];
    const { page, next } = pageOf(context, servers, { poolId: pool.id, most: MOST_A_PAGE });
    return { ResourceServers: page.map((server) => rendered(pool, server)), ...next };
  },

  DeleteResourceServer: (context) => {
    const pool = poolOf(context);
    pool.resources.resourceServers.delete(ownServer(pool, context).identifier);
    return {};
  },
};

/** `identifier/scope` of every resource server. */
export function customScopes({ resources }: PoolState): ReadonlySet<string> {
  return new Set(
    [...resources.resourceServers.values()].flatMap(({ identifier: name, scopes }) =>
      scopes.map(({ ScopeName }) => `${name}/${ScopeName}`),
    ),
  );
}

function serverOf({ request }: Context): ResourceServerState {
  const { Identifier, Name, Scopes = [] } = serverRequest(request.body, '');
  return { identifier: Identifier, name: Name, scopes: Scopes, isManaged: false };
}

function existing(pool: PoolState, { request }: Context): ResourceServerState {
  const name = identifier(request.body['Identifier'] ?? '', 'Identifier');
  const server = pool.resources.resourceServers.get(name);
  if (!server) throw new ServiceError('ResourceNotFoundException', `Resource server ${name} does not exist.`);
  return server;
}

function ownServer(pool: PoolState, context: Context): ResourceServerState {
  const server = existing(pool, context);
  if (server.isManaged) throw invalidParameter('The resource server is managed by Amazon Cognito.');
  return server;
}

function answer(pool: PoolState, server: ResourceServerState): object {
  pool.resources.resourceServers.set(server.identifier, server);
  return { ResourceServer: rendered(pool, server) };
}

function rendered(pool: PoolState, { identifier: name, name: title, scopes, isManaged }: ResourceServerState): object {
  return {
    UserPoolId: pool.id,
    Identifier: name,
    Name: title,
    Scopes: scopes,
    ...(isManaged ? { ManagedBy: 'COGNITO' } : {}),
  };
}
