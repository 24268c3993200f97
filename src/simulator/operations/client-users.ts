import { createHmac } from 'node:crypto';
import type { AppClient } from '../configuration/app-client.ts';
import type { PoolState } from '../pool-state.ts';
import { NAME_RULE } from '../request-reader.ts';
import { ServiceError, notAuthorized } from '../service-error.ts';
import type { UserState } from '../user-state.ts';
import { noSuchUser, type Context } from './context.ts';

export interface ClientContext {
  readonly client: AppClient;
  readonly pool: PoolState;
}

/** The app client that the request names, and its pool. */
export function clientOf({ account, request }: Context): ClientContext {
  const id = request.text('ClientId', { min: 1, max: 128, pattern: /^[\w+]+$/ });
  const client = account.clients.get(id);
  const pool = client && account.pools.get(client.poolId);
  if (!client || !pool) throw new ServiceError('ResourceNotFoundException', `User pool client ${id} does not exist.`);
  return { client, pool };
}

/** The user whom an app's request names in `Username`. */
export function clientUser(context: Context): ClientContext & { readonly user: UserState } {
  const { client, pool } = clientOf(context);
  const username = context.request.text('Username', NAME_RULE);
  checkSecretHash(client, username, context.request.optionalText('SecretHash'));
  const user = pool.directory.resolve(username);
  if (!user) throw client.hidesUnknownUsers ? notAuthorized('Incorrect username or password.') : noSuchUser();
  return { client, pool, user };
}

/** Base64 HMAC-SHA256 of username and client id under any of the client's secrets. [D] developer guide. */
export function checkSecretHash(client: AppClient, username: string, given: string | undefined): void {
  if (client.secrets.length === 0) return;
  const isRight = client.secrets.some(
    ({ value }) =>
      createHmac('sha256', value)
        .update(username + client.id)
        .digest('base64') === given,
  );
  if (!isRight) throw notAuthorized(`Unable to verify secret hash for client ${client.id}`);
}
