import type { GroupFields } from '../model/group.ts';
import type { Attribute, MfaPreference, UserStatus } from '../model/user.ts';
import type { DesiredUser } from './desired.ts';

/** One thing that an apply will do. Plain data: a plan is written to the vault and read back. */
export type PlanEntry = GroupEntry | UserEntry;

export type GroupEntry =
  | { readonly kind: 'create-group'; readonly group: GroupFields }
  | { readonly kind: 'update-group'; readonly group: GroupFields }
  | { readonly kind: 'delete-group'; readonly name: string };

export type UserEntry = CreateUser | UpdateUser | DeleteUser;

/** How a created user's password comes about. `unset`: the service's own way (import job without hash, passwordless). */
export type PasswordStep =
  | { readonly kind: 'random' }
  | { readonly kind: 'temporary' }
  | { readonly kind: 'unset' }
  | { readonly kind: 'hash'; readonly hash: string };

export interface IdentityLink {
  readonly providerName: string;
  readonly userId: string;
}

/** The user as the source knew it, for the map and the failures file. */
export interface SourceUser {
  readonly username: string;
  readonly sub?: string;
  readonly status?: UserStatus;
}

export interface CreateUser {
  readonly kind: 'create-user';
  readonly engine: 'api' | 'import-job';
  readonly source: SourceUser;
  /** The `Username` to send: e-mail or phone in pools that generate usernames. */
  readonly username: string;
  readonly attributes: readonly Attribute[];
  /** Attributes for a second call, once the user is confirmed (`preferred_username` as alias). */
  readonly setLater: readonly Attribute[];
  readonly password: PasswordStep;
  readonly disable: boolean;
  readonly links: readonly IdentityLink[];
  /** Second factors to turn on. */
  readonly mfa?: MfaPreference;
  readonly groups: readonly string[];
  /** A target user to delete first (`--recreate`, for immutable attributes). */
  readonly replaces?: { readonly username: string; readonly sub: string };
  /** Of somebody who is deleted and created anew: all they are to have, for a run that goes on after a kill in between. */
  readonly whole?: DesiredUser;
}

/** Whether the user is a row of the import job, not a call of its own. */
export function isImportRow(entry: UserEntry): entry is CreateUser & { readonly engine: 'import-job' } {
  return entry.kind === 'create-user' && entry.engine === 'import-job';
}

export interface UpdateUser {
  readonly kind: 'update-user';
  readonly source: SourceUser;
  readonly username: string;
  readonly sub: string;
  readonly set: readonly Attribute[];
  /** Attributes for a second call: verified flags that must come down after their contact was written. */
  readonly setLater: readonly Attribute[];
  readonly remove: readonly string[];
  readonly enabled?: boolean;
  readonly password?: PasswordStep;
  readonly links: readonly IdentityLink[];
  /** Second factors of a user whom an interrupted run may have left without. */
  readonly mfa?: MfaPreference;
  readonly addGroups: readonly string[];
  readonly removeGroups: readonly string[];
  /** The same as for a user to create. */
  readonly whole?: DesiredUser;
}

export interface DeleteUser {
  readonly kind: 'delete-user';
  readonly username: string;
  readonly sub: string;
}

/** A match that must not be made silently; nothing is done for it. */
export const CONFLICT_EFFECTS = {
  'recreated-in-source':
    'A user with the same key but another sub exists: deleted and created anew since? (--adopt takes it)',
  'duplicate-key': 'Several users of the snapshot share one sign-in key in the target pool',
  'ambiguous-target': 'Several users of the target share the sign-in key',
  'no-sign-in-key': 'The target pool signs in by e-mail or phone, and the user has neither',
  'does-not-fit': 'The user lacks a required attribute of the target pool, or a value breaks its limits',
  'hash-needs-import-job':
    'The user has a password hash that only an import job can carry, and the job cannot carry the user',
  'import-job-cannot-carry':
    'The CSV dialect cannot carry the user whole, and --engine import-job allows no other way (use auto)',
  'created-meanwhile':
    'The user of the target was created while this run was deleting, so no backup holds them: left alone (run again to decide)',
} as const;

export type ConflictKind = keyof typeof CONFLICT_EFFECTS;

export interface Conflict {
  readonly kind: ConflictKind;
  readonly source?: SourceUser;
}
