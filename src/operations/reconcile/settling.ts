import type { Runtime } from '../../runtime/runtime.ts';

const FIRST_DELAY_MS = 1_000;
const MAX_DELAY_MS = 16_000;
/** Lists lag writes by an unknown time; the simulator takes up to 30 s. COGNITO-FACTS §4 [D, duration unknown]. */
const LONGEST_LAG_MS = 31_000;
/** A target that somebody else writes to never looks the same twice; what it looks like then is the result. */
const MOST_LOOKS = 12;

/** Decides, after writes, when listings can be believed. */
export class Settling {
  readonly #runtime: Runtime;
  #sinceMs: number;
  #sleptMs = 0;
  #delayMs = FIRST_DELAY_MS;
  #looks = 0;
  #lags: boolean;

  /** `agoMs`: how long ago the latest writes were made, by an earlier slice. */
  constructor(runtime: Runtime, agoMs = 0) {
    this.#runtime = runtime;
    this.#sinceMs = runtime.monotonicMs() - agoMs;
    this.#lags = true;
  }

  /** To be called when a round is carried out; one that wrote nothing leaves nothing to wait for. */
  begin(hasWritten: boolean): void {
    this.#sinceMs = this.#runtime.monotonicMs();
    this.#sleptMs = 0;
    this.#delayMs = FIRST_DELAY_MS;
    this.#looks = 0;
    this.#lags = hasWritten;
  }

  /** To be called before each listing. */
  look(): void {
    this.#looks += 1;
    const elapsedMs = Math.max(this.#sleptMs, this.#runtime.monotonicMs() - this.#sinceMs);
    if (elapsedMs >= LONGEST_LAG_MS) this.#lags = false;
  }

  /** Whether the latest listing began late enough to show every write. */
  get isSettled(): boolean {
    return !this.#lags || this.isWorn;
  }

  /** Whether there have been listings enough. */
  get isWorn(): boolean {
    return this.#looks >= MOST_LOOKS;
  }

  /** How long to wait for the next listing. */
  nextDelayMs(): number {
    const delayMs = this.#delayMs;
    this.#delayMs = Math.min(delayMs * 2, MAX_DELAY_MS);
    this.#sleptMs += delayMs;
    return delayMs;
  }
}
