import type { BackupEvent, Observer, Phase } from '../../model/events.ts';
import type { Runtime } from '../../runtime/runtime.ts';

const WRITES_USERS: ReadonlySet<Phase> = new Set(['apply-users', 'import-job']);

/** How long a restore writes users, by the phases that it tells its host: what else it does takes as long for fewer of them. */
export class WritingTime {
  readonly #runtime: Runtime;
  #sinceMs: number | undefined;
  #totalMs = 0;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /** Listens, and hands everything on. */
  watch(observer: Observer): Observer {
    return (event) => {
      this.#note(event);
      observer(event);
    };
  }

  /** Up to now. */
  totalMs(): number {
    return this.#totalMs + (this.#sinceMs === undefined ? 0 : this.#runtime.monotonicMs() - this.#sinceMs);
  }

  #note(event: BackupEvent): void {
    if (event.kind !== 'phase') return;
    this.#totalMs = this.totalMs();
    this.#sinceMs = WRITES_USERS.has(event.phase) ? this.#runtime.monotonicMs() : undefined;
  }
}
