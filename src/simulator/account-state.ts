import type { AppClient } from './configuration/app-client.ts';
import type { CounterBook } from './counters.ts';
import type { ImportJobs } from './import-jobs/import-jobs.ts';
import type { PageTokens } from './page-tokens.ts';
import type { PoolConfig } from './pool-config.ts';
import { PoolState } from './pool-state.ts';
import type { QuotaBuckets } from './quota-buckets.ts';
import type { SeededRandom } from './seeded-random.ts';

/** Everything one simulated account and Region holds. */
export interface AccountState {
  readonly region: string;
  readonly accountId: string;
  readonly clock: () => number;
  readonly random: SeededRandom;
  /** Draws the lags, apart from the rest so that ids do not depend on them. */
  readonly lagRandom: SeededRandom;
  /** Draws request ids. */
  readonly requestRandom: SeededRandom;
  /** The second hex digit of every `sub`. */
  readonly subDigit: string;
  /** The simulator's own address, without a trailing slash. */
  readonly endpoint: () => string;
  readonly lagMs: number;
  readonly pageJitter: boolean;
  readonly pools: Map<string, PoolState>;
  readonly clients: Map<string, AppClient>;
  readonly sessions: Map<string, AuthSession>;
  readonly counters: CounterBook;
  readonly quotas: QuotaBuckets;
  readonly tokens: PageTokens;
  readonly importJobs: ImportJobs;
}

/** A sign-in that waits for an answer to a challenge. */
interface AuthSession {
  readonly poolId: string;
  readonly sub: string;
  readonly challenge: 'NEW_PASSWORD_REQUIRED' | 'SMS_MFA';
  readonly expiresAt: number;
}

const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

export function createPool(account: AccountState, config: PoolConfig): PoolState {
  const id = `${account.region}_${account.random.text(9, ALPHANUMERIC)}`;
  const pool = new PoolState(config, {
    id,
    arn: `arn:aws:cognito-idp:${account.region}:${account.accountId}:userpool/${id}`,
    name: config.PoolName ?? id,
    lag: { lagMs: account.lagMs, random: account.lagRandom, clock: account.clock },
  });
  account.pools.set(id, pool);
  return pool;
}
