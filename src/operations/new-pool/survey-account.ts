import type { CognitoGateway } from '../../cognito/gateway.ts';
import { listAll } from '../../cognito/listing.ts';
import { findPool } from '../../cognito/read-pool.ts';
import { BackupError } from '../../model/errors.ts';
import type { PoolDescription } from '../../model/pool.ts';
import { accountOfArn } from '../../plan/new-pool/map-arns.ts';
import { markOf, type PoolMark } from '../../plan/new-pool/pool-mark.ts';

export interface FoundPool {
  readonly pool: PoolDescription;
  readonly mark: PoolMark;
}

export interface AccountSurvey {
  /** `undefined`: there is no pool in the account and Region that could tell. */
  readonly account: string | undefined;
  /** The pool that an earlier run of the same restore began, or completed. */
  readonly found: FoundPool | undefined;
}

/**
 * Looks through the pools of the account and Region for the one that this restore has begun. Throws `refused` where another pool has
 * the name: Cognito would allow it, and nobody could tell the two apart.
 */
export async function surveyAccount(
  gateway: CognitoGateway,
  { name, snapshot }: { readonly name: string; readonly snapshot: string },
  signal?: AbortSignal,
): Promise<AccountSurvey> {
  const namesakes: (Omit<FoundPool, 'mark'> & { readonly mark: PoolMark | undefined })[] = [];
  let account: string | undefined;
  for await (const listed of listAll(gateway, 'ListUserPools', {}, signal)) {
    if (listed.name !== name && account !== undefined) continue;
    const pool = await findPool(gateway, listed.id, signal);
    if (!pool) continue;
    account ??= accountOfArn(pool.arn);
    if (pool.name === name) namesakes.push({ pool, mark: markOf(pool) });
  }
  const ours = namesakes.flatMap(({ pool, mark }) => (mark?.snapshot === snapshot ? [{ pool, mark }] : []));
  const [first, second] = ours;
  if (first && second) throw twice(name, ours);
  const [stranger] = namesakes;
  if (!first && stranger) throw taken(stranger.pool);
  return { account, found: first };
}

function taken({ id, name }: PoolDescription): BackupError {
  return new BackupError('refused', `Refused to make a second pool ${JSON.stringify(name)}: ${id} has that name`, {
    hint: 'Choose another name with --new-pool; to bring users back into a pool that is there, use --pool',
  });
}

function twice(name: string, pools: readonly FoundPool[]): BackupError {
  const ids = pools.map(({ pool }) => pool.id).join(', ');
  return new BackupError('refused', `Several pools ${JSON.stringify(name)} were made from this snapshot: ${ids}`, {
    hint: 'Keep one of them, and delete or rename the others',
  });
}
