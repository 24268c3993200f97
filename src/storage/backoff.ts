import { isBackupError } from '../model/errors.ts';
import type { Observer } from '../model/events.ts';
import type { Runtime } from '../runtime/runtime.ts';

export interface BackoffOptions {
  readonly runtime: Runtime;
  readonly observer?: Observer;
  /** Tries in all before `unavailable` is passed on; 8 where absent. */
  readonly attempts?: number;
}

/** With the delays below: about fifteen seconds of patience on average, half a minute at most. */
const ATTEMPTS = 8;
const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 15_000;

/** The patience of one call: exponential backoff with full jitter, for `unavailable` alone. */
export class Backoff {
  readonly #operation: string;
  readonly #options: BackoffOptions;
  readonly #signal: AbortSignal | undefined;
  #failures = 0;

  constructor(operation: string, options: BackoffOptions, signal: AbortSignal | undefined) {
    this.#operation = operation;
    this.#options = options;
    this.#signal = signal;
  }

  /** Waits before the next try; throws the error itself where there is to be none: `mostAttempts` can end it earlier. */
  async waitAfter(error: unknown, mostAttempts = Infinity): Promise<void> {
    const { runtime, observer, attempts = ATTEMPTS } = this.#options;
    this.#failures += 1;
    if (!isBackupError(error, 'unavailable') || this.#failures >= Math.min(attempts, mostAttempts)) throw error;
    observer?.({
      kind: 'retried',
      operation: this.#operation,
      attempt: this.#failures,
      reason: error.awsName ?? error.code,
    });
    const ceilingMs = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (this.#failures - 1));
    await runtime.sleep(randomFraction(runtime) * ceilingMs, this.#signal);
  }

  /** Something came through: the next failure is a first one again. */
  reset(): void {
    this.#failures = 0;
  }
}

function randomFraction(runtime: Runtime): number {
  const [a = 0, b = 0] = runtime.randomBytes(2);
  return (a * 256 + b) / 65_536;
}
