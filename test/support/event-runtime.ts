import { throwIfInterrupted } from '../../src/runtime/interruption.ts';
import { manualRuntime } from '../../src/runtime/manual-runtime.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';

interface Sleeper {
  readonly atMs: number;
  readonly order: number;
  readonly wake: () => void;
}

/**
 * A runtime whose time stands still while anything runs and jumps to the next sleeper when nothing does: many who sleep at
 * once take as long as the longest, as in life, and nobody waits. Randomness is a seeded sequence.
 *
 * What waits for a socket counts as nothing running: time may pass it by.
 */
export function eventRuntime(seed = 1, startAt: Date | string = '2026-11-22T12:00:00.000Z'): Runtime {
  const startMs = new Date(startAt).getTime();
  const sleepers: Sleeper[] = [];
  let elapsedMs = 0;
  let order = 0;
  let isPumping = false;

  const pump = (): void => {
    const next = takeEarliest(sleepers);
    isPumping = sleepers.length > 0;
    if (isPumping) setImmediate(pump);
    if (!next) return;
    elapsedMs = Math.max(elapsedMs, next.atMs);
    next.wake();
  };

  return {
    now: () => new Date(startMs + elapsedMs),
    monotonicMs: () => elapsedMs,
    randomBytes: manualRuntime(startAt, seed).randomBytes,
    sleep: async (delayMs, signal) => {
      throwIfInterrupted(signal);
      await new Promise<void>((resolve) => {
        const sleeper: Sleeper = {
          atMs: elapsedMs + Math.max(0, delayMs),
          order: (order += 1),
          wake: () => {
            signal?.removeEventListener('abort', leave);
            resolve();
          },
        };
        const leave = (): void => {
          sleepers.splice(sleepers.indexOf(sleeper), 1);
          resolve();
        };
        signal?.addEventListener('abort', leave, { once: true });
        sleepers.push(sleeper);
        if (!isPumping) setImmediate(pump);
        isPumping = true;
      });
      throwIfInterrupted(signal);
    },
  };
}

/** A few dozen sleep at once: looking through them is quick enough. */
function takeEarliest(sleepers: Sleeper[]): Sleeper | undefined {
  let earliest = 0;
  for (let index = 1; index < sleepers.length; index += 1) {
    if (isBefore(sleepers[index], sleepers[earliest])) earliest = index;
  }
  return sleepers.splice(earliest, 1)[0];
}

function isBefore(one: Sleeper | undefined, other: Sleeper | undefined): boolean {
  if (!one || !other) return false;
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);
}
