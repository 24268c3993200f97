import { isBackupError, type ErrorCode } from '../model/errors.ts';
import { throwIfInterrupted } from '../runtime/interruption.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { CognitoGateway } from './gateway.ts';
import { PER_POOL_REQUESTS_PER_SECOND, QUOTAS, type QuotaCategory } from './quotas.ts';

/** The highest rates to pace to, in requests a second. */
export interface Rates {
  /** For a category, as far as it is known now. */
  cap(category: QuotaCategory): number;
  /** Per operation and pool; `undefined` in categories without such a quota. */
  perPoolCap(category: QuotaCategory): number | undefined;
  /** Asks for the provisioned limit of a category unless that was done, or another was asked within the second. Never waits. */
  learn(category: QuotaCategory): void;
  /** The quota itself, once the service has been asked: may wait a second for each category. */
  quota(category: QuotaCategory, signal?: AbortSignal): Promise<QuotaInForce>;
}

/** What a category allows, and what of it is taken. */
export interface QuotaInForce {
  readonly category: QuotaCategory;
  readonly requestsPerSecond: number;
  /** `provisioned`: GetProvisionedLimit said so. `default`: the documented default, for want of an answer. */
  readonly source: 'provisioned' | 'default';
  /** Why the service gave no answer. */
  readonly refusal?: ErrorCode;
  /** Requests a second that the tool sends at most. */
  readonly pace: number;
  /** The same of each operation on one pool, where AWS counts so. */
  readonly perPoolPace?: number;
}

export interface RateOptions {
  /** Taken as it stands for every category, instead of what the service says and without any share. */
  readonly maxRps?: number;
  /** The part of each quota to take, above 0 up to 1; each category has a default of its own. */
  readonly quotaShare?: number;
}

/** LimitManagement allows one request a second. [D] COGNITO-FACTS §2 */
const ASK_INTERVAL_MS = 1000 / (QUOTAS.LimitManagement.requestsPerSecond * QUOTAS.LimitManagement.share);
const ATTEMPTS_PER_CATEGORY = 3;
/** The category of the question itself, and what is none of Cognito's. */
const NEVER_ASKED: ReadonlySet<QuotaCategory> = new Set(['LimitManagement', 'OtherServices']);

/**
 * Rates by `maxRps`, else GetProvisionedLimit, else the documented default.
 *
 * Nothing waits for GetProvisionedLimit: a run starts at the default rates, each category asks once on its first use, one a
 * second, and its rate changes when the answer arrives. So a small run pays nothing for it. Give it the unpaced gateway
 * without retries: any error means the default.
 */
export function resolveRates(gateway: CognitoGateway, runtime: Runtime, options: RateOptions = {}): Rates {
  const lookups = new ProvisionedLimits(gateway, runtime);
  const quotaOf = (category: QuotaCategory) => lookups.found(category) ?? QUOTAS[category].requestsPerSecond;
  const shareOf = (category: QuotaCategory) => options.quotaShare ?? QUOTAS[category].share;
  const cap = (category: QuotaCategory) => options.maxRps ?? quotaOf(category) * shareOf(category);
  const mayAsk = (category: QuotaCategory) => options.maxRps === undefined && !NEVER_ASKED.has(category);
  const perPoolCap = (category: QuotaCategory): number | undefined => {
    const { isPerPool, requestsPerSecond } = QUOTAS[category];
    if (!isPerPool) return undefined;
    // Where a category was raised, its per-pool quota is taken to be raised alike. [I]
    return PER_POOL_REQUESTS_PER_SECOND * (quotaOf(category) / requestsPerSecond) * shareOf(category);
  };
  return {
    cap,
    perPoolCap,
    learn(category) {
      if (mayAsk(category)) void lookups.askIfFree(category);
    },
    async quota(category, signal) {
      if (mayAsk(category)) await lookups.ask(category, signal);
      const refusal = lookups.refusal(category);
      const perPoolPace = perPoolCap(category);
      return {
        category,
        requestsPerSecond: quotaOf(category),
        source: lookups.found(category) === undefined ? 'default' : 'provisioned',
        ...(refusal && { refusal }),
        pace: cap(category),
        ...(perPoolPace !== undefined && { perPoolPace }),
      };
    },
  };
}

class ProvisionedLimits {
  readonly #gateway: CognitoGateway;
  readonly #runtime: Runtime;
  readonly #found = new Map<QuotaCategory, number>();
  readonly #attemptsLeft = new Map<QuotaCategory, number>();
  readonly #pending = new Map<QuotaCategory, Promise<void>>();
  readonly #refusals = new Map<QuotaCategory, ErrorCode>();
  #nextAskAtMs = Number.NEGATIVE_INFINITY;

  constructor(gateway: CognitoGateway, runtime: Runtime) {
    this.#gateway = gateway;
    this.#runtime = runtime;
  }

  found(category: QuotaCategory): number | undefined {
    return this.#found.get(category);
  }

  refusal(category: QuotaCategory): ErrorCode | undefined {
    return this.#refusals.get(category);
  }

  askIfFree(category: QuotaCategory): Promise<void> {
    const pending = this.#pending.get(category);
    if (pending) return pending;
    const nowMs = this.#runtime.monotonicMs();
    if (this.#isDone(category) || nowMs < this.#nextAskAtMs) return Promise.resolve();
    this.#nextAskAtMs = nowMs + ASK_INTERVAL_MS;
    const asking = this.#lookUp(category).finally(() => this.#pending.delete(category));
    this.#pending.set(category, asking);
    return asking;
  }

  async ask(category: QuotaCategory, signal: AbortSignal | undefined): Promise<void> {
    while (!this.#isDone(category)) {
      throwIfInterrupted(signal);
      const waitMs = this.#nextAskAtMs - this.#runtime.monotonicMs();
      if (waitMs > 0 && !this.#pending.has(category)) await this.#runtime.sleep(waitMs, signal);
      await this.askIfFree(category);
    }
  }

  #isDone(category: QuotaCategory): boolean {
    return this.#attemptsLeft.get(category) === 0;
  }

  async #lookUp(category: QuotaCategory): Promise<void> {
    const attemptsLeft = (this.#attemptsLeft.get(category) ?? ATTEMPTS_PER_CATEGORY) - 1;
    try {
      const limit = await this.#gateway.send('GetProvisionedLimit', { category });
      if (limit !== undefined && limit > 0) this.#found.set(category, limit);
      this.#attemptsLeft.set(category, 0);
      this.#refusals.delete(category);
    } catch (error) {
      // Whether non-adjustable categories can be asked for at all is not known: only a passing failure is worth asking again.
      const isPassing = isBackupError(error, 'throttled', 'unavailable');
      this.#refusals.set(category, isBackupError(error) ? error.code : 'internal');
      this.#attemptsLeft.set(category, isPassing ? attemptsLeft : 0);
    }
  }
}
