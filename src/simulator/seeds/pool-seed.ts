import type { PoolConfig, SeedGroup, SeedUser } from '../pool-config.ts';

/** A pool to be simulated, as a value: CreateUserPool's request, and who is in it. */
export interface PoolSeed {
  readonly config: PoolConfig;
  readonly groups: readonly SeedGroup[];
  readonly users: readonly SeedUser[];
}

/** Stands for the pool's id in group names, until `seedForPool` knows it. */
const POOL_ID_MARK = '{poolId}';

/** The group that Cognito keeps for the users of an identity provider: `<poolId>_<provider>`. */
export function providerGroup(provider: string, poolId = POOL_ID_MARK): string {
  return `${poolId}_${provider}`;
}

/** The same seed with provider groups named for the pool they will stand in. */
export function seedForPool(seed: PoolSeed, poolId: string): PoolSeed {
  const named = (name: string): string => name.replace(POOL_ID_MARK, poolId);
  return {
    config: seed.config,
    groups: seed.groups.map((group) => ({ ...group, name: named(group.name) })),
    users: seed.users.map((user) => (user.groups ? { ...user, groups: user.groups.map(named) } : user)),
  };
}
