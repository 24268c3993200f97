import { expiredKey } from '../../snapshot/keys.ts';
import type { Storage, CallOptions, StoredObject } from '../../storage/storage.ts';
import { findLock, type ObjectLock } from './find-lock.ts';
import type { KeepReason } from './retention.ts';
import type { SurveyedSnapshot } from './survey-pool.ts';

/**
 * - `kept`: a rule keeps it; `unmark` where an earlier prune has marked it.
 * - `marked`: no rule keeps it any more; from now on it is marked.
 * - `waiting`: marked earlier, its grace period is not over.
 * - `removed`: its grace period is over, or it never was a whole snapshot.
 * - `locked`: S3 Object Lock holds it; neither marked nor removed.
 */
export type Fate =
  | { readonly kind: 'kept'; readonly reasons: readonly KeepReason[]; readonly unmark: boolean }
  | { readonly kind: 'marked' | 'waiting'; readonly expiredAt: Date; readonly goesAt: Date }
  | { readonly kind: 'removed'; readonly expiredAt: Date | undefined }
  | { readonly kind: 'locked'; readonly lock: ObjectLock };

/** What is to happen to one snapshot, and to what lies beside it. */
export interface PlannedFate {
  readonly snapshot: SurveyedSnapshot;
  readonly fate: Fate;
  readonly leftovers: readonly StoredObject[];
}

export interface FateContext extends CallOptions {
  readonly storage: Storage;
  readonly now: Date;
  readonly graceMs: number;
}

/** What happens to a snapshot that the policy keeps for `reasons`, or lets go where there is none. */
export async function decideFate(
  snapshot: SurveyedSnapshot,
  reasons: readonly KeepReason[],
  context: FateContext,
): Promise<Fate> {
  const { summary, hasMark, isHalfRemoved, objects, ref } = snapshot;
  if (reasons.length > 0 && !isHalfRemoved) {
    return { kind: 'kept', reasons, unmark: hasMark && !reasons.includes('unreadable') };
  }
  const { now, graceMs } = context;
  // The mark itself may be locked by the bucket's default, which says nothing about the snapshot.
  const held = objects.map(({ key }) => key).filter((key) => key !== expiredKey(ref));
  const lock = await findLock(context.storage, held, context);
  if (lock) return { kind: 'locked', lock };
  if (summary.status === 'unfinished') return { kind: 'removed', expiredAt: undefined };
  const expiredAt = summary.expiredAt === undefined ? now : new Date(summary.expiredAt);
  const goesAt = new Date(expiredAt.getTime() + graceMs);
  if (goesAt <= now) return { kind: 'removed', expiredAt };
  return { kind: summary.expiredAt === undefined ? 'marked' : 'waiting', expiredAt, goesAt };
}

/** Leftovers that may go: a running backup has written them at most a day ago, and no lock holds them. */
export async function freeLeftovers(
  { summary, leftovers }: SurveyedSnapshot,
  { storage, now, ...options }: FateContext,
): Promise<readonly StoredObject[]> {
  if (summary.endedAt === undefined || now.getTime() - new Date(summary.endedAt).getTime() < DAY_MS) return [];
  const free: StoredObject[] = [];
  for (const leftover of leftovers) {
    if (!(await findLock(storage, [leftover.key], { ...options, now }))) free.push(leftover);
  }
  return free;
}

const DAY_MS = 24 * 60 * 60 * 1000;
