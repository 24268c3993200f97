import { hash } from 'node:crypto';

/** Whole 64 bits: among a million users two share a digest by chance with a probability of 3 in 100 million. */
export const DIGEST_BYTES = 8;

/**
 * Digests of `sub` values under a salt of the snapshot: they tell who comes twice and whose membership has no user when the
 * parts themselves cannot be read any more. Without the salt, which goes with the checkpoint, they mean nothing.
 */
export function digestsOf(salt: string, values: readonly string[]): Uint8Array {
  const digests = Buffer.allocUnsafe(values.length * DIGEST_BYTES);
  // As text: a buffer for each hash would cost twice the time (measured 2026-11).
  for (const [index, value] of values.entries()) {
    digests.write(hash('sha256', `${salt}${value}`, 'hex'), index * DIGEST_BYTES, DIGEST_BYTES, 'hex');
  }
  return digests;
}

/** Digests, sorted when the first question comes: 8 bytes for each of `count`, and nothing beside them. */
export class DigestSet {
  readonly #room: Uint8Array;
  #used = 0;
  #sorted: BigUint64Array | undefined;

  constructor(count: number) {
    this.#room = new Uint8Array(count * DIGEST_BYTES);
  }

  /** Throws `RangeError` where there are more than were announced. */
  add(digests: Uint8Array): void {
    this.#room.set(digests, this.#used);
    this.#used += digests.length;
    this.#sorted = undefined;
  }

  /** How many are there a second time. */
  repeats(): number {
    const values = this.#values();
    let repeats = 0;
    for (let index = 1; index < values.length; index += 1) {
      if (values[index] === values[index - 1]) repeats += 1;
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
    const values = this.#values();
    const missing: number[] = [];
    for (let index = 0; index < others.length; index += 1) if (!holds(values, others[index]!)) missing.push(index);
    return missing;
  }

  #values(): BigUint64Array {
    return (this.#sorted ??= new BigUint64Array(this.#room.buffer, 0, this.#used / DIGEST_BYTES).sort());
  }
}

function holds(sorted: BigUint64Array, wanted: bigint): boolean {
  let low = 0;
  let high = sorted.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const value = sorted[middle]!;
    if (value === wanted) return true;
    if (value < wanted) low = middle + 1;
    else high = middle - 1;
  }
  return false;
}
