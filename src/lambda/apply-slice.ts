import { ACTION_KINDS, noActions, type ActionCounts } from '../model/counts.ts';
import { BackupError } from '../model/errors.ts';
import type { Observer } from '../model/events.ts';
import type { PoolId, RunId } from '../model/ids.ts';
import { LOSS_EFFECTS, type Loss, type LossKind } from '../model/losses.ts';
import type { ApplyOptions } from '../operations/apply-options.ts';
import type { Continuation, PlanReport, ReconcileResult, ReconcileSlice } from '../operations/reconcile/requests.ts';
import type { Confirmation } from '../plan/guards.ts';
import { runsOf, type RunRecord } from '../runs/run-record.ts';
import type { Storage } from '../storage/storage.ts';
import type { ApplyProgress } from './events.ts';
import type { Call } from './run-handler.ts';

/** What an apply answers at its end; the names are those of the command's JSON, with `counts` for what was done. */
export type ApplySummary = Pick<
  ReconcileResult,
  'dryRun' | 'planned' | 'counts' | 'failed' | 'conflicts' | 'losses' | 'remaining'
> &
  Pick<ReconcileResult, 'mapFile' | 'failuresFile' | 'findingsFile'> & {
    /** Users of the snapshot who were left out because they were erased from the vault. */
    readonly erasedUsers: number;
    /** After a dry run: what the plan would cost and what users would experience. */
    readonly plan?: Pick<PlanReport, 'callsByCategory' | 'durationMs' | 'mauUsers' | 'experiences'>;
  };

export type ApplyOutcome =
  | { readonly done: true; readonly summary: ApplySummary }
  | { readonly done: false; readonly apply: ApplyProgress };

export interface ApplySliceOptions {
  readonly target: PoolId;
  /** The vault's: where runs are remembered. */
  readonly storage: Storage;
  readonly before: ApplyProgress | undefined;
  /** Whether the call has done nothing else yet. */
  readonly isFirst: boolean;
  /** Whether the event says what a write wants to hear. */
  readonly isConfirmed: (confirmation: Confirmation) => boolean;
}

/** What is handed to the operation, beside its own options. */
export type SliceOptions = Pick<ApplyOptions, 'confirm' | 'deadline' | 'continuation' | 'signal'>;

type Work = (options: SliceOptions, observer: Observer) => Promise<ReconcileResult | ReconcileSlice>;

/** Listing the target again takes about as long as it did before. */
const LISTING_RESERVE = 1.25;

/**
 * Applies a plan until it is done or the call's time is spent. A slice that had to be cut off leaves its stored plan behind:
 * planning again finds what is left. Throws `interrupted` where a whole call is too short to list the target.
 */
export async function applySlice(call: Call<unknown>, options: ApplySliceOptions, work: Work): Promise<ApplyOutcome> {
  const slice = new ApplySlice(call, options);
  try {
    const result = await work(slice.options(), slice.observer);
    return result.done ? { done: true, summary: slice.summary(result) } : { done: false, apply: slice.next(result) };
  } catch (error) {
    if (!call.budget.hasCaused(error) || !slice.hasWorked) throw error;
    return { done: false, apply: await slice.planAnew() };
  }
}

/** One call's share of an apply. */
class ApplySlice {
  readonly #call: Call<unknown>;
  readonly #options: ApplySliceOptions;
  readonly #before: ApplyProgress;
  #report: PlanReport | undefined;
  #planMs: number | undefined;
  /** Whether this call has done more than one listing. */
  hasWorked: boolean;
  #hasListed = false;

  constructor(call: Call<unknown>, options: ApplySliceOptions) {
    this.#call = call;
    this.#options = options;
    this.#before = options.before ?? { counts: noActions() };
    this.hasWorked = !options.isFirst;
    this.#planMs = this.#before.planMs;
  }

