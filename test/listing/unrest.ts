import { USER_STATUSES, type User } from '../../src/model/user.ts';
import type { SeededRandom } from '../../src/simulator/seeded-random.ts';
import { History } from './history.ts';
import { membershipKey, type ShiftingPool } from './shifting-pool.ts';

export interface UnrestOptions {
  readonly random: SeededRandom;
  /** Users and groups that nobody touches once they are there. */
  readonly stableUsers: number;
  readonly stableGroups: number;
  /** Those that come, change and go. */
  readonly volatileUsers: number;
  readonly volatileGroups: number;
}

/** What people do to a pool while it is backed up. Names of deleted users and groups are used again. */
export class Unrest {
  readonly #pool: ShiftingPool;
  readonly #random: SeededRandom;
  readonly #volatileSubs: string[] = [];
  readonly #volatileGroups: string[] = [];
  readonly #volatileMemberships: string[] = [];
  #made = 0;

  constructor(pool: ShiftingPool, options: UnrestOptions) {
    this.#pool = pool;
    this.#random = options.random;
    for (let index = 0; index < options.stableUsers; index += 1) this.#createUser();
    for (let index = 0; index < options.stableGroups; index += 1) this.#setGroup(`stable-${index}`);
    this.#joinAtRandom(0.4, () => undefined);
    for (let index = 0; index < options.volatileUsers; index += 1) this.#volatileSubs.push(this.#createUser());
    for (let index = 0; index < options.volatileGroups; index += 1) {
      this.#volatileGroups.push(`volatile-${index}`);
      this.#setGroup(`volatile-${index}`);
    }
    this.#joinAtRandom(0.2, (key) => this.#volatileMemberships.push(key));
  }

  /** One change of something that is not stable. */
  change(): void {
    const kind = this.#random.below(12);
    if (kind < 2) this.#volatileSubs.push(this.#createUser());
    else if (kind < 5) this.#changeUser();
    else if (kind < 7) this.#deleteUser();
    else if (kind < 9) this.#join();
    else if (kind < 10) this.#leave();
    else if (kind < 11) this.#setGroup(this.#pick(this.#volatileGroups));
    else this.#deleteGroup();
  }

  #createUser(): string {
    this.#made += 1;
    const sub = `${this.#random.hex(8)}-0000-4000-8000-${this.#made.toString(16).padStart(12, '0')}`;
    // A dozen names only: one may be free again because its user was deleted.
    const user = { username: `user-${this.#random.below(12)}-${this.#made % 3}`, sub, ...this.#content() };
    this.#record(this.#pool.users, sub, user);
    return sub;
  }

  #content(): Omit<User, 'sub' | 'username'> {
    return {
      status: USER_STATUSES[this.#random.below(USER_STATUSES.length)]!,
      enabled: this.#random.fraction() < 0.7,
      attributes: [['name', this.#random.hex(6)]],
      createdAt: new Date(this.#pool.nowMs - 1_000_000).toISOString(),
      modifiedAt: new Date(this.#pool.nowMs).toISOString(),
    };
  }

  #changeUser(): void {
    const sub = this.#pick(this.#volatileSubs);
    const user = this.#pool.users.get(sub)?.latest;
    if (user) this.#record(this.#pool.users, sub, { ...user, ...this.#content(), createdAt: user.createdAt });
  }

  #deleteUser(): void {
    const sub = this.#pick(this.#volatileSubs);
    if (!this.#pool.users.get(sub)?.latest) return;
    this.#record(this.#pool.users, sub, undefined);
    this.#endMemberships((key) => key.endsWith(`\0${sub}`));
  }

  #setGroup(name: string): void {
    if (name === '') return;
    const at = new Date(this.#pool.nowMs).toISOString();
    const createdAt = this.#pool.groups.get(name)?.latest?.createdAt ?? at;
    this.#record(this.#pool.groups, name, { name, description: this.#random.hex(4), createdAt, modifiedAt: at });
  }

  #deleteGroup(): void {
    const name = this.#pick(this.#volatileGroups);
    if (!this.#pool.groups.get(name)?.latest) return;
    this.#record(this.#pool.groups, name, undefined);
    this.#endMemberships((key) => key.startsWith(`${name}\0`));
  }

  #join(): void {
    const group = this.#pick([...this.#pool.groups.keys()]);
    const sub = this.#pick([...this.#pool.users.keys()]);
    const key = membershipKey(group, sub);
    if (!this.#pool.groups.get(group)?.latest || !this.#pool.users.get(sub)?.latest) return;
    if (this.#pool.memberships.get(key)?.latest) return;
    this.#volatileMemberships.push(key);
    this.#record(this.#pool.memberships, key, true);
  }

  #leave(): void {
    const key = this.#pick(this.#volatileMemberships);
    if (this.#pool.memberships.get(key)?.latest) this.#record(this.#pool.memberships, key, undefined);
  }

  #joinAtRandom(chance: number, joined: (key: string) => void): void {
    for (const group of this.#pool.groups.keys()) {
      for (const sub of this.#pool.users.keys()) {
        const key = membershipKey(group, sub);
        if (this.#pool.memberships.has(key) || this.#random.fraction() >= chance) continue;
        this.#record(this.#pool.memberships, key, true);
        joined(key);
      }
    }
  }

  #endMemberships(goes: (key: string) => boolean): void {
    for (const [key, { latest }] of this.#pool.memberships) {
      if (latest && goes(key)) this.#record(this.#pool.memberships, key, undefined);
    }
  }

  #record<Value>(records: Map<string, History<Value>>, id: string, value: Value | undefined): void {
    const history = records.get(id) ?? new History<Value>();
    records.set(id, history);
    history.set(this.#pool.nowMs, value);
  }

  #pick(from: readonly string[]): string {
    return from[this.#random.below(from.length)] ?? '';
  }
}
