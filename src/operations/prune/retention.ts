import { parseTimedId } from '../../model/ids.ts';
import type { SnapshotSummary } from '../snapshots/list-snapshots.ts';

/** How many snapshots of a pool stay; a rule that is 0 keeps nothing. */
export interface RetentionPolicy {
  /** The newest ones. */
  readonly last: number;
  /** The newest of each of so many days, weeks (ISO 8601) and months (UTC) that have one. */
  readonly daily: number;
  readonly weekly: number;
  readonly monthly: number;
  /** Everything younger, in milliseconds. */
  readonly withinMs: number;
}

export type KeepReason =
  | 'last'
  | 'daily'
  | 'weekly'
  | 'monthly'
  | 'within'
  /** The newest good snapshot stays under every policy. */
  | 'newest'
  /** A suspect with no good snapshot after it: somebody has to decide first. */
  | 'undecided'
  /** A backup may still go on with it. */
  | 'running'
  /** It cannot be read, or a later version wrote it: a person has to look. */
  | 'unreadable'
  /** Another run took its mark away, or finished it, while this one was at work. */
  | 'taken-back';

export interface RetentionDecision {
  readonly snapshot: SnapshotSummary;
  /** Why it stays; empty: it goes. */
  readonly keep: readonly KeepReason[];
}

/** An unfinished snapshot is continued for a day after its start; who began to do so then gets another day to finish. */
export const UNFINISHED_MS = 48 * 60 * 60 * 1000;
const DAY_MS = 24 * 60 * 60 * 1000;

export function isEmptyPolicy({ last, daily, weekly, monthly, withinMs }: RetentionPolicy): boolean {
  return last + daily + weekly + monthly + withinMs === 0;
}

/**
 * Decides about the snapshots of one pool, given oldest first. Only complete and accepted ones count and take a place;
 * suspect ones stay until a good one follows; what another one supersedes goes. Pure.
 */
export function decideRetention(
  snapshots: readonly SnapshotSummary[],
  policy: RetentionPolicy,
  now: Date,
): readonly RetentionDecision[] {
  const superseded = supersededAmong(snapshots);
  const newestFirst = snapshots.filter((snapshot) => !superseded.has(snapshot)).toReversed();
  const good = newestFirst.filter(isGood);
  const reasons = new Map<SnapshotSummary, Set<KeepReason>>(newestFirst.map((snapshot) => [snapshot, new Set()]));
  const keep = (kept: readonly SnapshotSummary[], reason: KeepReason): void => {
    for (const snapshot of kept) reasons.get(snapshot)?.add(reason);
  };
  keep(good.slice(0, 1), 'newest');
  keep(good.slice(0, policy.last), 'last');
  keep(newestOfEach(good, dayOf, policy.daily), 'daily');
  keep(newestOfEach(good, weekOf, policy.weekly), 'weekly');
  keep(newestOfEach(good, monthOf, policy.monthly), 'monthly');
  const ageOf = (snapshot: SnapshotSummary): number => now.getTime() - startOf(snapshot).getTime();
  keep(
    newestFirst.filter((each) => policy.withinMs > 0 && isReadable(each) && ageOf(each) < policy.withinMs),
    'within',
  );
  const firstGood = newestFirst.findIndex(isGood);
  const sinceGood = firstGood === -1 ? newestFirst : newestFirst.slice(0, firstGood);
  keep(
    sinceGood.filter(({ status }) => status === 'suspect'),
    'undecided',
  );
  keep(
    newestFirst.filter((each) => each.status === 'unfinished' && now.getTime() - begunAt(each) < UNFINISHED_MS),
    'running',
  );
  keep(
    newestFirst.filter(({ status }) => status === 'damaged' || status === 'too-new' || status === 'untrusted'),
    'unreadable',
  );
  return snapshots.map((snapshot) => ({ snapshot, keep: [...(reasons.get(snapshot) ?? [])] }));
}

/** What an erasure that was interrupted has left beside the snapshots it wrote in their place: no rule keeps it. */
function supersededAmong(snapshots: readonly SnapshotSummary[]): ReadonlySet<SnapshotSummary> {
  const readable = snapshots.filter(isReadable);
  const ids = new Set(readable.flatMap(({ supersedes }) => supersedes ?? []));
  return new Set(readable.filter(({ id }) => ids.has(id)));
}

function isGood({ status }: SnapshotSummary): boolean {
  return status === 'complete' || status === 'accepted';
}

function isReadable(snapshot: SnapshotSummary): boolean {
  return isGood(snapshot) || snapshot.status === 'suspect';
}

/** What is written in the place of an older snapshot bears that one's time in its id, but began later. */
function begunAt(snapshot: SnapshotSummary): number {
  return snapshot.begunAt === undefined ? startOf(snapshot).getTime() : Date.parse(snapshot.begunAt);
}

function newestOfEach(
  newestFirst: readonly SnapshotSummary[],
  periodOf: (at: Date) => string,
  periods: number,
): readonly SnapshotSummary[] {
  const newest = new Map<string, SnapshotSummary>();
  for (const snapshot of newestFirst) {
    const period = periodOf(startOf(snapshot));
    if (!newest.has(period)) newest.set(period, snapshot);
  }
  return [...newest.values()].slice(0, periods);
}

/** From the id, which an unfinished snapshot has as well. */
export function startOf({ id }: Pick<SnapshotSummary, 'id'>): Date {
  return parseTimedId(id);
}

function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10);
}

/** Named by its Thursday: it lies in the year that the week belongs to. */
function weekOf(at: Date): string {
  const fromMonday = (at.getUTCDay() + 6) % 7;
  return dayOf(new Date(at.getTime() + (3 - fromMonday) * DAY_MS));
}

function monthOf(at: Date): string {
  return at.toISOString().slice(0, 7);
}
