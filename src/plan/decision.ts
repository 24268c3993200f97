import type { LossKind } from '../model/losses.ts';
import type { Conflict, ConflictKind, SourceUser, UserEntry } from './entries.ts';
import type { DesiredUser } from './desired.ts';
import type { Experience } from './experience.ts';

/** What the plan says about one match: at most one entry, and what has to be told. */
export interface Decision {
  readonly entry?: UserEntry;
  readonly losses: readonly LossKind[];
  readonly conflict?: Conflict;
  readonly experience?: Experience;
  /** Attributes that the target's schema lacks. */
  readonly gaps: readonly string[];
  /** Groups this user is to be in that neither the target nor the value has. */
  readonly unknownGroups: readonly string[];
  readonly source?: SourceUser;
}

export const NO_DECISION: Decision = { losses: [], gaps: [], unknownGroups: [] };

export function conflictDecision(kind: ConflictKind, user: DesiredUser): Decision {
  return { ...NO_DECISION, conflict: { kind, source: sourceOf(user) } };
}

export function sourceOf(user: DesiredUser): SourceUser {
  return {
    username: user.username,
    ...(user.sub !== undefined && { sub: user.sub }),
    ...(user.status !== undefined && { status: user.status }),
  };
}
