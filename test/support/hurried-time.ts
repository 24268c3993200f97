import { realRuntime } from '../../src/runtime/real-runtime.ts';

const FACTOR = 50;

/**
 * Makes time pass fifty times as fast for whatever paces and waits by the real runtime, until the answer is called. For tests
 * of what a command does; how long it takes has tests of its own. No mocks: they would remember every look at the clock.
 */
export function hurryTime(): () => void {
  const { sleep, monotonicMs } = realRuntime;
  Object.assign(realRuntime, {
    sleep: (delayMs: number, signal?: AbortSignal) => sleep(delayMs / FACTOR, signal),
    monotonicMs: () => monotonicMs() * FACTOR,
  });
  return () => Object.assign(realRuntime, { sleep, monotonicMs });
}
