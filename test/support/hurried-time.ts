import { vi } from 'vitest';
import { realRuntime } from '../../src/runtime/real-runtime.ts';

const FACTOR = 50;

/**
 * Makes time pass fifty times as fast for whatever paces and waits by the real runtime, until the answer is called. For tests
 * of what a command does; how long it takes has tests of its own.
 */
export function hurryTime(): () => void {
  const { sleep, monotonicMs } = realRuntime;
  const spies = [
    vi.spyOn(realRuntime, 'sleep').mockImplementation((delayMs, signal) => sleep(delayMs / FACTOR, signal)),
    vi.spyOn(realRuntime, 'monotonicMs').mockImplementation(() => monotonicMs() * FACTOR),
  ];
  return () => {
    for (const spy of spies) spy.mockRestore();
  };
}
