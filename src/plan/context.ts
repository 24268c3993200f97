import type { PasswordHashAlgorithm } from '../model/password-hash.ts';
import type { Group } from '../model/group.ts';
import type { PoolDescription } from '../model/pool.ts';
import type { RestorableFactor, UserStatus } from '../model/user.ts';
import type { IdentityLink } from './entries.ts';
import type { AttributeMapping } from './fit-attributes.ts';
import type { IdentityModel } from './identity.ts';
import type { Scope } from './scope.ts';

export const PASSWORD_MODES = ['random', 'temporary', 'none'] as const;
export type PasswordMode = (typeof PASSWORD_MODES)[number];

export const ENGINES = ['auto', 'import-job', 'api'] as const;
export type Engine = (typeof ENGINES)[number];

/** The choices of whoever starts an apply, as far as they decide about single users. */
export interface PlanOptions {
  readonly engine: Engine;
  readonly passwords: PasswordMode;
  /** Plans for whom a job has left out: under `auto` they go by the API, but a hash still waits for a job. */
  readonly afterJob?: boolean;
  /** The algorithm of the `password_hash` column of a CSV file, or of all hashes of a file. */
  readonly hashes?: PasswordHashAlgorithm;
  /** The custom attribute that holds the old `sub`. */
  readonly subAttribute?: string;
  /** Take over a user with the same key who is somebody else by `sub`. */
  readonly adopt: boolean;
  /** Delete and create users whose immutable attributes differ. */
  readonly recreate: boolean;
  readonly mapping: AttributeMapping;
}

/** All that deciding about one user needs besides the user. */
export interface PlanContext {
  readonly source: PoolDescription | undefined;
  readonly target: PoolDescription;
  readonly identity: IdentityModel;
  readonly scope: Scope;
  readonly options: PlanOptions;
  /** Columns of the target's import file; `undefined` where no import job can run. */
  readonly importHeader: readonly string[] | undefined;
  readonly targetGroups: ReadonlyMap<string, Group>;
  /** Names of the groups wanted, or `undefined` where the value does not speak of groups. */
  readonly wantedGroups: ReadonlySet<string> | undefined;
  readonly targetProviders: ReadonlySet<string>;
  /** Second factors that the target offers; asked for a deep snapshot alone. */
  readonly targetFactors: ReadonlySet<RestorableFactor>;
  /** Whether somebody of the target has this identity, as their own or linked. */
  readonly isTaken: (link: IdentityLink) => boolean;
  /** Runs whose work is being finished. */
  readonly ownRuns: readonly OwnRun[];
  /** Nobody created after this instant is deleted. */
  readonly deletesUntil: string | undefined;
}

/** A run whose work is being finished: what was created after `since` (ISO 8601, the service's clock) was created by it. */
export interface OwnRun {
  readonly since: string;
  /** Of a run that has ended: whom it left half-made, by username. Everybody else is as it wanted them. */
  readonly left?: ReadonlySet<string>;
}

/** Whether a user, or a group as far as this user is concerned, is the work of a run that is being finished. */
export function isOurs(context: PlanContext, created: { readonly createdAt: string }, username: string): boolean {
  return context.ownRuns.some(({ since, left }) => created.createdAt > since && (left?.has(username) ?? true));
}

/** Whoever signed up or came through a provider meanwhile is a stranger, whatever the date. */
export function isOurUser(
  context: PlanContext,
  user: { readonly createdAt: string; readonly status: UserStatus; readonly username: string },
): boolean {
  return isOurs(context, user, user.username) && user.status !== 'UNCONFIRMED' && user.status !== 'EXTERNAL_PROVIDER';
}

/** Whether neither the plan that was confirmed nor a backup may have seen a user, who is not deleted then. */
export function isUnseen({ createdAt }: { readonly createdAt: string }, { deletesUntil }: PlanContext): boolean {
  return deletesUntil !== undefined && createdAt > deletesUntil;
}
