import { BackupError, isBackupError } from '../model/errors.ts';
import type { Runtime } from '../runtime/runtime.ts';

/** What Lambda passes beside the event; the part that is used. */
export interface LambdaContext {
  readonly awsRequestId: string;
  getRemainingTimeInMillis(): number;
}

const LONGEST_MARGIN_MS = 30_000;
const MARGIN_SHARE = 0.1;
/** The part of the margin that is left when work that did not stop by itself is cut off. */
const LAST_SHARE = 1 / 3;

/** Milliseconds before its end at which a call stops to take up work. */
export const MARGIN_VARIABLE = 'COGNITO_BACKUP_DEADLINE_MARGIN_MS';

/** The time of one call: when to stop taking up work, and when to cut off what is under way. */
export class TimeBudget {
  readonly #context: LambdaContext;
  readonly #marginMs: number;
  readonly #cut = new AbortController();
  readonly #closed = new AbortController();

  /** Throws `usage` for a margin in the environment that is no number. */
  constructor(context: LambdaContext, runtime: Runtime, env: Readonly<Record<string, string | undefined>>) {
    const remainingMs = context.getRemainingTimeInMillis();
    this.#context = context;
    this.#marginMs = marginOf(env) ?? Math.min(LONGEST_MARGIN_MS, remainingMs * MARGIN_SHARE);
    const cutMs = Math.max(0, remainingMs - this.#marginMs * LAST_SHARE);
    runtime.sleep(cutMs, this.#closed.signal).then(
      () => this.#cut.abort(tooShort()),
      () => {},
    );
  }

  /** Aborts shortly before Lambda would end the process. */
  get signal(): AbortSignal {
    return this.#cut.signal;
  }

  isSpent(): boolean {
    return !this.hasRoomFor(0);
  }

  hasRoomFor(workMs: number): boolean {
    return this.#context.getRemainingTimeInMillis() - this.#marginMs > workMs;
  }

  /** Whether an error says that this call's time has run out. */
  hasCaused(error: unknown): boolean {
    return this.signal.aborted && isBackupError(error, 'interrupted');
  }

  /**
   * Does work that cannot be cut into slices. A call that did something else before leaves it to the next call, which has
   * all its time for it: `undefined`. Throws `interrupted` where even a whole call is too short.
   */
  async whole<Result>(
    work: (signal: AbortSignal) => Promise<Result>,
    { isFirst }: { readonly isFirst: boolean },
  ): Promise<Result | undefined> {
    if (!isFirst && this.isSpent()) return undefined;
    try {
      return await work(this.signal);
    } catch (error) {
      if (isFirst || !this.hasCaused(error)) throw error;
      return undefined;
    }
  }

  close(): void {
    this.#closed.abort();
  }
}

function marginOf(env: Readonly<Record<string, string | undefined>>): number | undefined {
  const text = env[MARGIN_VARIABLE];
  if (text === undefined || text === '') return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  throw new BackupError('usage', `${MARGIN_VARIABLE} is not a number of milliseconds`);
}

function tooShort(): BackupError {
  return new BackupError('interrupted', 'The time of this call is over', {
    hint: 'Call again with the same event: finished work is kept. If that repeats, give the function more time or memory',
  });
}
