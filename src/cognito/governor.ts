import type { PoolId } from '../model/ids.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { Bucket } from './bucket.ts';
import type { OperationName } from './gateway.ts';
import { CATEGORY_OF, type QuotaCategory } from './quotas.ts';
import type { QuotaInForce, Rates } from './rates.ts';

/** What paces the calls of one account and Region: one bucket a quota category, and one per operation and pool where AWS counts so. */
export interface Governor {
  /** Resolves when the call may go out. Rejects with `interrupted`. */
  acquire(operation: OperationName, poolId: PoolId | undefined, signal?: AbortSignal): Promise<void>;
  /** Tells that Cognito throttled a call; answers the rate of such calls from now on. */
  throttled(operation: OperationName, poolId: PoolId | undefined): number;
  /**
   * Requests a second in force: for estimates. The provisioned limit is asked for first, which may take seconds, unless
   * `calls` says that there are too few calls for the answer to matter. `pool`: of one operation on one pool, where AWS counts
   * those besides.
   */
  rate(category: QuotaCategory, calls?: number, of?: RateOf): Promise<number>;
  /** The quota that the rate is a part of; asks for the provisioned limit, which may take seconds. */
  quota(category: QuotaCategory, signal?: AbortSignal): Promise<QuotaInForce>;
}

/** What a rate is asked of: all calls of the category, or one operation's on one pool. */
export type RateOf = 'category' | 'pool';

/** Fewer seconds of calls than this are not worth a question: GetProvisionedLimit takes one category a second. */
const WORTH_ASKING_SECONDS = 30;

export interface GovernorOptions {
  readonly runtime: Runtime;
  readonly rates: Rates;
}

export function createGovernor({ runtime, rates }: GovernorOptions): Governor {
  const buckets = new Map<string, Bucket>();
  const bucket = (key: string, cap: () => number): Bucket => {
    let found = buckets.get(key);
    if (!found) buckets.set(key, (found = new Bucket(runtime, cap)));
    return found;
  };
  const categoryBucket = (category: QuotaCategory) => bucket(category, () => rates.cap(category));
  /** The buckets of a call; the narrow one first: whoever waits for it must not hold up the rest of the category. */
  const bucketsOf = (operation: OperationName, poolId: PoolId | undefined): readonly Bucket[] => {
    const category = CATEGORY_OF[operation];
    if (poolId === undefined || rates.perPoolCap(category) === undefined) return [categoryBucket(category)];
    const cap = () => rates.perPoolCap(category) ?? rates.cap(category);
    return [bucket(`${operation} ${poolId}`, cap), categoryBucket(category)];
  };
  return {
    async acquire(operation, poolId, signal) {
      rates.learn(CATEGORY_OF[operation]);
      for (const one of bucketsOf(operation, poolId)) await one.take(signal);
    },
    throttled(operation, poolId) {
      // Which of its quotas the call exceeded is not said: each of them yields.
      const yielding = bucketsOf(operation, poolId);
      for (const one of yielding) one.throttled();
      return Math.min(...yielding.map((one) => one.rate()));
    },
    async rate(category, calls = Number.POSITIVE_INFINITY, of = 'category') {
      const known = categoryBucket(category);
      const rate = (): number =>
        Math.min(known.rate(), of === 'pool' ? (rates.perPoolCap(category) ?? Infinity) : Infinity);
      // What is answered is in the caps from then on.
      if (calls / rate() >= WORTH_ASKING_SECONDS) await rates.quota(category);
      return rate();
    },
    quota: (category, signal) => rates.quota(category, signal),
  };
}
