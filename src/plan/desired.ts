import type { Group } from '../model/group.ts';
import type { PoolDescription } from '../model/pool.ts';
import type { Attribute, User, UserFactors, UserStatus } from '../model/user.ts';
import type { Scope } from './scope.ts';

/** A user as wanted. What is absent is unspecified: the plan leaves it as it is in the target. */
export interface DesiredUser {
  /** `cognito:username` of a CSV row, or the source pool's username. */
  readonly username: string;
  readonly sub?: string;
  readonly status?: UserStatus;
  readonly attributes: readonly Attribute[];
  readonly enabled?: boolean;
  readonly createdAt?: string;
  readonly mfaOptions?: User['mfaOptions'];
  /** Absent: not known. */
  readonly factors?: UserFactors;
  readonly passwordHash?: string;
  /** Names of groups; absent means that memberships are not specified. */
  readonly groups?: readonly string[];
}

/** Whom nobody can create: who never confirmed signs up again, who belongs to a provider comes back through it. */
export function isNeverCreated({ status }: { readonly status?: UserStatus }): boolean {
  return status === 'UNCONFIRMED' || status === 'EXTERNAL_PROVIDER';
}

/** A user's place in a group, by source `sub` (snapshot) or by the username in the file (CSV). */
export interface DesiredMembership {
  readonly group: string;
  readonly userKey: string;
}

export interface DesiredGroup extends Group {
  /** Somebody has said that this role is meant, of whatever account it is. */
  readonly isRoleChosen?: true;
}

/** A value that a pool should take: a snapshot, CSV files, or nothing. */
export interface DesiredValue {
  /** Changes when the value does: a plan is bound to it. */
  readonly fingerprint: string;
  /** What nobody knows who cannot read the value itself; with it, names are told apart that must not be guessed. */
  readonly secret?: string;
  /** The pool the value comes from, where it comes from one. */
  readonly source: PoolDescription | undefined;
  readonly scope: Scope;
  readonly expectedUsers: number;
  /** Whether its users come with their factors. Default: false. */
  readonly isDeep?: boolean;
  /** Lines of the file that brings password hashes for these users. */
  readonly hashLines?: number;
  /** Groups, or `undefined` where the value does not speak of groups. */
  readonly groups: readonly DesiredGroup[] | undefined;
  readUsers(take: (user: DesiredUser) => Promise<void>): Promise<void>;
  /** Memberships, or `undefined` where the value does not speak of them; keyed like `membershipKey`. */
  readonly readMemberships: ((take: (membership: DesiredMembership) => Promise<void>) => Promise<void>) | undefined;
  /** How many users the latest `readUsers` has left out because they were erased from the vault. */
  readonly erasedUsers?: () => number;
  /** How memberships of this value name their user. */
  membershipKey(user: DesiredUser): string;
}

/** A target user with the groups that the target shows. */
export interface ActualUser extends User {
  readonly groups: readonly string[];
}
