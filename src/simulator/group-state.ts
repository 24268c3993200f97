import { LaggedViews, type LagOptions } from './lagged-views.ts';
import { SortedUsers, type Position } from './sorted-users.ts';
import { epochSeconds, type UserState } from './user-state.ts';

export interface GroupFields {
  description: string | undefined;
  precedence: number | undefined;
  roleArn: string | undefined;
}

export interface GroupDates {
  readonly createdAt: number;
  modifiedAt: number;
}

/** One group and its members in listing order. */
export class GroupState {
  readonly name: string;
  readonly fields: GroupFields;
  readonly dates: GroupDates;
  readonly #members = new SortedUsers();
  readonly #lag: LaggedViews<UserState, true>;

  constructor(name: string, fields: GroupFields, options: { readonly dates: GroupDates; readonly lag: LagOptions }) {
    this.name = name;
    this.fields = fields;
    this.dates = options.dates;
    this.#lag = new LaggedViews(options.lag, (user) => {
      if (!this.has(user)) this.#members.delete(user);
    });
  }

  has(user: UserState): boolean {
    return user.groups?.includes(this.name) ?? false;
  }

  join(user: UserState, lagged: boolean): void {
    if (this.has(user)) return;
    if (lagged) this.#lag.record(user, () => undefined);
    (user.groups ??= []).push(this.name);
    this.#members.add(user);
  }

  leave(user: UserState): void {
    if (!this.has(user)) return;
    user.groups = user.groups?.filter((name) => name !== this.name);
    this.#lag.record(user, () => true);
  }

  /** Ends every membership, for a group that is deleted. */
  disband(): void {
    for (const user of this.#members.after()) {
      if (this.has(user)) user.groups = user.groups?.filter((name) => name !== this.name);
    }
  }

  /** The members that a listing shows after a position, in order. */
  *shownAfter(position: Position | undefined): Generator<UserState, void> {
    this.#lag.settle();
    for (const user of this.#members.after(position)) {
      const lagging = this.#lag.shown(user);
      if (lagging ? lagging.view === true : this.has(user)) yield user;
    }
  }
}

/** GroupType of the API; absent fields are left out. */
export function renderGroup(group: GroupState, poolId: string): object {
  const { description, precedence, roleArn } = group.fields;
  return {
    GroupName: group.name,
    UserPoolId: poolId,
    ...(description === undefined ? {} : { Description: description }),
    ...(roleArn === undefined ? {} : { RoleArn: roleArn }),
    ...(precedence === undefined ? {} : { Precedence: precedence }),
    LastModifiedDate: epochSeconds(group.dates.modifiedAt),
    CreationDate: epochSeconds(group.dates.createdAt),
  };
}
