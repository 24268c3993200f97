import type { PoolId, RunId, SnapshotId } from '../../model/ids.ts';
import type { SnapshotSummary } from '../snapshots/list-snapshots.ts';
import type { ErasedSnapshot } from './carry-out-erasure.ts';
import type { SurveyedRun } from './survey-runs.ts';
import type { ErasureFate, PlannedErasure, UnreadableReason } from './survey-snapshots.ts';

export interface EraseDocumentSnapshot {
  readonly id: SnapshotId;
  readonly status: SnapshotSummary['status'];
  readonly startedAt: string | null;
  /** What was done, or in a dry run would be: see `ErasureFate`. */
  readonly fate: ErasureFate['kind'];
  /** What was planned is done; in a dry run: nothing would be left to do. */
  readonly done: boolean;
  /** What it holds of erased people, as far as that could be read. */
  readonly users: number;
  readonly memberships: number;
  readonly supersededBy: SnapshotId | null;
  readonly reason: UnreadableReason | null;
  /** When the files of an unfinished one may go. */
  readonly goesAt: string | null;
  readonly lockedUntil: string | null;
  readonly legalHold: boolean;
}

export interface ErasedRun {
  readonly id: RunId;
  readonly fate: 'untouched' | 'rewritten' | 'removed' | 'unreadable';
  readonly done: boolean;
  /** Lines about erased people. */
  readonly lines: number;
  readonly reason: 'no-key' | 'damaged' | null;
}

export interface ErasedPool {
  readonly poolId: PoolId;
  readonly poolName: string | null;
  /** Another run holds the pool: nothing was done here. */
  readonly busy: boolean;
  /** Oldest first. */
  readonly snapshots: readonly EraseDocumentSnapshot[];
  readonly runs: readonly ErasedRun[];
}

export interface EraseResult {
  readonly applied: boolean;
  readonly users: {
    /** Whom the call named. */
    readonly asked: number;
    /** How many of those the vault holds anything of, as far as it could be read. */
    readonly found: number;
    /** The same people under another `sub`, in pools that they were restored or mirrored to. */
    readonly alsoKnownAs: number;
    /** How many of all these were not remembered as erased before. */
    readonly remembered: number;
  };
  readonly pools: readonly ErasedPool[];
  /** Snapshots by fate. */
  readonly counts: { readonly [Fate in ErasureFate['kind']]: number };
  /** Nothing is left to do in what was looked at: nothing is locked, unreadable, unfinished or busy. */
  readonly complete: boolean;
  /** The bucket keeps what was deleted as old versions: a lifecycle rule has to expire them. Not known in a dry run. */
  readonly versionsKept: boolean;
}

/** One pool, looked through. */
export interface SurveyedPool {
  readonly poolId: PoolId;
  readonly snapshots: readonly PlannedErasure[];
  readonly runs: readonly SurveyedRun[];
}

/** As it is meant to become; what a dry run says. */
export function asPlanned({ poolId, snapshots, runs }: SurveyedPool): ErasedPool {
  return {
    poolId,
    poolName: snapshots.findLast(({ snapshot }) => snapshot.summary.poolName)?.snapshot.summary.poolName ?? null,
    busy: false,
    snapshots: snapshots.map((planned) => asDocument({ ...planned, isDone: isFinal(planned.fate) })),
    runs: runs.map(asErasedRun),
  };
}

function isFinal({ kind }: ErasureFate): boolean {
  return kind === 'untouched' || kind === 'rewritten' || kind === 'removed';
}

export function asDocument({ snapshot, fate, supersededBy, isDone }: ErasedSnapshot): EraseDocumentSnapshot {
  const { id, status, startedAt } = snapshot.summary;
  const found = 'found' in fate ? fate.found : undefined;
  const lock = fate.kind === 'locked' ? fate.lock : undefined;
  return {
    id,
    status,
    startedAt: startedAt ?? null,
    fate: fate.kind,
    done: isDone,
    users: found?.users.length ?? 0,
    memberships: found?.memberships.length ?? 0,
    supersededBy: supersededBy?.id ?? null,
    reason: fate.kind === 'unreadable' ? fate.why : null,
    goesAt: fate.kind === 'abandoned' ? fate.goesAt.toISOString() : null,
    lockedUntil: lock?.lockedUntil ?? null,
    legalHold: lock?.legalHold ?? false,
  };
}

export function asErasedRun(run: SurveyedRun): ErasedRun {
  const { id } = run;
  switch (run.kind) {
    case 'readable':
      return { id, fate: run.lines > 0 ? 'rewritten' : 'untouched', done: true, lines: run.lines, reason: null };
    case 'never-began':
      return { id, fate: 'removed', done: true, lines: 0, reason: null };
    case 'unreadable':
      return { id, fate: 'unreadable', done: false, lines: 0, reason: run.why };
    default:
      return run satisfies never;
  }
}

export function countsOf(pools: readonly ErasedPool[]): EraseResult['counts'] {
  const counts = { untouched: 0, rewritten: 0, removed: 0, abandoned: 0, locked: 0, unreadable: 0 };
  for (const { fate } of pools.flatMap(({ snapshots }) => snapshots)) counts[fate] += 1;
  return counts;
}

export function isComplete({ busy, snapshots, runs }: ErasedPool): boolean {
  return !busy && [...snapshots, ...runs].every(({ done }) => done);
}
