import { throwIfInterrupted } from './interruption.ts';
import type { Runtime } from './runtime.ts';

/** A runtime for tests: sleeping moves the clock at once, randomness is a seeded sequence. */
export interface ManualRuntime extends Runtime {
  advance(ms: number): void;
  /** Every sleep asked for so far, in milliseconds. */
  readonly sleeps: readonly number[];
}

export function manualRuntime(startAt: Date | string = '2026-11-22T12:00:00.000Z', seed = 1): ManualRuntime {
  const startMs = new Date(startAt).getTime();
  const sleeps: number[] = [];
  let elapsedMs = 0;
  let state = seed >>> 0;
  const nextByte = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  };
  return {
    sleeps,
    now: () => new Date(startMs + elapsedMs),
    monotonicMs: () => elapsedMs,
    advance: (ms) => {
      elapsedMs += ms;
    },
    sleep: async (delayMs, signal) => {
      throwIfInterrupted(signal);
      sleeps.push(delayMs);
      elapsedMs += Math.max(0, delayMs);
      await Promise.resolve();
      throwIfInterrupted(signal);
    },
    randomBytes: (size) => Uint8Array.from({ length: size }, nextByte),
  };
}
