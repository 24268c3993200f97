import { hostilePool } from '../simulator/seeds/hostile-pool.ts';
import { mixedPool } from '../simulator/seeds/mixed-pool.ts';
import { ordinaryPool } from '../simulator/seeds/ordinary-pool.ts';
import { FICTIONAL_PHONE_NUMBERS } from '../simulator/seeds/phone-numbers.ts';
import type { PoolSeed } from '../simulator/seeds/pool-seed.ts';
import type { PoolKind } from './syntax/option-values.ts';

export interface SeedSize {
  readonly users: number;
  readonly groups: number;
}

/** A seeded pool of a kind; the hostile one has a size of its own, and phone numbers run out. */
export function seedOf(kind: PoolKind, { users, groups }: SeedSize): PoolSeed {
  switch (kind) {
    case 'mixed':
      return mixedPool({ users, groups });
    case 'hostile':
      return hostilePool();
    case 'phone':
      return ordinaryPool({ users: Math.min(users, FICTIONAL_PHONE_NUMBERS), groups, seed: 1, model: kind });
    case 'username':
    case 'email':
    case 'alias':
      return ordinaryPool({ users, groups, seed: 1, model: kind });
    default:
      return kind satisfies never;
  }
}

/** The same pool without anybody in it, marked as a standby: writes to it ask for no more than a yes. */
export function standbyOf(seed: PoolSeed): PoolSeed {
  const config = {
    ...seed.config,
    PoolName: `${seed.config.PoolName ?? 'pool'}-standby`,
    UserPoolTags: { 'cognito-backup:role': 'standby' },
  };
  return { config, groups: [], users: [] };
}
