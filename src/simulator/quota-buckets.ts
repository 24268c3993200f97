import { CATEGORY_RATES, PER_POOL_RATE, PER_USER_RATE, categoryOf, hasPerPoolRate } from './quota-categories.ts';
import { ServiceError } from './service-error.ts';

export interface QuotaOptions {
  /** N: N times the documented rates. */
  readonly scale: number | 'unlimited';
  /** Requests that may come at once, at scale 1. */
  readonly burst: number;
  /** `second`: a fixed count per wall-clock second instead of a token bucket. */
  readonly window: 'bucket' | 'second';
  readonly clock: () => number;
}

interface Bucket {
  readonly ratePerSecond: number;
  level: number;
  /** When `level` was true: ms (`bucket`), or the number of the second (`second`). */
  at: number;
}

/** Announced where nothing is enforced. */
const UNLIMITED_RATE = 1_000_000;

/** The request quotas of one account and Region. */
export class QuotaBuckets {
  readonly #options: QuotaOptions;
  readonly #buckets = new Map<string, Bucket>();
  #userWrites = new Map<string, number>();
  #userSecond = 0;

  constructor(options: QuotaOptions) {
    this.#options = options;
  }

  /** Throws TooManyRequestsException when the call exceeds a quota; a refused call uses nothing up. */
  admit(operation: string, poolId: string | undefined): void {
    const { scale } = this.#options;
    const category = categoryOf(operation);
    if (scale === 'unlimited' || category === undefined) return;
    const buckets = [this.#bucket(category, (CATEGORY_RATES[category] ?? 0) * scale)];
    if (poolId !== undefined && hasPerPoolRate(category)) {
      buckets.push(this.#bucket(`${operation} ${poolId}`, PER_POOL_RATE * scale));
    }
    for (const bucket of buckets) this.#refill(bucket);
    if (buckets.some((bucket) => bucket.level < 1)) throw rateExceeded();
    for (const bucket of buckets) bucket.level -= 1;
  }

  /** Throws TooManyRequestsException at the eleventh write to one user within a second (scaled). */
  admitUserWrite(sub: string): void {
    const { scale, clock } = this.#options;
    if (scale === 'unlimited') return;
    const second = Math.floor(clock() / 1000);
    if (second !== this.#userSecond) {
      this.#userSecond = second;
      this.#userWrites = new Map();
    }
    const writes = (this.#userWrites.get(sub) ?? 0) + 1;
    if (writes > PER_USER_RATE * scale) throw rateExceeded();
    this.#userWrites.set(sub, writes);
  }

  /** The rates in force; `undefined` for an unknown category. */
  limitOf(category: string): { provisioned: number; free: number } | undefined {
    const free = CATEGORY_RATES[category];
    if (free === undefined) return undefined;
    const { scale } = this.#options;
    return { provisioned: scale === 'unlimited' ? UNLIMITED_RATE : free * scale, free };
  }

  #bucket(key: string, ratePerSecond: number): Bucket {
    let bucket = this.#buckets.get(key);
    if (!bucket) {
      bucket = { ratePerSecond, level: this.#capacity(ratePerSecond), at: this.#now() };
      this.#buckets.set(key, bucket);
    }
    return bucket;
  }

  #capacity(ratePerSecond: number): number {
    const { window, burst, scale } = this.#options;
    if (window === 'second') return ratePerSecond;
    return Math.max(1, burst * Math.max(1, scale === 'unlimited' ? 1 : scale));
  }

  #refill(bucket: Bucket): void {
    const now = this.#now();
    const capacity = this.#capacity(bucket.ratePerSecond);
    if (this.#options.window === 'second') {
      if (now !== bucket.at) bucket.level = capacity;
    } else {
      const gained = (Math.max(0, now - bucket.at) * bucket.ratePerSecond) / 1000;
      bucket.level = Math.min(capacity, bucket.level + gained);
    }
    bucket.at = now;
  }

  #now(): number {
    const ms = this.#options.clock();
    return this.#options.window === 'second' ? Math.floor(ms / 1000) : ms;
  }
}

function rateExceeded(): ServiceError {
  return new ServiceError('TooManyRequestsException', 'Rate exceeded');
}
