import type { AccountState } from '../account-state.ts';
import { poolOf, type Context, type Operation } from '../operations/context.ts';
import type { PoolState } from '../pool-state.ts';
import { ServiceError, invalidParameter } from '../service-error.ts';
import { epochSeconds } from '../user-state.ts';
import { AppClient, createClientRequest, updateClientRequest, type ClientSecret } from './app-client.ts';
import { checkClient, noClient } from './app-client-rules.ts';
import { pageOf } from './pages.ts';

const CLIENT_ID_ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';
/** Most a pool. [D] developer guide, resource quotas. */
const MOST_CLIENTS = 1000;

export const appClientOperations: Readonly<Record<string, Operation>> = {
  CreateUserPoolClient: (context) => {
    const { account } = context;
    const pool = poolOf(context);
    const { ClientName, GenerateSecret, ClientSecret, ...settings } = createClientRequest(context.request.body, '');
    if (GenerateSecret && ClientSecret !== undefined) {
      throw invalidParameter('GenerateSecret and ClientSecret cannot be set together.');
    }
    const hasSecret = GenerateSecret === true || ClientSecret !== undefined;
    checkClient(pool, settings, { hasSecret });
    if (clientsOf(account, pool).length >= MOST_CLIENTS) {
      throw new ServiceError('LimitExceededException', 'Exceeded the limit of app clients in a user pool.');
    }
    const client = new AppClient({
      id: account.random.text(26, CLIENT_ID_ALPHABET),
      poolId: pool.id,
      name: ClientName,
      createdAt: pool.now(),
    });
    client.configure(settings, pool.now());
    if (hasSecret) client.secrets = [newSecret(account, client, ClientSecret)];
    account.clients.set(client.id, client);
    return { UserPoolClient: rendered(client) };
  },

  UpdateUserPoolClient: (context) => {
    const pool = poolOf(context);
    const client = ownClient(context, pool);
    const { ClientName, ...settings } = updateClientRequest(context.request.body, '');
    checkClient(pool, settings, { hasSecret: client.secrets.length > 0 });
    client.name = ClientName ?? client.name;
    client.configure(settings, pool.now());
    return { UserPoolClient: rendered(client) };
  },

  DescribeUserPoolClient: (context) => ({ UserPoolClient: rendered(ownClient(context, poolOf(context))) }),

  ListUserPoolClients: (context) => {
    const pool = poolOf(context);
    const type = context.request.oneOf('ClientType', ['REGULAR', 'DCR']);
    const clients = type === 'DCR' ? [] : clientsOf(context.account, pool);
    const { page, next } = pageOf(context, clients, { poolId: pool.id, most: 60 });
    return {
      UserPoolClients: page.map(({ id, name }) => ({ ClientId: id, UserPoolId: pool.id, ClientName: name })),
      ...next,
    };
  },

  DeleteUserPoolClient: (context) => {
    const pool = poolOf(context);
    forgetClient(context.account, pool, ownClient(context, pool).id);
    return {};
  },
};

/** The client that a request names, if it is this pool's. */
export function ownClient({ account, request }: Context, pool: PoolState): AppClient {
  const id = request.text('ClientId', { min: 1, max: 128, pattern: /^[\w+]+$/ });
  const client = account.clients.get(id);
  if (!client || client.poolId !== pool.id) throw noClient(id);
  return client;
}

export function clientsOf({ clients }: AccountState, pool: PoolState): readonly AppClient[] {
  return [...clients.values()].filter(({ poolId }) => poolId === pool.id);
}

/** A client goes with everything that was its own (*unproven*). */
function forgetClient({ clients }: AccountState, { resources }: PoolState, id: string): void {
  clients.delete(id);
  resources.brandings.delete(id);
  resources.customUis.delete(id);
  resources.risks.delete(id);
  resources.clientSessions.delete(id);
  for (const terms of resources.terms.values()) if (terms.clientId === id) resources.terms.delete(terms.id);
}

export function newSecret(account: AccountState, client: AppClient, chosen?: string): ClientSecret {
  const createdAt = account.clock();
  return {
    id: `${client.id}--${account.random.hex(16)}`,
    value: chosen ?? account.random.hex(51),
    createdAt,
  };
}

/** Which of two secrets an answer shows is *unproven*: the older. */
function rendered(client: AppClient): object {
  const secret = client.secrets[0];
  return {
    UserPoolId: client.poolId,
    ClientName: client.name,
    ClientId: client.id,
    ...(secret ? { ClientSecret: secret.value } : {}),
    LastModifiedDate: epochSeconds(client.modifiedAt),
    CreationDate: epochSeconds(client.createdAt),
    ...client.settings,
    ClientType: 'REGULAR',
  };
}
