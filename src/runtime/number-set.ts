/** Room for more is made when they come, whatever is promised. */
const MOST_EXPECTED = 2 ** 24;
const FEWEST_EXPECTED = 1_024;

/**
 * Numbers, 8 bytes each: a million takes 8 MB where it is expected, else up to 24 while it grows. Sorted when a question comes
 * after an addition: add all, then ask.
 */
export class NumberSet {
  #values: Float64Array<ArrayBuffer>;
  #size = 0;
  #isSorted = true;

  constructor(expected = 0) {
    this.#values = new Float64Array(Math.min(Math.max(expected, FEWEST_EXPECTED), MOST_EXPECTED));
  }

  add(value: number): void {
    if (this.#size === this.#values.length) {
      const larger = new Float64Array(this.#size * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#size] = value;
    this.#size += 1;
    this.#isSorted = false;
  }

  has(value: number): boolean {
    this.#sort();
    let low = 0;
    let high = this.#size - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const found = this.#values[middle]!;
      if (found === value) return true;
      if (found < value) low = middle + 1;
      else high = middle - 1;
    }
    return false;
  }

  /** Those that were added more than once. */
  repeated(): ReadonlySet<number> {
    this.#sort();
    const repeated = new Set<number>();
    for (let index = 1; index < this.#size; index += 1) {
      const value = this.#values[index]!;
      if (value === this.#values[index - 1]) repeated.add(value);
    }
    return repeated;
  }

  #sort(): void {
    if (this.#isSorted) return;
    this.#values.subarray(0, this.#size).sort();
    this.#isSorted = true;
  }
}
