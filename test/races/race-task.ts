/** What a racer is told to do, a JSON line on its stdin. */
export type RaceTask =
  | { readonly kind: 'put-if-absent'; readonly key: string; readonly text: string; readonly size: number }
  | {
      readonly kind: 'put-if-match';
      readonly key: string;
      readonly text: string;
      readonly size: number;
      readonly etag: string;
    }
  /** Adds one to a number in the storage, `times` times, by putIfMatch. Answers how often somebody else was faster. */
  | { readonly kind: 'count'; readonly key: string; readonly times: number }
  /** Puts an object and deletes it, again and again. */
  | { readonly kind: 'churn'; readonly key: string; readonly text: string; readonly times: number }
  /** Puts an object into a folder and never comes back from this step of it (`unlink`: of a lock); says `hangs` there. */
  | { readonly kind: 'hang'; readonly key: string; readonly in: 'rename' | 'unlink' }
  | { readonly kind: 'backup'; readonly pool: string; readonly listing: 'single' | 'sharded'; readonly maxRps?: number }
  | ({ readonly kind: 'restore'; readonly source: string; readonly snapshot: string } & ApplyTask)
  | ({ readonly kind: 'clean' } & ApplyTask);

interface ApplyTask {
  readonly target: string;
  readonly leaseMs?: number;
  /**
   * Stops the whole process (SIGSTOP) while it waits for the slot of its nth call of an operation, with nothing under way;
   * says `stalls` just before.
   */
  readonly stall?: { readonly operation: string; readonly nth: number };
}

/** What became of it, a JSON line on its stdout. */
export type RaceAnswer = { readonly value: unknown } | { readonly code: string; readonly message: string };
