import { createHash } from 'node:crypto';
import type { User } from '../../model/user.ts';
import type { IdentityLink } from '../../plan/entries.ts';
import { linkKey, linksOf } from '../../plan/identity-links.ts';
import { NumberSet } from '../../runtime/number-set.ts';

/**
 * The identities at providers that users of the target have, as their own or linked: AdminLinkProviderForUser takes none of them
 * a second time. Eight bytes each, because a pool may consist of such users; two of a million share a hash about never.
 */
export class TakenIdentities {
  readonly #hashes = new NumberSet();

  add(user: Pick<User, 'attributes'>): void {
    for (const link of linksOf(user)) this.#hashes.add(hashOf(link));
  }

  has(link: IdentityLink): boolean {
    return this.#hashes.has(hashOf(link));
  }
}

/** 48 bits, which a double holds. */
function hashOf(link: IdentityLink): number {
  return createHash('sha256').update(linkKey(link)).digest().readUIntBE(0, 6);
}
