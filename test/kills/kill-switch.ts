/** When a process dies: before its `k`-th mutation happens, or after it happened and before its answer is seen. */
export interface Kill {
  readonly k: number;
  readonly when: 'before' | 'after';
}

/**
 * One counter over every mutation of one life of a process. Once it has died, nothing it asks for is ever answered: no
 * `catch` and no `finally` of it runs on, just as after SIGKILL. What was under way at that moment still takes effect.
 */
export class KillSwitch {
  /** The mutations begun so far, by name. */
  readonly names: string[] = [];
  /** Resolves when the process has died and what was under way has ended. */
  readonly died: Promise<void>;
  readonly #kill: Kill | undefined;
  readonly #underWay = new Set<Promise<unknown>>();
  #dead = false;
  #tellDeath: () => void = () => {};

  constructor(kill?: Kill) {
    this.#kill = kill;
    this.died = new Promise<void>((resolve) => {
      this.#tellDeath = resolve;
    }).then(() => this.#settle());
  }

  get isDead(): boolean {
    return this.#dead;
  }

  /** Carries out what changes the world. */
  async mutate<T>(name: string, work: () => Promise<T>): Promise<T> {
    if (this.#dead) return never();
    const isFatal = this.names.push(name) === this.#kill?.k;
    if (isFatal && this.#kill?.when === 'before') return this.#die();
    return this.#answer(work, isFatal);
  }

  /** Carries out what only looks. */
  async look<T>(work: () => Promise<T>): Promise<T> {
    return this.#dead ? never() : this.#answer(work, false);
  }

  async *lookAtEach<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
    const iterator = items[Symbol.asyncIterator]();
    for (;;) {
      const next = await this.look(() => iterator.next());
      if (next.done) return;
      yield next.value;
    }
  }

  async #answer<T>(work: () => Promise<T>, isFatal: boolean): Promise<T> {
    const task = work();
    this.#underWay.add(task);
    try {
      return await task;
    } finally {
      this.#underWay.delete(task);
      if (isFatal) await this.#die();
      if (this.#dead) await never();
    }
  }

  #die(): Promise<never> {
    this.#dead = true;
    this.#tellDeath();
    return never();
  }

  async #settle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay);
  }
}

function never(): Promise<never> {
  return new Promise(() => {});
}
