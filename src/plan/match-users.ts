import { join, partition } from '../join/join.ts';
import { Partition } from '../join/partition.ts';
import type { Workspace } from '../join/workspace.ts';
import type { Membership } from '../model/group.ts';
import type { User } from '../model/user.ts';
import {
  isNeverCreated,
  type ActualUser,
  type DesiredMembership,
  type DesiredUser,
  type DesiredValue,
} from './desired.ts';
import type { ConflictKind } from './entries.ts';
import { identityKey, type IdentityModel } from './identity.ts';

export type Match =
  | { readonly kind: 'pair'; readonly desired: DesiredUser; readonly actual: ActualUser }
  | { readonly kind: 'missing'; readonly desired: DesiredUser }
  | { readonly kind: 'extra'; readonly actual: ActualUser }
  | { readonly kind: 'conflict'; readonly conflict: ConflictKind; readonly desired: DesiredUser };

/** The live target, as two listings whose chains run side by side: records are handed over as they come. */
export interface ActualValue {
  readUsers(take: (user: User) => Promise<void>): Promise<void>;
  readMemberships(take: (membership: Membership) => Promise<void>): Promise<void>;
}

export interface MatchOptions {
  readonly identity: IdentityModel;
  /** The desired value comes from the target itself: `sub` decides, and another `sub` under the same key is a conflict. */
  readonly samePool: boolean;
  readonly adopt: boolean;
  /** Whether a run that is being finished created the user: then another `sub` is no surprise. */
  readonly isOurs?: (actual: ActualUser) => boolean;
  /** Told of memberships whose user the desired value does not hold. */
  readonly onOrphans?: (memberships: number) => void;
  /** Source `sub` → target `sub` of an earlier run. */
  readonly knownPairs?: (() => AsyncIterable<KnownPair>) | undefined;
}

export interface KnownPair {
  readonly sourceSub: string;
  readonly targetSub: string;
}

interface Candidate {
  readonly user: DesiredUser;
  /** The target user's `sub`, as far as it is known. */
  readonly targetSub?: string;
}

/**
 * Brings desired and actual users together, first by `sub`, then by the identity key. Both sides are spilled and joined
 * bucket by bucket, memberships included, so memory does not grow with the pools.
 */
export async function* matchUsers(
  workspace: Workspace,
  desired: DesiredValue,
  actual: ActualValue,
  options: MatchOptions,
): AsyncIterable<Match> {
  const [actuals, candidates] = await workspace.filled([
    partition(workspace, actualUsers(workspace, actual), (user) => user.sub),
    partition(workspace, candidatesOf(workspace, desired, options), targetSubOf),
  ]);
  const identity = (user: DesiredUser | ActualUser): string => identityKey(user, options.identity);
  const unmatchedDesired = new Partition<DesiredUser>(workspace, identity);
  const unmatchedActual = new Partition<ActualUser>(workspace, identity);

  for await (const { left, right } of join(workspace, candidates, actuals)) {
    const [actualUser] = right;
    const [candidate, ...others] = left;
    if (candidate && actualUser && others.length === 0) {
      yield { kind: 'pair', desired: candidate.user, actual: actualUser };
      continue;
    }
    for (const { user } of left) await unmatchedDesired.add(user);
    for (const user of right) await unmatchedActual.add(user);
  }
  for await (const { left, right } of join(workspace, unmatchedDesired, unmatchedActual)) {
    yield* matchByKey(left, right, options);
  }
}

function* matchByKey(
  all: readonly DesiredUser[],
  actual: readonly ActualUser[],
  options: MatchOptions,
): Iterable<Match> {
  const desired = rivalsOf(all);
  for (const user of all) if (!desired.includes(user)) yield { kind: 'missing', desired: user };
  const [wanted] = desired;
  const [present] = actual;
  if (!wanted) {
    for (const user of actual) yield { kind: 'extra', actual: user };
  } else if (desired.length > 1) {
    for (const user of desired) yield { kind: 'conflict', conflict: 'duplicate-key', desired: user };
  } else if (!present) {
    yield { kind: 'missing', desired: wanted };
  } else if (actual.length > 1) {
    yield { kind: 'conflict', conflict: 'ambiguous-target', desired: wanted };
  } else if (options.samePool && wanted.sub !== undefined && !options.adopt && !options.isOurs?.(present)) {
    yield { kind: 'conflict', conflict: 'recreated-in-source', desired: wanted };
  } else {
    yield { kind: 'pair', desired: wanted, actual: present };
  }
}

/** Who contends for one key: a user who is never created takes it from nobody. */
function rivalsOf(desired: readonly DesiredUser[]): readonly DesiredUser[] {
  if (desired.length < 2) return desired;
  const creatable = desired.filter((user) => !isNeverCreated(user));
  return creatable.length > 0 ? creatable : desired;
}

function targetSubOf(candidate: Candidate): string {
  return candidate.targetSub ?? `\u0000${candidate.user.sub ?? candidate.user.username}`;
}

async function* candidatesOf(
  workspace: Workspace,
  desired: DesiredValue,
  options: MatchOptions,
): AsyncIterable<Candidate> {
  const users = desiredUsers(workspace, desired, options);
  const bySub = await partition(workspace, users, (user) => user.sub ?? user.username);
  const known = await partition(workspace, options.knownPairs?.() ?? [], (pair) => pair.sourceSub);
  for await (const { left, right } of join(workspace, bySub, known)) {
    for (const user of left) {
      // In the pool of its origin a user keeps the `sub`, unless an earlier run had to create it anew.
      const targetSub = right[0]?.targetSub ?? (options.samePool ? user.sub : undefined);
      yield { user, ...(targetSub !== undefined && { targetSub }) };
    }
  }
}

async function* desiredUsers(
  workspace: Workspace,
  desired: DesiredValue,
  { onOrphans }: MatchOptions,
): AsyncIterable<DesiredUser> {
  const users = new Partition<DesiredUser>(workspace, (user) => desired.membershipKey(user));
  const memberships = new Partition<DesiredMembership>(workspace, (membership) => membership.userKey);
  await workspace.filled([
    desired.readUsers((user) => users.add(user)),
    desired.readMemberships?.((membership) => memberships.add(membership)) ?? Promise.resolve(),
  ]);
  for await (const { left, right } of join(workspace, users, memberships)) {
    if (left.length === 0) onOrphans?.(right.length);
    const groups = desired.readMemberships && namesOf(right);
    for (const user of left) yield groups ? { ...user, groups } : user;
  }
}

async function* actualUsers(workspace: Workspace, actual: ActualValue): AsyncIterable<ActualUser> {
  const users = new Partition<User>(workspace, (user) => user.sub);
  const memberships = new Partition<Membership>(workspace, (membership) => membership.sub);
  await workspace.filled([
    actual.readUsers((user) => users.add(user)),
    actual.readMemberships((membership) => memberships.add(membership)),
  ]);
  for await (const { left, right } of join(workspace, users, memberships)) {
    // A membership whose user is not listed belongs to one who came or went meanwhile; a user listed twice is one user.
    const [user] = left;
    if (user) yield { ...user, groups: namesOf(right) };
  }
}

function namesOf(memberships: readonly { readonly group: string }[]): string[] {
  return [...new Set(memberships.map(({ group }) => group))].sort();
}
