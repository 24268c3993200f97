import { isBackupError } from '../model/errors.ts';
import type { Group, Membership } from '../model/group.ts';
import { SHARD_DIGITS, type PoolId } from '../model/ids.ts';
import type { PoolDescription } from '../model/pool.ts';
import type { User } from '../model/user.ts';
import { inParallel } from '../runtime/in-parallel.ts';
import type { CognitoGateway } from './gateway.ts';
import { listAll, listPages } from './listing.ts';

/**
 * Pools below this are listed in one chain, which is quick enough and needs no trust in prefix listings; above, sixteen
 * shards hide the latency of pages.
 */
export const SHARDED_FROM_USERS = 20_000;

/** The request part that lists one shard: operator and attribute are documented, completeness is inferred. COGNITO-FACTS §1 [I]. */
export function shardFilter(digit: string): { readonly filter: string } {
  return { filter: `sub ^= "${digit}"` };
}

const GROUPS_AT_ONCE = 8;

/** `undefined` for a pool that is not there, or no longer: it may be deleted between a listing and the look. */
export async function findPool(
  gateway: CognitoGateway,
  poolId: PoolId,
  signal?: AbortSignal,
): Promise<PoolDescription | undefined> {
  try {
    return await gateway.send('DescribeUserPool', { poolId }, signal);
  } catch (error) {
    if (isBackupError(error, 'pool-not-found')) return undefined;
    throw error;
  }
}

/** Hands over every user of a live pool, in no order. */
export async function readUsers(
  gateway: CognitoGateway,
  pool: { readonly id: PoolId; readonly estimatedUsers: number },
  take: (user: User) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const chains = pool.estimatedUsers < SHARDED_FROM_USERS ? [{}] : SHARD_DIGITS.map(shardFilter);
  await inParallel(chains, chains.length, async (chain) => {
    for await (const page of listPages(gateway, 'ListUsers', { poolId: pool.id, ...chain }, signal)) {
      for (const user of page.items) await take(user);
    }
  });
}

/** Hands over every membership of the groups given; a group that is deleted meanwhile has none. */
export async function readMemberships(
  gateway: CognitoGateway,
  poolId: PoolId,
  groups: readonly Group[],
  take: (membership: Membership) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  await inParallel(groups, GROUPS_AT_ONCE, async ({ name }) => {
    try {
      for await (const page of listPages(gateway, 'ListUsersInGroup', { poolId, group: name }, signal)) {
        for (const { sub, username } of page.items) await take({ group: name, sub, username });
      }
    } catch (error) {
      if (!isBackupError(error, 'rejected') || error.awsName !== 'ResourceNotFoundException') throw error;
    }
  });
}

export async function readGroups(gateway: CognitoGateway, poolId: PoolId, signal?: AbortSignal): Promise<Group[]> {
  const groups: Group[] = [];
  for await (const group of listAll(gateway, 'ListGroups', { poolId }, signal)) groups.push(group);
  return groups;
}
