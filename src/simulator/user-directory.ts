import type { AliasAttribute, ContactAttribute } from './pool-config.ts';
import { ServiceError } from './service-error.ts';
import { attributeOf, type UserState } from './user-state.ts';

export interface SignInModel {
  readonly usernameAttributes: readonly ContactAttribute[];
  readonly aliasAttributes: readonly AliasAttribute[];
  readonly caseSensitive: boolean;
}

/** Who is who in one pool: users by `sub`, by username, and by every alias they may sign in with. */
export class UserDirectory {
  readonly #model: SignInModel;
  readonly #bySub = new Map<string, UserState>();
  readonly #byName = new Map<string, UserState>();
  readonly #byAlias = new Map<string, UserState>();

  constructor(model: SignInModel) {
    this.#model = model;
  }

  get size(): number {
    return this.#bySub.size;
  }

  users(): Iterable<UserState> {
    return this.#bySub.values();
  }

  has(user: UserState): boolean {
    return this.#bySub.get(user.sub) === user;
  }

  bySub(sub: string): UserState | undefined {
    return this.#bySub.get(sub);
  }

  byUsername(username: string): UserState | undefined {
    const user = this.#byName.get(this.#fold(username)) ?? this.#bySub.get(username);
    return user && this.#fold(user.username) === this.#fold(username) ? user : undefined;
  }

  /** By username, else by a sign-in attribute or an active alias, as the API resolves its `Username` parameter. */
  resolve(name: string): UserState | undefined {
    const user = this.byUsername(name);
    if (user) return user;
    for (const attribute of [...this.#model.usernameAttributes, ...this.#model.aliasAttributes]) {
      const holder = this.#byAlias.get(this.#key(attribute, name));
      if (holder) return holder;
    }
    return undefined;
  }

  /** Who else holds a sign-in attribute or alias that a user with these attributes would hold. */
  aliasHolder(
    candidate: { readonly attributes: readonly string[] },
    self?: UserState,
  ): { readonly attribute: string; readonly user: UserState } | undefined {
    for (const [attribute, key] of this.#aliases(candidate)) {
      const user = this.#byAlias.get(key);
      if (user && user !== self) return { attribute, user };
    }
    return undefined;
  }

  add(user: UserState): void {
    this.#bySub.set(user.sub, user);
    if (user.username !== user.sub) this.#byName.set(this.#fold(user.username), user);
    this.index(user);
  }

  remove(user: UserState): void {
    this.unindex(user);
    this.#bySub.delete(user.sub);
    if (user.username !== user.sub) this.#byName.delete(this.#fold(user.username));
  }

  /** Takes the user's aliases in; to be called after its attributes or status changed. */
  index(user: UserState): void {
    if (user.status === 'EXTERNAL_PROVIDER') return;
    for (const [, key] of this.#aliases(user)) if (!this.#byAlias.has(key)) this.#byAlias.set(key, user);
  }

  /** Drops the user's aliases; to be called before its attributes or status change. */
  unindex(user: UserState): void {
    for (const [, key] of this.#aliases(user)) if (this.#byAlias.get(key) === user) this.#byAlias.delete(key);
  }

  /** In UsernameAttributes pools every value signs in; an alias works only when verified. [D] COGNITO-FACTS §4. */
  *#aliases(user: { readonly attributes: readonly string[] }): Generator<readonly [attribute: string, key: string]> {
    for (const attribute of this.#model.usernameAttributes) {
      const value = attributeOf(user, attribute);
      if (value) yield [attribute, this.#key(attribute, value)];
    }
    for (const attribute of this.#model.aliasAttributes) {
      const value = attributeOf(user, attribute);
      const active = attribute === 'preferred_username' || attributeOf(user, `${attribute}_verified`) === 'true';
      if (value && active) yield [attribute, this.#key(attribute, value)];
    }
  }

  #key(attribute: string, value: string): string {
    return `${attribute}\0${this.#fold(value)}`;
  }

  #fold(text: string): string {
    return this.#model.caseSensitive ? text : text.toLowerCase();
  }
}

export function aliasExists(attribute: string): ServiceError {
  const word = attribute === 'phone_number' ? 'phone_number' : attribute;
  return new ServiceError('AliasExistsException', `An account with the given ${word} already exists.`);
}