  options(): SliceOptions {
    const { run } = this.#before;
    const { budget, elapsedMs } = this.#call;
    const beganMs = elapsedMs();
    return {
      signal: budget.signal,
      deadline: (ahead) => this.#isTimeOver(ahead),
      ...(run && { continuation: { ...run, runId: run.runId as RunId } satisfies Continuation }),
      confirm: async (report, confirmation) => {
        this.#report = report;
        this.#planMs = elapsedMs() - beganMs;
        this.hasWorked = true;
        if (confirmation === 'none' || this.#options.isConfirmed(confirmation)) return true;
        const { id } = report.target;
        throw new BackupError('refused', `Refused to write to pool ${id}: it is not confirmed`, {
          hint: `Nothing was changed. Confirm with: "confirm": ${JSON.stringify(id)}`,
        });
      },
    };
  }

  readonly observer: Observer = (event) => {
    const isWork = event.kind === 'import-job' || (event.kind === 'phase' && event.phase.startsWith('apply-'));
    if (isWork) this.hasWorked = true;
    if (event.kind === 'phase' && event.phase === 'verify-target') {
      if (this.#hasListed) this.hasWorked = true;
      this.#hasListed = true;
    }
    this.#call.observer(event);
  };

  /** A listing cannot be cut: but for the first thing that a call does, it is left to the next call when time is short. */
  #isTimeOver(ahead: 'listing' | undefined): boolean {
    const { budget } = this.#call;
    if (ahead !== 'listing') return budget.isSpent();
    if (!this.hasWorked && !this.#hasListed) return false;
    return !budget.hasRoomFor((this.#planMs ?? 0) * LISTING_RESERVE);
  }

  next({ continuation }: ReconcileSlice): ApplyProgress {
    return { ...this.#progress(), counts: this.#before.counts, run: continuation };
  }

  /** Leaves the stored plan behind; what it has done counts all the same. */
  async planAnew(): Promise<ApplyProgress> {
    const { storage, target } = this.#options;
    const hasRun = this.#report !== undefined || this.#before.run !== undefined;
    const run = hasRun ? await newestRun(storage, target) : undefined;
    return { ...this.#progress(), counts: sum(this.#before.counts, { ...noActions(), ...run?.done }) };
  }

  summary(result: ReconcileResult): ApplySummary {
    const { dryRun, failed, conflicts, remaining, mapFile, failuresFile, findingsFile, plan } = result;
    const { planned, losses } = this.#progress();
    const { callsByCategory, durationMs, mauUsers, experiences } = plan;
    return {
      dryRun,
      planned: planned ?? result.planned,
      counts: sum(this.#before.counts, result.counts),
      failed,
      conflicts,
      losses: losses ? describeLosses(losses) : result.losses,
      remaining,
      ...(mapFile !== undefined && { mapFile }),
      ...(failuresFile !== undefined && { failuresFile }),
      ...(findingsFile !== undefined && { findingsFile }),
      erasedUsers: plan.erasedUsers,
      ...(dryRun && { plan: { callsByCategory, durationMs, mauUsers, experiences } }),
    };
  }

  /** The first plan says what was planned and what is lost: later ones hold only what was left. */
  #progress(): Pick<ApplyProgress, 'planned' | 'losses' | 'planMs'> {
    const planned = this.#before.planned ?? this.#report?.planned;
    const losses = this.#before.losses ?? (this.#report && lossCounts(this.#report.losses));
    const planMs = this.#planMs;
    return { ...(planned && { planned }), ...(losses && { losses }), ...(planMs !== undefined && { planMs }) };
  }
}

async function newestRun(storage: Storage, target: PoolId): Promise<RunRecord | undefined> {
  for await (const run of runsOf(storage, target)) return run;
  return undefined;
}

function sum(one: ActionCounts, other: ActionCounts): ActionCounts {
  const total = noActions();
  for (const kind of ACTION_KINDS) total[kind] = one[kind] + other[kind];
  return total;
}

function lossCounts(losses: readonly Loss[]): { [Kind in LossKind]?: number } {
  return Object.fromEntries(losses.map(({ kind, count }) => [kind, count]));
}

function describeLosses(losses: { readonly [Kind in LossKind]?: number | undefined }): Loss[] {
  return (Object.entries(losses) as [LossKind, number][]).map(([kind, count]) => ({
    kind,
    count,
    effect: LOSS_EFFECTS[kind],
  }));
}
