import { throwIfInterrupted } from '../runtime/interruption.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { Turnstile } from './turnstile.ts';

/**
 * How far a late timer may be made up for. A window of one second then holds at most `1.02 × rate` requests: at 98 % of a
 * quota, never more than the quota. Timers are late by 1-2 ms (p50), 12-14 ms (p99), measured 2026-11.
 */
const CATCH_UP_MS = 20;
const DECREASE_FACTOR = 0.7;
const DECREASE_INTERVAL_MS = 1000;
const PAUSE_MS = 500;
/** The ceiling to come back to: a little below the rate at which the last throttling came. */
const CEILING_FACTOR = 0.95;
const RECOVERY_MS = 10_000;
/** How far above the ceiling the rate is, as a part of the cap, when it has searched for as long as the recovery took. */
const PROBE_FACTOR = 0.1;
/** However often it is throttled, a bucket keeps a twentieth of its cap: enough to notice when the quota is free again. */
const FLOOR_FACTOR = 0.05;

/**
 * Spaces requests evenly (GCRA) at a rate that yields to throttling: × 0.7 at most once a second and a pause of half a second;
 * then back, fast at first, to just below the rate that was too much, within ten seconds; from there slowly upward, faster the
 * longer nothing happens. What the numbers cost and buy: docs/decisions/0005-the-governor-remembers.md.
 */
export class Bucket {
  readonly #runtime: Runtime;
  readonly #cap: () => number;
  readonly #turnstile = new Turnstile();
  #nextAtMs = Number.NEGATIVE_INFINITY;
  #pausedUntilMs = Number.NEGATIVE_INFINITY;
  #loweredAtMs = Number.NEGATIVE_INFINITY;
  #factorAfterPause = 1;
  #ceiling = 1;

  constructor(runtime: Runtime, cap: () => number) {
    this.#runtime = runtime;
    this.#cap = cap;
  }

  /** Waits for the next free slot; first come, first served. */
  async take(signal?: AbortSignal): Promise<void> {
    const leave = await this.#turnstile.enter(signal);
    try {
      await this.#waitForSlot(signal);
    } finally {
      leave();
    }
  }

  /** Requests a second in force now. */
  rate(): number {
    return this.#cap() * this.#factor(this.#runtime.monotonicMs());
  }

  throttled(): void {
    const nowMs = this.#runtime.monotonicMs();
    const factor = this.#factor(nowMs);
    const mayLower = nowMs - this.#loweredAtMs >= DECREASE_INTERVAL_MS;
    if (mayLower) {
      this.#loweredAtMs = nowMs;
      this.#ceiling = Math.max(FLOOR_FACTOR, factor * CEILING_FACTOR);
    }
    this.#factorAfterPause = Math.max(FLOOR_FACTOR, factor * (mayLower ? DECREASE_FACTOR : 1));
    this.#pausedUntilMs = nowMs + PAUSE_MS;
  }

  async #waitForSlot(signal: AbortSignal | undefined): Promise<void> {
    for (;;) {
      throwIfInterrupted(signal);
      const nowMs = this.#runtime.monotonicMs();
      const readyAtMs = Math.max(this.#nextAtMs, this.#pausedUntilMs);
      if (readyAtMs <= nowMs) {
        this.#nextAtMs = Math.max(readyAtMs, nowMs - CATCH_UP_MS) + 1000 / this.rate();
        return;
      }
      await this.#runtime.sleep(readyAtMs - nowMs, signal);
    }
  }

  /** A cubic curve: steep, flat at the ceiling, steep again. */
  #factor(nowMs: number): number {
    const left = 1 - Math.max(0, nowMs - this.#pausedUntilMs) / RECOVERY_MS;
    const reach = left > 0 ? this.#ceiling - this.#factorAfterPause : PROBE_FACTOR;
    return Math.min(1, this.#ceiling - reach * left ** 3);
  }
}
