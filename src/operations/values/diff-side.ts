import type { CognitoGateway } from '../../cognito/gateway.ts';
import { readGroups, readMemberships, readUsers } from '../../cognito/read-pool.ts';
import { readConfiguration } from '../../cognito/read-configuration.ts';
import type { Group } from '../../model/group.ts';
import type { PoolId } from '../../model/ids.ts';
import { RESOURCE_KINDS, type ConfigurationResource, type PoolConfiguration } from '../../model/pool-configuration.ts';
import type { PoolDescription } from '../../model/pool.ts';
import { withLegacySub } from '../../plan/legacy-sub.ts';
import type { ActualValue } from '../../plan/match-users.ts';
import type { SnapshotReader } from '../../snapshot/snapshot-reader.ts';

/** One side of a comparison: a snapshot or a live pool, the same to what follows. */
export interface DiffSide extends ActualValue {
  readonly pool: PoolDescription;
  readonly groups: readonly Group[];
  readonly expectedUsers: number;
  /** Whether users come with their factors. */
  readonly isDeep: boolean;
  /** How many users the latest `readUsers` has left out because they were erased from the vault. */
  readonly erasedUsers?: () => number;
  /** Read when it is asked for. Secrets of a live pool are among it: compare them, and show none. */
  configuration(): Promise<PoolConfiguration>;
}

export async function snapshotSide(reader: SnapshotReader, subAttribute?: string): Promise<DiffSide> {
  const groups: Group[] = [];
  for await (const group of reader.groups()) groups.push(group);
  return {
    pool: await reader.pool(),
    groups,
    expectedUsers: reader.manifest.totals.users,
    isDeep: reader.manifest.totals.factors !== undefined,
    erasedUsers: () => reader.erasedUsers(),
    configuration: () => configurationOf(reader),
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
    // A call a user, perhaps billed: not without a word.
    isDeep: false,
    configuration: () => readConfiguration(gateway, pool, { includeSecrets: true, signal }),
    readUsers: (take) => readUsers(gateway, pool, take, signal),
    readMemberships: (take) => readMemberships(gateway, poolId, groups, take, signal),
  };
}

async function configurationOf(reader: SnapshotReader): Promise<PoolConfiguration> {
  const resources: ConfigurationResource[] = [];
  for await (const resource of reader.configuration()) resources.push(resource);
  const { notCaptured } = reader.manifest;
  const kinds: ReadonlySet<string> = new Set(RESOURCE_KINDS);
  const wasRead = resources.length > 0 || notCaptured.some(({ kind }) => kinds.has(kind));
  if (wasRead) return { resources, notCaptured };
  // Made without configuration: what its pool had is not known.
  return { resources, notCaptured: RESOURCE_KINDS.map((kind) => ({ kind, reason: 'not-read-here' })) };
}
