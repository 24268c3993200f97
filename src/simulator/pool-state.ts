import { noResources, REGISTRATION_SERVER, type PoolResources } from './configuration/pool-resources.ts';
import { configuredProvider } from './configuration/provider-details.ts';
import { GroupState, type GroupDates, type GroupFields } from './group-state.ts';
import { LaggedViews, type LagOptions } from './lagged-views.ts';
import type { PoolConfig, PoolSettings } from './pool-config.ts';
import { PoolSchema } from './pool-schema.ts';
import { SortedUsers, type Position } from './sorted-users.ts';
import { UserDirectory, type SignInModel } from './user-directory.ts';
import { freezeView, type UserState, type UserView } from './user-state.ts';

export interface PoolOptions {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  readonly lag: LagOptions;
}

/** One user pool: settings, schema, users and groups, and what listings show of them. */
export class PoolState {
  readonly id: string;
  readonly arn: string;
  readonly createdAt: number;
  modifiedAt: number;
  name: string;
  /** What UpdateUserPool replaces as a whole. */
  settings: PoolSettings = {};
  /** TemporaryPasswordValidityDays was given once: the older setting is closed for good. [D] SDK 3.1169, `PasswordPolicyType`. */
  hasTemporaryDays = false;
  tags: Record<string, string>;
  /** What CreateUserPool fixed for good. */
  readonly fixed: PoolConfig;
  readonly model: SignInModel;
  readonly schema: PoolSchema;
  readonly directory: UserDirectory;
  readonly resources: PoolResources = noResources();
  readonly groups = new Map<string, GroupState>();
  /** Linked and federated identities, by `linkKey`. */
  readonly links = new Map<string, UserState>();
  readonly #lag: LagOptions;
  readonly #listing = new SortedUsers();
  /** The listing again by first digit of `sub`, so that a prefix listing does not read sixteen users for one. */
  readonly #shards = new Map<string, SortedUsers>();
  readonly #views: LaggedViews<UserState, UserView>;

  constructor(config: PoolConfig, options: PoolOptions) {
    this.id = options.id;
    this.arn = options.arn;
    this.name = options.name;
    this.createdAt = options.lag.clock();
    this.modifiedAt = this.createdAt;
    const { identityProviders = [], ...settings } = config;
    this.configure(settings);
    for (const provider of identityProviders) {
      const state = configuredProvider(provider, this.createdAt);
      this.resources.providers.set(state.name, state);
    }
    this.resources.mfa = { ...this.resources.mfa, sms: config.SmsConfiguration !== undefined };
    this.tags = { ...config.UserPoolTags };
    this.fixed = config;
    this.model = {
      usernameAttributes: config.UsernameAttributes ?? [],
      aliasAttributes: config.AliasAttributes ?? [],
      caseSensitive: config.UsernameConfiguration?.CaseSensitive ?? true,
    };
    this.schema = new PoolSchema(config.Schema ?? []);
    this.directory = new UserDirectory(this.model);
    this.#lag = options.lag;
    this.#views = new LaggedViews(options.lag, (user) => {
      if (this.directory.has(user)) return;
      this.#listing.delete(user);
      this.#shard(user.sub).delete(user);
    });
  }

  /** Replaces the settings, and what Cognito keeps by itself for them. */
  configure(settings: PoolSettings): void {
    const { DcrConfiguration = this.settings.DcrConfiguration } = settings;
    this.settings = { ...settings, ...(DcrConfiguration ? { DcrConfiguration } : {}) };
    this.hasTemporaryDays ||= Boolean(settings.Policies?.PasswordPolicy?.TemporaryPasswordValidityDays);
    const { identifier } = REGISTRATION_SERVER;
    if (DcrConfiguration && DcrConfiguration.EnableStatus !== 'Disabled') {
      this.resources.resourceServers.set(identifier, REGISTRATION_SERVER);
    } else this.resources.resourceServers.delete(identifier);
  }

  now(): number {
    return this.#lag.clock();
  }

  /** Adds a user; `lagged: false` shows it in listings at once. */
  insert(user: UserState, options: { readonly lagged: boolean }): void {
    this.directory.add(user);
    this.#listing.add(user);
    this.#shard(user.sub).add(user);
    if (options.lagged) this.#views.record(user, () => undefined);
  }

  /** Changes a user's own record and stamps it. */
  change(user: UserState, mutate: () => void): void {
    this.#views.record(user, () => freezeView(user));
    this.directory.unindex(user);
    mutate();
    user.modifiedAt = this.now();
    this.directory.index(user);
  }

  /** Changes what listings do not show (passwords, codes). */
  changeHidden(user: UserState, mutate: () => void): void {
    this.directory.unindex(user);
    mutate();
    this.directory.index(user);
  }

  delete(user: UserState): void {
    for (const name of user.groups ?? []) this.groups.get(name)?.leave(user);
    for (const [key, holder] of this.links) if (holder === user) this.links.delete(key);
    this.directory.remove(user);
    this.#views.record(user, () => freezeView(user));
  }

  addGroup(name: string, fields: GroupFields, dates?: Partial<GroupDates>): GroupState {
    const createdAt = dates?.createdAt ?? this.now();
    const group = new GroupState(name, fields, {
      dates: { createdAt, modifiedAt: dates?.modifiedAt ?? createdAt },
      lag: this.#lag,
    });
    this.groups.set(name, group);
    return group;
  }

  deleteGroup(group: GroupState): void {
    group.disband();
    this.groups.delete(group.name);
  }

  /**
   * Every user after a position with what a listing shows of it; `undefined`: not there yet, or gone. With a `subPrefix`
   * at least the users whose `sub` begins so.
   */
  *shownAfter(
    position: Position | undefined,
    subPrefix = '',
  ): Generator<readonly [UserState, UserView | undefined], void> {
    this.#views.settle();
    const source = subPrefix === '' ? this.#listing : this.#shard(subPrefix);
    for (const user of source.after(position)) yield [user, this.shown(user)];
  }

  shown(user: UserState): UserView | undefined {
    if (!this.lags) return user;
    const lagging = this.#views.shown(user);
    if (lagging) return lagging.view;
    return this.directory.has(user) ? user : undefined;
  }

  #shard(sub: string): SortedUsers {
    const digit = sub.charAt(0);
    const shard = this.#shards.get(digit) ?? new SortedUsers();
    this.#shards.set(digit, shard);
    return shard;
  }

  get lags(): boolean {
    return this.#lag.lagMs > 0;
  }
}

export function linkKey(providerName: string, userId: string): string {
  return `${providerName}\0${userId}`;
}
