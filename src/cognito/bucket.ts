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
const RECOVERY_MS = 10_000;
/** However often it is throttled, a bucket keeps a twentieth of its cap: enough to notice when the quota is free again. */
const FLOOR_FACTOR = 0.05;

/**
 * Spaces requests evenly (GCRA) at a rate that yields to throttling: × 0.7 at most once a second, a pause of half a second,
 * and from there back to the cap along a line within ten seconds.
 */
export class Bucket {
  readonly #runtime: Runtime;
  readonly #cap: () => number;
  readonly #turnstile = new Turnstile();
  #nextAtMs = Number.NEGATIVE_INFINITY;
  #pausedUntilMs = Number.NEGATIVE_INFINITY;
  #loweredAtMs = Number.NEGATIVE_INFINITY;
  #factorAfterPause = 1;

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
    const mayLower = nowMs - this.#loweredAtMs >= DECREASE_INTERVAL_MS;
    this.#factorAfterPause = Math.max(FLOOR_FACTOR, this.#factor(nowMs) * (mayLower ? DECREASE_FACTOR : 1));
    if (mayLower) this.#loweredAtMs = nowMs;
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

  #factor(nowMs: number): number {
    const recovered = Math.min(1, Math.max(0, (nowMs - this.#pausedUntilMs) / RECOVERY_MS));
    return this.#factorAfterPause + (1 - this.#factorAfterPause) * recovered;
  }
}
