import type { PoolId } from '../../model/ids.ts';
import { attributeOf, type User } from '../../model/user.ts';
import type { Erasures } from '../../snapshot/erasures.ts';

/** Attributes whose value means one person. */
const NAMING = ['email', 'phone_number', 'preferred_username'];

/**
 * Whom an erasure is about: those in the ledger, known by hashes, and those who are asked for now; with all that was
 * learnt of how they are called. Lives as long as the operation, and is written nowhere.
 */
export class ErasedPeople {
  readonly #ledger: Erasures;
  readonly #subs: Set<string>;
  readonly #names = new Map<PoolId, Set<string>>();
  readonly #met = new Set<string>();

  constructor(ledger: Erasures, subs: readonly string[]) {
    this.#ledger = ledger;
    this.#subs = new Set(subs);
  }

  /** Everybody known by `sub`. */
  get subs(): ReadonlySet<string> {
    return this.#subs;
  }

  /** Those of them who came up somewhere in the vault. */
  get met(): ReadonlySet<string> {
    return this.#met;
  }

  get isEmpty(): boolean {
    return this.#ledger.size + this.#subs.size === 0;
  }

  has(sub: string): boolean {
    const isErased = this.#subs.has(sub) || this.#ledger.has(sub);
    if (isErased) this.#met.add(sub);
    return isErased;
  }

  /** The same person under another `sub`, in a pool that they were restored to. Answers whether that is new. */
  add(sub: string): boolean {
    if (sub === '' || this.has(sub)) return false;
    this.#subs.add(sub);
    this.#met.add(sub);
    return true;
  }

  /** Takes note of what an erased person is called in a pool. */
  learn(poolId: PoolId, names: Iterable<string>): void {
    const known = this.#names.get(poolId) ?? new Set();
    for (const name of names) if (name !== '') known.add(name.toLowerCase());
    this.#names.set(poolId, known);
  }

  /** Whether a text is what an erased person is called in one of the pools. */
  isName(text: string, pools: readonly PoolId[]): boolean {
    const folded = text.toLowerCase();
    return pools.some((poolId) => this.#names.get(poolId)?.has(folded) === true);
  }
}

/** What somebody goes by who has no `sub` beside it, in the files of an import and in what Cognito refused. */
export function namesOf(user: User): readonly string[] {
  return [user.username, ...NAMING.flatMap((name) => attributeOf(user, name) ?? [])];
}
