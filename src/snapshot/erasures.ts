import { createHmac } from 'node:crypto';
import { sha256 } from './sha256.ts';

/**
 * Who was erased from a vault, known by keyed hashes of their `sub`: it can be asked about somebody, and tells of nobody.
 */
export class Erasures {
  /** The same for the same people; empty where nobody was erased. */
  readonly fingerprint: string;
  readonly #key: string;
  readonly #hashes: ReadonlySet<string>;

  constructor(key: string, hashes: Iterable<string>) {
    this.#key = key;
    this.#hashes = new Set(hashes);
    this.fingerprint = this.#hashes.size === 0 ? '' : sha256(Buffer.from([...this.#hashes].toSorted().join('\n')));
  }

  get size(): number {
    return this.#hashes.size;
  }

  has(sub: string): boolean {
    return this.#hashes.size > 0 && this.#hashes.has(erasureHash(this.#key, sub));
  }
}

/** `key`: hex digits of 32 random bytes. */
export function erasureHash(key: string, sub: string): string {
  return createHmac('sha256', Buffer.from(key, 'hex')).update(sub).digest('hex');
}
