import type { CognitoGateway } from '../../cognito/gateway.ts';
import { isBackupError } from '../../model/errors.ts';
import type { PoolId } from '../../model/ids.ts';
import type { User } from '../../model/user.ts';
import { inParallel } from '../../runtime/in-parallel.ts';
import type { ChainPages, PageSource } from './chain-pages.ts';

/** Calls in flight for one page; the governor paces them. */
const USERS_AT_ONCE = 8;

/** What concerns one user alone: gone since the page was listed, or of a name that Cognito does not take. */
const REFUSALS_OF_ONE = new Set(['UserNotFoundException', 'InvalidParameterException']);

/** The same pages, each user with the factors that they have when their page is listed. */
export function withFactors(pages: ChainPages, { gateway, pool, signal }: PageSource): ChainPages {
  return async function* (from) {
    for await (const page of pages(from)) {
      const { records } = page;
      if (!('users' in records)) yield page;
      else yield { ...page, records: { users: await askAll(gateway, pool.id, records.users, signal) } };
    }
  };
}

async function askAll(
  gateway: CognitoGateway,
  poolId: PoolId,
  users: readonly User[],
  signal: AbortSignal,
): Promise<readonly User[]> {
  const asked: User[] = [...users];
  await inParallel(users.entries(), USERS_AT_ONCE, async ([index, user]) => {
    const { username } = user;
    try {
      const factors = await gateway.send('AdminGetUserAuthFactors', { poolId, username }, signal);
      asked[index] = { ...user, factors };
    } catch (error) {
      if (!isBackupError(error, 'rejected') || !REFUSALS_OF_ONE.has(error.awsName ?? '')) throw error;
    }
  });
  return asked;
}
