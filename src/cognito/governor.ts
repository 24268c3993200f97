import type { PoolId } from '../model/ids.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { Bucket } from './bucket.ts';
import type { OperationName } from './gateway.ts';
import { CATEGORY_OF, type QuotaCategory } from './quotas.ts';
import type { Rates } from './rates.ts';

/** What paces the calls of one account and Region: one bucket a quota category, and one per operation and pool where AWS counts so. */
export interface Governor {
  /** Resolves when the call may go out. Rejects with `interrupted`. */
  acquire(operation: OperationName, poolId: PoolId | undefined, signal?: AbortSignal): Promise<void>;
  /** Tells that Cognito throttled a call of the category; answers the rate from now on. */
  throttled(category: QuotaCategory): number;
  /** Requests a second in force, with the provisioned limit asked for first: for estimates. */
  rate(category: QuotaCategory, signal?: AbortSignal): Promise<number>;
}

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
  return {
    async acquire(operation, poolId, signal) {
      const category = CATEGORY_OF[operation];
      rates.learn(category);
      // First the narrow one: whoever waits for it must not hold up the other operations of the category.
      if (poolId !== undefined && rates.perPoolCap(category) !== undefined) {
        const cap = () => rates.perPoolCap(category) ?? rates.cap(category);
        await bucket(`${operation} ${poolId}`, cap).take(signal);
      }
      await categoryBucket(category).take(signal);
    },
    throttled(category) {
      categoryBucket(category).throttled();
      return categoryBucket(category).rate();
    },
    async rate(category, signal) {
      await rates.settled(category, signal);
      return categoryBucket(category).rate();
    },
  };
}
