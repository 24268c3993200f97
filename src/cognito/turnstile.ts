import { throwIfInterrupted } from '../runtime/interruption.ts';

/** Lets one caller in at a time, in the order they came; one that aborts leaves the queue. */
export class Turnstile {
  readonly #waiting = new Set<() => void>();
  #isTaken = false;

  /** Resolves, when it is the caller's turn, with the function that ends it. Rejects with `interrupted`. */
  async enter(signal?: AbortSignal): Promise<() => void> {
    throwIfInterrupted(signal);
    if (this.#isTaken) await this.#wait(signal);
    else this.#isTaken = true;
    return () => this.#letNextIn();
  }

  #wait(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const enter = () => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      const leave = () => {
        this.#waiting.delete(enter);
        try {
          throwIfInterrupted(signal);
        } catch (error) {
          reject(error);
        }
      };
      this.#waiting.add(enter);
      signal?.addEventListener('abort', leave, { once: true });
    });
  }

  #letNextIn(): void {
    const [next] = this.#waiting;
    if (!next) {
      this.#isTaken = false;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}
