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
  const progress = new RoundProgress(options.from);
  for (const segment of segmentsOf(options.run, options.from.stage)) {
    if (options.deadline?.()) return progress.cursor();
    if (segment.kind === 'import-job') {
      await runImport(context, options);
      progress.finishStage(segment.first);
    } else {
      await applyEntries(segment, context, { ...options, progress });
    }
    if (progress.cursor().stage < segment.first + segment.stages.length) return progress.cursor();
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
  /** The number of its first stage in the round. */
  readonly first: number;
  readonly stages: Stage[];
}

/** Neighbouring stages of one kind run as one stream; kinds wait for each other. */
function segmentsOf(run: RunRecord, from: number): readonly Segment[] {
  const segments: Segment[] = [];
  for (const [number, stage] of stagesOf(run).entries()) {
    if (number < from) continue;
    const last = segments.at(-1);
    if (last?.kind === stage.kind) last.stages.push(stage);
    else segments.push({ kind: stage.kind, first: number, stages: [stage] });
  }
  return segments;
}

interface Round extends ApplyRoundOptions {
  readonly progress: RoundProgress;
}

async function applyEntries(segment: Segment, context: ApplyContext, round: Round): Promise<void> {
  const { observer, lease, progress } = round;
  const phase = segment.kind === 'groups' ? 'apply-groups' : 'apply-users';
  const total = segment.stages.reduce((sum, stage) => sum + recordsOf(stage), 0);
  let done = 0;
  observer({ kind: 'phase', phase, poolId: context.target.id, total });
  await inParallel(entriesOf(segment, round, context.signal), ENTRIES_AT_ONCE, async ({ stage, index, entry }) => {
    await lease.keep();
    await applyEntry(entry, context);
    progress.finishEntry(stage, index);
    done += 1;
    if (done % PROGRESS_EVERY === 0 || done === total) observer({ kind: 'progress', phase, done, total });
  });
}

async function* entriesOf(
  { first, stages }: Segment,
  { storage, cipher, progress, deadline }: Round,
  signal: AbortSignal | undefined,
): AsyncIterable<{ readonly stage: number; readonly index: number; readonly entry: PlanEntry }> {
  for (const [offset, current] of stages.entries()) {
    if (current.kind === 'import-job') continue;
    const stage = first + offset;
    const entries = await readRunPart<PlanEntry>(storage, current.part, { cipher, signal });
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
