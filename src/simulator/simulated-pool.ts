import type { AccountState } from './account-state.ts';
import type { SeedGroup, SeedUser, SimulatedUser } from './pool-config.ts';
import { linkKey, type PoolState } from './pool-state.ts';
import { checkNewAttributes } from './schema-rules.ts';
import { attributeOf, attributePairs, newUserState, type UserState } from './user-state.ts';
import { mfaSettingsOf } from './user-mfa.ts';
import { newSub } from './uuid.ts';

/** A pool as a test sees it: no lag, no quota, no message, no MAU. */
export class SimulatedPool {
  readonly id: string;
  readonly arn: string;
  readonly #pool: PoolState;
  readonly #account: AccountState;

  constructor(account: AccountState, pool: PoolState) {
    this.id = pool.id;
    this.arn = pool.arn;
    this.#account = account;
    this.#pool = pool;
  }

  get size(): number {
    return this.#pool.directory.size;
  }

  *users(): Generator<SimulatedUser, void> {
    for (const user of this.#pool.directory.users()) yield copyOf(user);
  }

  /** By username, sign-in attribute, alias or `sub`. */
  user(name: string): SimulatedUser | undefined {
    const user = this.#find(name);
    return user && copyOf(user);
  }

  groups(): readonly SeedGroup[] {
    return [...this.#pool.groups.values()].map(({ name, fields, dates }) => ({
      name,
      ...(fields.description === undefined ? {} : { description: fields.description }),
      ...(fields.precedence === undefined ? {} : { precedence: fields.precedence }),
      ...(fields.roleArn === undefined ? {} : { roleArn: fields.roleArn }),
      ...dates,
    }));
  }

  memberships(): readonly { readonly group: string; readonly username: string; readonly sub: string }[] {
    return [...this.#pool.directory.users()].flatMap(({ username, sub, groups }) =>
      (groups ?? []).map((group) => ({ group, username, sub })),
    );
  }

  /** The code last sent to a user. */
  lastCode(name: string): string | undefined {
    return this.#find(name)?.rare?.code?.value;
  }

  /** Places a user, whatever its status; throws a plain error where no such user can exist in the pool. */
  addUser(seed: SeedUser): SimulatedUser {
    const sub = seed.sub ?? newSub(this.#account.random, this.#account.subDigit);
    const pairs = seed.attributes ?? [];
    const federated = seed.status === 'EXTERNAL_PROVIDER';
    const username = this.#pool.model.usernameAttributes.length > 0 && !federated ? sub : seed.username;
    if (username === undefined) throw new Error('A seeded user of this pool needs a username');
    if (this.#pool.directory.bySub(sub) || this.#pool.directory.byUsername(username)) {
      throw new Error(`There is a user ${username} already`);
    }
    checkNewAttributes(
      this.#pool.schema,
      pairs.filter(([name]) => name !== 'identities'),
    );
    const now = this.#account.clock();
    const user = newUserState({
      sub,
      username,
      status: seed.status ?? 'CONFIRMED',
      enabled: seed.enabled ?? true,
      attributes: pairs.flat(),
      createdAt: seed.createdAt ?? now,
      modifiedAt: seed.modifiedAt ?? seed.createdAt ?? now,
      password: seed.password,
      rare: rareStateOf(seed, now),
    });
    this.#pool.insert(user, { lagged: false });
    this.#indexLinks(user);
    for (const group of seed.groups ?? []) this.addToGroup(username, group);
    return copyOf(user);
  }

  addGroup(seed: SeedGroup): void {
    const { name, description, precedence, roleArn, createdAt, modifiedAt } = seed;
    if (this.#pool.groups.has(name)) throw new Error(`There is a group ${name} already`);
    this.#pool.addGroup(
      name,
      { description, precedence, roleArn },
      {
        ...(createdAt === undefined ? {} : { createdAt }),
        ...(modifiedAt === undefined ? {} : { modifiedAt }),
      },
    );
  }

  addToGroup(name: string, group: string): void {
    const user = this.#find(name);
    const state = this.#pool.groups.get(group);
    if (!user || !state) throw new Error(`There is no ${user ? `group ${group}` : `user ${name}`}`);
    state.join(user, false);
  }

  /** Removes a user at once from the pool; listings may still show it while they lag. */
  removeUser(name: string): void {
    const user = this.#find(name);
    if (user) this.#pool.delete(user);
  }

  #find(name: string): UserState | undefined {
    return this.#pool.directory.resolve(name) ?? this.#pool.directory.bySub(name);
  }

  #indexLinks(user: UserState): void {
    for (const { providerName, userId } of identitiesOf(user))
      this.#pool.links.set(linkKey(providerName, userId), user);
  }
}

interface Identity {
  readonly providerName: string;
  readonly userId: string;
}

export function identitiesOf(user: { readonly attributes: readonly string[] }): readonly Identity[] {
  const text = attributeOf(user, 'identities');
  if (text === undefined) return [];
  try {
    return JSON.parse(text) as Identity[];
  } catch {
    return [];
  }
}

function rareStateOf(seed: SeedUser, now: number): UserState['rare'] {
  const temporary = seed.status === 'FORCE_CHANGE_PASSWORD' && seed.password !== undefined;
  const rare: NonNullable<UserState['rare']> = {
    ...(seed.passwordHash === undefined ? {} : { passwordHash: seed.passwordHash }),
    ...(seed.smsMfa ? { smsMfa: true } : {}),
    ...(seed.softwareTokenMfa ? { softwareTokenMfa: true, hasSoftwareToken: true } : {}),
    ...(seed.emailMfa ? { emailMfa: true } : {}),
    ...(seed.preferredMfa === undefined ? {} : { preferredMfa: seed.preferredMfa }),
    ...(seed.passkeys === undefined ? {} : { passkeys: seed.passkeys }),
    ...(temporary ? { temporarySince: now } : {}),
  };
  return Object.keys(rare).length > 0 ? rare : undefined;
}

function copyOf(user: UserState): SimulatedUser {
  return {
    username: user.username,
    sub: user.sub,
    status: user.status,
    enabled: user.enabled,
    attributes: attributePairs(user.attributes),
    createdAt: user.createdAt,
    modifiedAt: user.modifiedAt,
    groups: [...(user.groups ?? [])],
    smsMfa: user.rare?.smsMfa ?? false,
    mfaSettings: mfaSettingsOf(user).UserMFASettingList ?? [],
    preferredMfa: user.rare?.preferredMfa,
  };
}
