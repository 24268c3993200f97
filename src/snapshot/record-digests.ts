import { hash } from 'node:crypto';

/** Whole 64 bits: among a million users two share a digest by chance with a probability of 3 in 100 million. */
export const DIGEST_BYTES = 8;

/**
 * Digests of `sub` values under a salt of the snapshot: they tell who comes twice and whose membership has no user when the
 * parts themselves cannot be read any more. Without the salt, which goes with the checkpoint, they mean nothing.
 */
export function digestsOf(salt: string, values: readonly string[]): Uint8Array {
  const digests = Buffer.allocUnsafe(values.length * DIGEST_BYTES);
  for (const [index, value] of values.entries()) {
    hash('sha256', `${salt}${value}`, 'buffer').copy(digests, index * DIGEST_BYTES, 0, DIGEST_BYTES);
  }
  return digests;
}

/** Digests, sorted: 8 bytes each. */
export class DigestSet {
  readonly #values: BigUint64Array;

  constructor(digests: readonly Uint8Array[]) {
    const bytes = new Uint8Array(digests.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const some of digests) {
      bytes.set(some, at);
      at += some.length;
    }
    this.#values = new BigUint64Array(bytes.buffer).sort();
  }

  /** How many are there a second time. */
  repeats(): number {
    let repeats = 0;
    for (let index = 1; index < this.#values.length; index += 1) {
      if (this.#values[index] === this.#values[index - 1]) repeats += 1;
    }
    return repeats;
  }

  /** How many of others are not among these. */
  countMissing(digests: Uint8Array): number {
    return this.missingOf(digests).length;
  }

  /** Which of others are not among these, counted from 0. */
  missingOf(digests: Uint8Array): readonly number[] {
    const others = new BigUint64Array(Uint8Array.from(digests).buffer);
    const missing: number[] = [];
    for (let index = 0; index < others.length; index += 1) if (!this.#has(others[index]!)) missing.push(index);
    return missing;
  }

  #has(wanted: bigint): boolean {
    let low = 0;
    let high = this.#values.length - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const value = this.#values[middle]!;
      if (value === wanted) return true;
      if (value < wanted) low = middle + 1;
      else high = middle - 1;
    }
    return false;
  }
}
