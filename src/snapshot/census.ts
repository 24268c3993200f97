import type { UserStatus } from '../model/user.ts';
import type { CallOptions } from '../storage/storage.ts';
import type { PartEntry, SnapshotTotals } from './manifest.ts';
import { readParts, type PartSource } from './read-part.ts';
import { scanUsers } from './scan-part.ts';
import type { ScannedMembership, ScannedUser } from './scan-records.ts';
import { SubDigests } from './sub-digests.ts';

/** Counts what a snapshot holds, and knows whom it holds: 8 bytes a user. Users and groups come before memberships. */
export class Census {
  readonly #subs: SubDigests;
  readonly #groups = new Set<string>();
  readonly #byStatus = new Map<UserStatus, number>();
  #users = 0;
  #enabled = 0;
  #factors = 0;
  #memberships = 0;
  #orphans = 0;

  constructor(expectedUsers: number) {
    this.#subs = new SubDigests(expectedUsers);
  }

  addUser(user: ScannedUser): void {
    this.#users += 1;
    if (user.enabled) this.#enabled += 1;
    if (user.factors) this.#factors += 1;
    this.#byStatus.set(user.status, (this.#byStatus.get(user.status) ?? 0) + 1);
    this.#subs.add(user.sub);
  }

  /** Answers false for a name that was there before. */
  addGroup(name: string): boolean {
    const before = this.#groups.size;
    return this.#groups.add(name).size > before;
  }

  /** Answers false for an orphan, which is counted apart. */
  addMembership({ sub }: ScannedMembership): boolean {
    const hasUser = this.#subs.has(sub);
    if (hasUser) this.#memberships += 1;
    else this.#orphans += 1;
    return hasUser;
  }

  hasGroup(name: string): boolean {
    return this.#groups.has(name);
  }

  /**
   * How many users come a second time in the parts counted before. Digests only seem equal at times, so the users behind
   * equal ones are read again and compared.
   */
  async countRepeatedUsers(source: PartSource, entries: readonly PartEntry[], options: CallOptions): Promise<number> {
    const mayRepeat = this.#subs.repeated();
    if (mayRepeat === undefined) return 0;
    const seen = new Set<string>();
    let suspects = 0;
    for await (const part of readParts(source, entries, options)) {
      for (const { sub } of scanUsers(part)) {
        if (!mayRepeat(sub)) continue;
        suspects += 1;
        seen.add(sub);
      }
    }
    return suspects - seen.size;
  }

  totals(): SnapshotTotals {
    return {
      users: this.#users,
      byStatus: Object.fromEntries(this.#byStatus),
      enabled: this.#enabled,
      disabled: this.#users - this.#enabled,
      ...(this.#factors > 0 && { factors: this.#factors }),
      groups: this.#groups.size,
      memberships: this.#memberships,
      orphans: this.#orphans,
    };
  }
}
