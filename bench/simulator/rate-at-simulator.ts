import type { Counters } from '../../src/simulator/counters.ts';

export interface CategoryRate {
  readonly calls: number;
  /** Calls a second, from the first to the last. */
  readonly perSecond: number;
  readonly spanMs: number;
  readonly throttles: number;
}

/** What a category has seen, by the simulator's own clock: the calls that it let through, by the time from first to last. */
export function rateOf(counters: Counters, category: string, operations: readonly string[]): CategoryRate {
  const calls = counters.callsByCategory[category] ?? 0;
  const { firstAtMs = 0, lastAtMs = 0 } = counters.spanByCategory[category] ?? {};
  const throttles = operations.reduce((sum, operation) => sum + (counters.throttles[operation] ?? 0), 0);
  const spanMs = lastAtMs - firstAtMs;
  return { calls, perSecond: ((calls - throttles - 1) / spanMs) * 1_000, spanMs, throttles };
}
