/** Where a slice goes on: the first entry that is not carried out yet. */
export interface Cursor {
  readonly stage: number;
  readonly entry: number;
}

/** Which entries of a round are carried out. Entries of several stages run side by side and finish in any order. */
export class RoundProgress {
  readonly #open = new Map<number, { readonly finished: boolean[]; readonly entries: number; prefix: number }>();
  readonly #from: Cursor;
  #next: number;

  constructor(from: Cursor) {
    this.#from = from;
    this.#next = from.stage;
  }

  /** Says at which entry of the stage to begin. */
  begin(stage: number, entries: number): number {
    const prefix = stage === this.#from.stage ? this.#from.entry : 0;
    this.#next = stage + 1;
    if (prefix < entries) this.#open.set(stage, { finished: [], entries, prefix });
    return prefix;
  }

  finishEntry(stage: number, index: number): void {
    const open = this.#open.get(stage);
    if (!open) return;
    open.finished[index] = true;
    while (open.finished[open.prefix]) open.prefix += 1;
    if (open.prefix === open.entries) this.#open.delete(stage);
  }

  finishStage(stage: number): void {
    this.#next = stage + 1;
  }

  cursor(): Cursor {
    const stage = Math.min(this.#next, ...this.#open.keys());
    return { stage, entry: this.#open.get(stage)?.prefix ?? (stage === this.#from.stage ? this.#from.entry : 0) };
  }
}
