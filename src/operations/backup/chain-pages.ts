import type { CognitoGateway } from '../../cognito/gateway.ts';
import { listPages } from '../../cognito/listing.ts';
import { shardFilter } from '../../cognito/read-pool.ts';
import { BackupError, isBackupError } from '../../model/errors.ts';
import type { PoolDescription } from '../../model/pool.ts';
import type { User } from '../../model/user.ts';
import type { PageRecords } from '../../snapshot/open-part.ts';
import type { ChainPosition } from '../../snapshot/checkpoint.ts';
import { ALL_USERS } from '../../snapshot/keys.ts';

/** One page of a chain: its records, and where the listing goes on after it. */
export interface ChainPage {
  readonly records: PageRecords;
  readonly next: ChainPosition | 'end';
  readonly skippedGroup: boolean;
}

/** The pages of a chain from a position, or from its beginning. The last page says `end`. */
export type ChainPages = (from: ChainPosition | undefined) => AsyncIterable<ChainPage>;

export interface PageSource {
  readonly gateway: CognitoGateway;
  readonly pool: PoolDescription;
  /** The service's time. */
  readonly now: () => Date;
  readonly signal: AbortSignal;
}

/** Every user of a shard: those whose `sub` begins with its digit, or all. */
export function userPages(shard: string, { gateway, pool, now, signal }: PageSource): ChainPages {
  const filter = shard === ALL_USERS ? {} : shardFilter(shard);
  return async function* (from) {
    const request = { poolId: pool.id, ...filter, ...tokenOf(from) };
    for await (const { items, nextToken } of listPages(gateway, 'ListUsers', request, signal)) {
      if (shard !== ALL_USERS) checkShard(items, shard);
      const next = nextToken === undefined ? 'end' : { token: nextToken, obtainedAt: now().toISOString() };
      yield { records: { users: items }, next, skippedGroup: false };
    }
  };
}

/** The memberships of every `lanes`-th group, one group after another. */
export function membershipPages(
  {
    groups,
    lane,
    lanes,
  }: { readonly groups: readonly (string | undefined)[]; readonly lane: number; readonly lanes: number },
  source: PageSource,
): ChainPages {
  return async function* (from) {
    let position = from;
    for (let ordinal = from?.group ?? lane; ordinal < groups.length; ordinal += lanes) {
      const following = ordinal + lanes < groups.length ? { group: ordinal + lanes } : 'end';
      const group = groups[ordinal];
      try {
        if (group === undefined) yield skipped(following);
        else yield* groupPages(group, { ordinal, following, from: position }, source);
      } catch (error) {
        if (!(await isDeletedGroup(error, source))) throw error;
        yield skipped(following);
      }
      position = undefined;
    }
  };
}

function skipped(following: ChainPosition | 'end'): ChainPage {
  return { records: { memberships: [] }, next: following, skippedGroup: true };
}

interface GroupTurn {
  readonly ordinal: number;
  readonly following: ChainPosition | 'end';
  readonly from: ChainPosition | undefined;
}

async function* groupPages(
  group: string,
  turn: GroupTurn,
  { gateway, pool, now, signal }: PageSource,
): AsyncGenerator<ChainPage> {
  const request = { poolId: pool.id, group, ...tokenOf(turn.from) };
  for await (const { items, nextToken } of listPages(gateway, 'ListUsersInGroup', request, signal)) {
    const memberships = items.map(({ sub, username }) => ({ group, sub, username }));
    const here = nextToken !== undefined && { group: turn.ordinal, token: nextToken, obtainedAt: now().toISOString() };
    yield { records: { memberships }, next: here || turn.following, skippedGroup: false };
  }
}

function tokenOf(position: ChainPosition | undefined): { readonly nextToken?: string } {
  return position?.token === undefined ? {} : { nextToken: position.token };
}

/** An endpoint that ignores the filter would give every user sixteen times. */
function checkShard(users: readonly User[], shard: string): void {
  if (users.every(({ sub }) => sub.startsWith(shard))) return;
  throw new BackupError('listing-broken', 'Cognito listed users outside the prefix asked for', {
    hint: 'Use --listing single: this endpoint does not filter by the beginning of sub',
  });
}

/** The group is gone if the pool still answers: both are reported under one name. Throws when the pool is gone too. */
async function isDeletedGroup(error: unknown, { gateway, pool, signal }: PageSource): Promise<boolean> {
  if (!isBackupError(error) || error.awsName !== 'ResourceNotFoundException') return false;
  await gateway.send('DescribeUserPool', { poolId: pool.id }, signal);
  return true;
}
