/** What a finished process has used. */
export interface ProcessFigures {
  /** The largest resident set. */
  readonly peakBytes: number;
  /** User and system time of all its threads. */
  readonly cpuMs: number;
  /** From the moment Node was up to the exit. */
  readonly elapsedMs: number;
  /** Resident megabytes, one a second, where asked for. */
  readonly samples: readonly number[];
}
