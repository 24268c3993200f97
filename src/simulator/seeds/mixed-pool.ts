import { HOSTILE_CONFIG, HOSTILE_SCHEMA, hostilePool } from './hostile-pool.ts';
import { ORDINARY_SCHEMA, ordinaryPool } from './ordinary-pool.ts';
import type { PoolSeed } from './pool-seed.ts';

export interface MixedPoolOptions {
  /** Users in all, the hostile ones included; at least as many as those. */
  readonly users: number;
  /** Ordinary groups; the hostile ones come on top. */
  readonly groups: number;
  readonly seed?: number;
}

/** The pool of the demo: the whole hostile set among ordinary users, signing in by case-sensitive username. */
export function mixedPool({ users, groups, seed = 1 }: MixedPoolOptions): PoolSeed {
  const hostile = hostilePool();
  const ordinary = ordinaryPool({ users: Math.max(0, users - hostile.users.length), groups, seed, model: 'username' });
  return {
    config: { ...HOSTILE_CONFIG, PoolName: 'mixed', Schema: [...ORDINARY_SCHEMA, ...HOSTILE_SCHEMA] },
    groups: [...ordinary.groups, ...hostile.groups],
    users: [...ordinary.users, ...hostile.users],
  };
}
