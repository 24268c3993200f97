import type { PoolConfig, SeedGroup, SeedUser } from '../pool-config.ts';
import { type PoolSeed, seedForPool } from './pool-seed.ts';

/** The part of a running simulator that planting needs. */
export interface Ground {
  createPool(config: PoolConfig): string;
  pool(id: string): { addGroup(group: SeedGroup): unknown; addUser(user: SeedUser): unknown };
}

/** Creates the seed's pool with its groups and users, without requests, messages or MAUs; returns the pool's id. */
export function plantSeed(simulator: Ground, seed: PoolSeed): string {
  const poolId = simulator.createPool(seed.config);
  const pool = simulator.pool(poolId);
  const { groups, users } = seedForPool(seed, poolId);
  for (const group of groups) pool.addGroup(group);
  for (const user of users) pool.addUser(user);
  return poolId;
}
