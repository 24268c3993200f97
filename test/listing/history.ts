/** One value a record had, from a moment on; `undefined`: it was not there. */
export interface Version<Value> {
  readonly atMs: number;
  readonly value: Value | undefined;
}

/** A span of time, its beginning left out and its end included. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Everything one record has been. What a listing shows and what a snapshot may hold are both read from it. */
export class History<Value> {
  readonly #versions: Version<Value>[] = [];

  set(atMs: number, value: Value | undefined): void {
    this.#versions.push({ atMs, value });
  }

  get latest(): Value | undefined {
    return this.#versions.at(-1)?.value;
  }

  /** The version that was in force at a moment, and its number. */
  at(momentMs: number): { readonly value: Value | undefined; readonly version: number } {
    const version = this.#versions.findLastIndex(({ atMs }) => atMs <= momentMs);
    return { value: this.#versions[version]?.value, version };
  }

  changedIn({ fromMs, toMs }: Span): boolean {
    return this.#versions.some(({ atMs }) => atMs > fromMs && atMs <= toMs);
  }

  /** Every value that was in force at some moment of the span. */
  valuesIn(span: Span): readonly Value[] {
    const within = this.#versions.filter(({ atMs }) => atMs > span.fromMs && atMs <= span.toMs);
    return [this.at(span.fromMs).value, ...within.map(({ value }) => value)].filter((value) => value !== undefined);
  }
}
