/** Room for more is made when they come, whatever a manifest promises. */
const MOST_EXPECTED = 2 ** 24;

/**
 * A compact set of `sub` values: 8 bytes a value instead of a string, so a million users take 8 MB where they are expected
 * (else up to 24 while it grows).
 * It keeps a hash of 53 bits in a double: among a million users two different values share one with a probability of about 6
 * in 100,000, so a duplicate found here has to be confirmed by comparing the values. The hash is none of cryptography, which
 * would take a tenth of the time of `verify`: whoever can choose the `sub` of users in a vault can choose everything else too.
 */
export class SubDigests {
  #values: Float64Array<ArrayBuffer>;
  #size = 0;
  #sorted = true;

  constructor(expected = 0) {
    this.#values = new Float64Array(Math.min(Math.max(expected, 1024), MOST_EXPECTED));
  }

  add(sub: string): void {
    if (this.#size === this.#values.length) {
      const larger = new Float64Array(this.#size * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#size] = digestOf(sub);
    this.#size += 1;
    this.#sorted = false;
  }

  has(sub: string): boolean {
    return this.#find(digestOf(sub));
  }

  /** A test for values that were (or seem to have been) added more than once; `undefined` when there are none. */
  repeated(): ((sub: string) => boolean) | undefined {
    this.#sort();
    const repeated = new Set<number>();
    for (let index = 1; index < this.#size; index += 1) {
      if (this.#values[index] === this.#values[index - 1]) repeated.add(this.#values[index]!);
    }
    return repeated.size === 0 ? undefined : (sub) => repeated.has(digestOf(sub));
  }

  #find(digest: number): boolean {
    this.#sort();
    let low = 0;
    let high = this.#size - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const value = this.#values[middle]!;
      if (value === digest) return true;
      if (value < digest) low = middle + 1;
      else high = middle - 1;
    }
    return false;
  }

  #sort(): void {
    if (this.#sorted) return;
    this.#values.subarray(0, this.#size).sort();
    this.#sorted = true;
  }
}

/** Two lanes of 32 bits, each with an odd multiplier of its own, then mixed so that every digit moves every bit. */
function digestOf(sub: string): number {
  let high = 0x9e3779b9;
  let low = 0x85ebca6b;
  for (let index = 0; index < sub.length; index += 1) {
    const unit = sub.charCodeAt(index);
    high = Math.imul(high ^ unit, 0x01000193);
    low = Math.imul(low ^ unit, 0xcc9e2d51);
    low = (low << 13) | (low >>> 19);
  }
  return (mixed(high ^ (low >>> 15)) & 0x1fffff) * 0x1_0000_0000 + mixed(low ^ (high >>> 16));
}

/** The finaliser of MurmurHash3, which is in the public domain. */
function mixed(lane: number): number {
  let value = lane;
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
