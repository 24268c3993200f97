import { setImmediate } from 'node:timers/promises';
import { throwIfInterrupted } from '../../src/runtime/interruption.ts';
import { realRuntime } from '../../src/runtime/real-runtime.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import type { KillSwitch } from './kill-switch.ts';

/** The real clock plus every wait that was skipped: nobody sleeps, and the simulator goes by the same time. */
export class SkippingClock {
  #skippedMs = 0;

  /** Milliseconds since 1970. */
  readonly now = (): number => Date.now() + this.#skippedMs;

  skip(ms: number): void {
    this.#skippedMs += ms;
  }

  /** The runtime of one life: a dead process never wakes up. */
  runtimeOf(life: KillSwitch): Runtime {
    return {
      now: () => new Date(this.now()),
      monotonicMs: this.now,
      randomBytes: realRuntime.randomBytes,
      sleep: async (delayMs, signal) => {
        throwIfInterrupted(signal);
        this.skip(Math.max(0, delayMs));
        await life.look(() => setImmediate());
        throwIfInterrupted(signal);
      },
    };
  }
}
