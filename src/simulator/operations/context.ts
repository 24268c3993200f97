import type { AccountState } from '../account-state.ts';
import type { GroupState } from '../group-state.ts';
import type { PoolState } from '../pool-state.ts';
import { NAME_RULE, POOL_ID_RULE, type RequestReader } from '../request-reader.ts';
import { ServiceError, invalidParameter } from '../service-error.ts';
import type { UserState } from '../user-state.ts';

/** One call: who is asked, what, and for which operation. */
export interface Context {
  readonly account: AccountState;
  readonly operation: string;
  readonly request: RequestReader;
}

export type Operation = (context: Context) => object | Promise<object>;

export interface UserContext extends Context {
  readonly pool: PoolState;
  readonly user: UserState;
}

export function poolOf({ account, request }: Context): PoolState {
  const id = request.text('UserPoolId', POOL_ID_RULE);
  const pool = account.pools.get(id);
  if (!pool) throw new ServiceError('ResourceNotFoundException', `User pool ${id} does not exist.`);
  return pool;
}

export function groupOf(pool: PoolState, request: RequestReader): GroupState {
  const group = pool.groups.get(request.text('GroupName', NAME_RULE));
  if (!group) throw new ServiceError('ResourceNotFoundException', 'Group not found.');
  return group;
}

/** The user that an administrator's call names; billed as active. */
export function billedUser(context: Context): UserContext {
  const found = namedUser(context);
  context.account.counters.bill(found.user.sub);
  return found;
}

/** The same for a call that changes the user: at most ten a second. */
export function writtenUser(context: Context): UserContext {
  const found = namedUser(context);
  context.account.quotas.admitUserWrite(found.user.sub);
  return found;
}

export function billedWrite(context: Context): UserContext {
  const found = writtenUser(context);
  context.account.counters.bill(found.user.sub);
  return found;
}

export function noSuchUser(): ServiceError {
  return new ServiceError('UserNotFoundException', 'User does not exist.');
}

/** Refuses what the service refuses while an import job of the pool runs. [D] COGNITO-FACTS §3. */
export function refuseDuringImport({ account }: Context, pool: PoolState): void {
  if (account.importJobs.isImporting(pool.id)) {
    throw new ServiceError('UserImportInProgressException', 'A user import job is in progress for this user pool.');
  }
}

/** Throws for a number that is there but not allowed, in the words of the API's validation. */
export function pageLimit(request: RequestReader, name: 'Limit' | 'MaxResults', fallback: number): number {
  return request.integer(name, 0, 60) || fallback;
}

export function listToken(request: RequestReader, name: 'NextToken' | 'PaginationToken'): string | undefined {
  const token = request.optionalText(name);
  if (token === '') throw invalidParameter('Invalid pagination token.');
  return token;
}

function namedUser(context: Context): UserContext {
  const pool = poolOf(context);
  const user = pool.directory.resolve(context.request.text('Username', NAME_RULE));
  if (!user) throw noSuchUser();
  return { ...context, pool, user };
}
