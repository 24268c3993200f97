import type { ApplyContext } from '../../apply/apply-context.ts';
import { applyGroup } from '../../apply/apply-group.ts';
import { applyUser } from '../../apply/apply-user.ts';
import { importUsers, type ImportUsersOptions } from '../../apply/import-users.ts';
import type { Observer } from '../../model/events.ts';
import { isImportRow, type CreateUser, type GroupEntry, type PlanEntry, type UserEntry } from '../../plan/entries.ts';
import { inParallel } from '../../runtime/in-parallel.ts';
import type { RunCipher } from '../../runs/run-cipher.ts';
import type { Lease } from '../../runs/lease.ts';
import { readRunFile, readRunPart, type RunFileOptions, type RunPart } from '../../runs/run-files.ts';
import type { RunRecord } from '../../runs/run-record.ts';
import type { Storage } from '../../storage/storage.ts';
import { RoundProgress, type Cursor } from './round-progress.ts';

/** Entries under way at once; the governor paces the calls, this hides their latency. */
const ENTRIES_AT_ONCE = 32;
const PROGRESS_EVERY = 50;

export interface ApplyRoundOptions {
  readonly storage: Storage;
  readonly observer: Observer;
  readonly lease: Lease;
  readonly run: RunRecord;
  readonly cipher: RunCipher;
  readonly from: Cursor;
  readonly deadline: (() => boolean) | undefined;
  /** How import jobs are run; `undefined` where the plan has no rows for one. */
  readonly importJobs: ImportUsersOptions | undefined;
}

/** A piece of a round; a slice goes on at the beginning of one. */
type Stage =
  | { readonly kind: 'groups'; readonly part: RunPart }
  | { readonly kind: 'import-job' }
  | { readonly kind: 'users'; readonly part: RunPart };

/**
 * Carries out one stored plan: groups, the import job, users, and at last the groups to delete. Answers where to go on when
 * the deadline came first, and `undefined` when all is done.
 */
export async function applyRound(context: ApplyContext, options: ApplyRoundOptions): Promise<Cursor | undefined> {
  const stages = stagesOf(options.run);
  const progress = new RoundProgress(options.from);
  for (const segment of segmentsOf(stages, options.from.stage)) {
    if (options.deadline?.()) return progress.cursor();
    if (segment.kind === 'import-job') {
      await runImport(context, options);
      progress.finishStage(segment.first);
    } else {
      await applyEntries(segment, stages, context, options, progress);
    }
    if (progress.cursor().stage < segment.end) return progress.cursor();
  }
  return undefined;
}

function stagesOf(run: RunRecord): Stage[] {
  return [
    ...run.groups.map((part): Stage => ({ kind: 'groups', part })),
    ...(run.importRows > 0 ? [{ kind: 'import-job' } as const] : []),
    ...run.plan.map((part): Stage => ({ kind: 'users', part })),
    ...run.groupDeletes.map((part): Stage => ({ kind: 'groups', part })),
  ];
}

interface Segment {
  readonly kind: Stage['kind'];
  readonly first: number;
  readonly end: number;
}

/** Neighbouring stages of one kind run as one stream; kinds wait for each other. */
function segmentsOf(stages: readonly Stage[], from: number): Segment[] {
  const segments: Segment[] = [];
  for (let first = from; first < stages.length;) {
    const kind = stages[first]?.kind ?? 'users';
    let end = first;
    while (end < stages.length && stages[end]?.kind === kind) end += 1;
    segments.push({ kind, first, end });
    first = end;
  }
  return segments;
}

async function applyEntries(
  segment: Segment,
  stages: readonly Stage[],
  context: ApplyContext,
  options: ApplyRoundOptions,
  progress: RoundProgress,
): Promise<void> {
  const { storage, observer, lease, deadline, cipher } = options;
  const phase = segment.kind === 'groups' ? 'apply-groups' : 'apply-users';
  const total = stages.slice(segment.first, segment.end).reduce((sum, stage) => sum + recordsOf(stage), 0);
  let done = 0;
  observer({ kind: 'phase', phase, poolId: context.target.id, total });
  const entries = entriesOf(segment, stages, storage, { cipher, signal: context.signal }, progress, deadline);
  await inParallel(entries, ENTRIES_AT_ONCE, async ({ stage, index, entry }) => {
    await lease.keep();
    await applyEntry(entry, context);
    progress.finishEntry(stage, index);
    done += 1;
    if (done % PROGRESS_EVERY === 0 || done === total) observer({ kind: 'progress', phase, done, total });
  });
}

async function* entriesOf(
  segment: Segment,
  stages: readonly Stage[],
  storage: Storage,
  options: RunFileOptions,
  progress: RoundProgress,
  deadline: (() => boolean) | undefined,
): AsyncIterable<{ readonly stage: number; readonly index: number; readonly entry: PlanEntry }> {
  for (let stage = segment.first; stage < segment.end; stage += 1) {
    const current = stages[stage];
    if (current === undefined || current.kind === 'import-job') continue;
    const entries = await readRunPart<PlanEntry>(storage, current.part, options);
    for (let index = progress.begin(stage, entries.length); index < entries.length; index += 1) {
      const entry = entries[index];
      if (deadline?.()) return;
      if (entry) yield { stage, index, entry };
    }
  }
}

async function applyEntry(entry: PlanEntry, context: ApplyContext): Promise<void> {
  if (isGroupEntry(entry)) return applyGroup(entry, context);
  if (isImportRow(entry)) return;
  return applyUser(entry, context);
}

function isGroupEntry(entry: PlanEntry): entry is GroupEntry {
  return entry.kind === 'create-group' || entry.kind === 'update-group' || entry.kind === 'delete-group';
}

async function runImport(
  context: ApplyContext,
  { storage, run, cipher, importJobs }: ApplyRoundOptions,
): Promise<void> {
  if (!importJobs) return;
  const options = { cipher, signal: context.signal };
  await importUsers(importEntries(storage, run.plan, options), context, importJobs);
}

async function* importEntries(
  storage: Storage,
  plan: readonly RunPart[],
  options: RunFileOptions,
): AsyncIterable<CreateUser> {
  for await (const entry of readRunFile<UserEntry>(storage, plan, options)) {
    if (isImportRow(entry)) yield entry;
  }
}

function recordsOf(stage: Stage): number {
  return stage.kind === 'import-job' ? 0 : stage.part.records;
}
