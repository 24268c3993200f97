import { createHash } from 'node:crypto';
import type { User } from '../../model/user.ts';
import type { IdentityLink } from '../../plan/entries.ts';
import { linkKey, linksOf } from '../../plan/identity-links.ts';

/**
 * The identities at providers that users of the target have, as their own or linked: AdminLinkProviderForUser takes none of them
 * a second time. Eight bytes each, because a pool may consist of such users; two of a million share a hash about never.
 */
export class TakenIdentities {
  #hashes = new Float64Array(64);
  #count = 0;
  #isSorted = true;

  add(user: Pick<User, 'attributes'>): void {
    for (const link of linksOf(user)) {
      if (this.#count === this.#hashes.length) {
        const grown = new Float64Array(this.#hashes.length * 2);
        grown.set(this.#hashes);
        this.#hashes = grown;
      }
      this.#hashes[this.#count] = hashOf(link);
      this.#count += 1;
      this.#isSorted = false;
    }
  }

  has(link: IdentityLink): boolean {
    if (this.#count === 0) return false;
    if (!this.#isSorted) {
      this.#hashes.subarray(0, this.#count).sort();
      this.#isSorted = true;
    }
    return this.#find(hashOf(link));
  }

  #find(wanted: number): boolean {
    let from = 0;
    let to = this.#count;
    while (from < to) {
      const middle = (from + to) >>> 1;
      const hash = this.#hashes[middle] ?? 0;
      if (hash === wanted) return true;
      if (hash < wanted) from = middle + 1;
      else to = middle;
    }
    return false;
  }
}

/** 48 bits, which a double holds. */
function hashOf(link: IdentityLink): number {
  return createHash('sha256').update(linkKey(link)).digest().readUIntBE(0, 6);
}
