import { randomBytes } from 'node:crypto';
import { setTimeout as timeout } from 'node:timers/promises';
import { throwIfInterrupted } from './interruption.ts';
import type { Runtime } from './runtime.ts';

export const realRuntime: Runtime = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  sleep: async (delayMs, signal) => {
    throwIfInterrupted(signal);
    try {
      await timeout(delayMs, undefined, signal ? { signal } : undefined);
    } catch (error) {
      throwIfInterrupted(signal);
      throw error;
    }
  },
  randomBytes: (size) => randomBytes(size),
};
