/** Time and chance, as arguments. Nothing else in the library reads a clock, sleeps or draws random numbers. */
export interface Runtime {
  /** Wall clock. */
  now(): Date;
  /** Milliseconds that never run backwards; only differences mean something. */
  monotonicMs(): number;
  /** Resolves after `delayMs`; rejects with `interrupted` when the signal aborts. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
  /** Cryptographically random bytes. */
  randomBytes(size: number): Uint8Array;
}
