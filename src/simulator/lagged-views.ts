import type { SeededRandom } from './seeded-random.ts';

export interface LagOptions {
  /** The longest lag; each write draws its own, seeded. */
  readonly lagMs: number;
  readonly random: SeededRandom;
  readonly clock: () => number;
}

interface Step<View> {
  readonly visibleAt: number;
  /** What was shown before the write; `undefined`: nothing. */
  readonly before: View | undefined;
}

/**
 * Old views of records whose latest writes the listings do not show yet. Writes to one record become visible in order: the
 * first that is not visible yet hides the later ones.
 */
export class LaggedViews<Key, View> {
  readonly #options: LagOptions;
  readonly #onVisible: (key: Key) => void;
  readonly #steps = new Map<Key, Step<View>[]>();
  #queue: { readonly key: Key; readonly visibleAt: number }[] = [];
  #head = 0;

  /** `onVisible` is called some time after a record's last write became visible. */
  constructor(options: LagOptions, onVisible: (key: Key) => void) {
    this.#options = options;
    this.#onVisible = onVisible;
  }

  /** To be called before each write, with what listings would show now. */
  record(key: Key, before: () => View | undefined): void {
    const { lagMs, random, clock } = this.#options;
    if (lagMs <= 0) {
      this.#onVisible(key);
      return;
    }
    this.settle();
    const steps = this.#steps.get(key) ?? [];
    steps.push({ visibleAt: clock() + random.fraction() * lagMs, before: before() });
    this.#steps.set(key, steps);
    this.#queue.push({ key, visibleAt: clock() + lagMs });
  }

  /** What listings show of the record while it lags; `undefined` when the live record is what they show. */
  shown(key: Key): { readonly view: View | undefined } | undefined {
    const steps = this.#steps.get(key);
    if (!steps) return undefined;
    const now = this.#options.clock();
    const step = steps.find((candidate) => candidate.visibleAt > now);
    return step ? { view: step.before } : undefined;
  }

  /** Forgets the views that are out of date by now; call it before reading a page. */
  settle(): void {
    const now = this.#options.clock();
    for (let entry = this.#queue[this.#head]; entry && entry.visibleAt <= now; entry = this.#queue[++this.#head]) {
      const last = this.#steps.get(entry.key)?.at(-1);
      if (last && last.visibleAt > now) continue;
      if (this.#steps.delete(entry.key)) this.#onVisible(entry.key);
    }
    if (this.#head > 1024 && this.#head * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
  }
}
