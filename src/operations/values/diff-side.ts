import type { CognitoGateway } from '../../cognito/gateway.ts';
import { readGroups, readMemberships, readUsers } from '../../cognito/read-pool.ts';
import type { Group } from '../../model/group.ts';
import type { PoolId } from '../../model/ids.ts';
import type { PoolDescription } from '../../model/pool.ts';
import { withLegacySub } from '../../plan/legacy-sub.ts';
import type { ActualValue } from '../../plan/match-users.ts';
import type { SnapshotReader } from '../../snapshot/snapshot-reader.ts';

/** One side of a comparison: a snapshot or a live pool, the same to what follows. */
export interface DiffSide extends ActualValue {
  readonly pool: PoolDescription;
  readonly groups: readonly Group[];
  readonly expectedUsers: number;
}

export async function snapshotSide(reader: SnapshotReader, subAttribute?: string): Promise<DiffSide> {
  const groups: Group[] = [];
  for await (const group of reader.groups()) groups.push(group);
  return {
    pool: await reader.pool(),
    groups,
    expectedUsers: reader.manifest.totals.users,
    readUsers: async (take) => {
      for await (const user of reader.users()) {
        await take(
          subAttribute === undefined ? user : { ...user, attributes: withLegacySub(user, subAttribute).attributes },
        );
      }
    },
    readMemberships: async (take) => {
      for await (const membership of reader.memberships()) await take(membership);
    },
  };
}

export async function liveSide(gateway: CognitoGateway, poolId: PoolId, signal?: AbortSignal): Promise<DiffSide> {
  const pool = await gateway.send('DescribeUserPool', { poolId }, signal);
  const groups = await readGroups(gateway, poolId, signal);
  return {
    pool,
    groups,
    expectedUsers: pool.estimatedUsers,
    readUsers: (take) => readUsers(gateway, pool, take, signal),
    readMemberships: (take) => readMemberships(gateway, poolId, groups, take, signal),
  };
}
