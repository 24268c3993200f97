import { NumberSet } from '../runtime/number-set.ts';

/**
 * A compact set of `sub` values: 8 bytes a value instead of a string.
 * It keeps a hash of 53 bits in a double: among a million users two different values share one with a probability of about 6
 * in 100,000, so a duplicate found here has to be confirmed by comparing the values. The hash is none of cryptography, which
 * would take a tenth of the time of `verify`: whoever can choose the `sub` of users in a vault can choose everything else too.
 */
export class SubDigests {
  readonly #digests: NumberSet;

  constructor(expected = 0) {
    this.#digests = new NumberSet(expected);
  }

  add(sub: string): void {
    this.#digests.add(digestOf(sub));
  }

  has(sub: string): boolean {
    return this.#digests.has(digestOf(sub));
  }

  /** A test for values that were (or seem to have been) added more than once; `undefined` when there are none. */
  repeated(): ((sub: string) => boolean) | undefined {
    const repeated = this.#digests.repeated();
    return repeated.size === 0 ? undefined : (sub) => repeated.has(digestOf(sub));
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
