import type { ApplyContext, Failure } from '../../apply/apply-context.ts';
import { noActions, type MutableActionCounts } from '../../model/counts.ts';
import { BackupError } from '../../model/errors.ts';
import type { PlanOptions } from '../../plan/context.ts';
import { identityModelOf } from '../../plan/identity.ts';
import type { Lease } from '../../runs/lease.ts';
import { RunFileWriter, type RunPart } from '../../runs/run-files.ts';
import { saveRun, type RunRecord } from '../../runs/run-record.ts';
import { planInputOf, recordOf, type ActiveRun } from './active-run.ts';
import { applyRound } from './apply-round.ts';
import type { ReconcileDependencies } from './dependencies.ts';
import { reportPlan } from './plan-report.ts';
import type { PlanReport, ReconcileRequest, ReconcileResult, ReconcileSlice } from './requests.ts';
import type { Cursor } from './round-progress.ts';
import { forgetEntries, forgetPlan, makeStoredPlan, type StoredPlan } from './stored-plan.ts';
import { describeTarget, type Target } from './target.ts';

export interface CarryOutOptions {
  readonly lease: Lease;
  readonly startedMs: number;
}

/** How often what remains is tried again, once two listings agree on it. */
const MAX_ROUNDS = 3;
const START: Cursor = { stage: 0, entry: 0 };
const FIRST_SETTLE_MS = 1_000;
/** Lists lag writes by an unknown time; the simulator takes up to 30 s. COGNITO-FACTS §4. */
const MAX_SETTLE_MS = 16_000;

/** Applies a confirmed plan and verifies the target by planning again, slice by slice where there is a deadline. */
export async function carryOut(
  deps: ReconcileDependencies,
  request: ReconcileRequest,
  active: ActiveRun,
  options: CarryOutOptions,
): Promise<ReconcileResult | ReconcileSlice> {
  const session = new ApplySession(deps, request, active, options);
  return session.run();
}

/** The state of one apply in one process: the run's record, what was done, and what failed in the latest round. */
class ApplySession {
  readonly #deps: ReconcileDependencies;
  readonly #request: ReconcileRequest;
  readonly #options: CarryOutOptions;
  readonly #counts: MutableActionCounts;
  readonly #initial: ActiveRun;
  readonly #firstRound: number;
  #previous: string | undefined;
  #tried: string | undefined;
  #record: RunRecord;
  #target: Target;
  #failures: RunFileWriter<Failure>;
  #failed = 0;

  constructor(deps: ReconcileDependencies, request: ReconcileRequest, active: ActiveRun, options: CarryOutOptions) {
    this.#deps = deps;
    this.#request = request;
    this.#options = options;
    this.#initial = active;
    this.#target = active.target;
    this.#record = 'continued' in active ? active.continued : recordOf(deps, request, active);
    const seen = request.continuation?.seen;
    this.#firstRound = seen?.firstRound ?? this.#record.round;
    this.#previous = seen?.previous;
    this.#tried = seen?.tried;
    this.#counts = { ...noActions(), ...this.#record.done };
    this.#failures = this.#failuresWriter(this.#record.failures);
    this.#failed = this.#record.failures.reduce((sum, { records }) => sum + records, 0);
  }

  async run(): Promise<ReconcileResult | ReconcileSlice> {
    await saveRun(this.#deps.storage, this.#record);
    const { continuation } = this.#request;
    const onlyVerify = continuation !== undefined && continuation.cursor === undefined;
    const stopped = onlyVerify ? undefined : await this.#apply(continuation?.cursor ?? START);
    return stopped ?? this.#verify();
  }

  /** Carries out the plan of the record; answers a slice when the deadline came first. */
  async #apply(from: Cursor): Promise<ReconcileSlice | undefined> {
    const { storage, observer } = this.#deps;
    try {
      const cursor = await applyRound(this.#context(), {
        storage,
        observer,
        lease: this.#options.lease,
        run: this.#record,
        from,
        deadline: this.#request.deadline,
        importJobs: this.#importJobs(),
      });
      if (cursor) return this.#slice(cursor);
    } finally {
      await this.#save();
    }
    return undefined;
  }

  /**
   * Plans again until nothing is left. What two listings agree on is tried once more, by the API where a job has failed;
   * what stays the same after that is the result.
   */
  async #verify(): Promise<ReconcileResult | ReconcileSlice> {
    let settleMs = FIRST_SETTLE_MS;
    for (;;) {
      if (this.#request.deadline?.('listing')) return this.#slice();
      const plan = await this.#planAgain();
      if (plan.digest.startsWith('0:') || plan.digest === this.#tried) return this.#finish(plan);
      if (plan.digest === this.#previous) {
        if (this.#record.round >= MAX_ROUNDS + this.#firstRound) return this.#finish(plan);
        this.#tried = plan.digest;
        this.#previous = undefined;
        await this.#nextRound(plan);
        const stopped = await this.#apply(START);
        if (stopped) return stopped;
      } else {
        this.#previous = plan.digest;
        await forgetPlan(this.#deps.storage, plan.files);
        this.#deps.observer({ kind: 'waiting', reason: 'listings lag writes', delayMs: settleMs });
        await this.#deps.runtime.sleep(settleMs, this.#request.signal);
        settleMs = Math.min(settleMs * 2, MAX_SETTLE_MS);
      }
    }
  }

  async #planAgain(): Promise<StoredPlan> {
    const deps = this.#deps;
    const { onFinding: _alreadyTold, ...request } = this.#request;
    deps.observer({ kind: 'phase', phase: 'verify-target', poolId: request.target });
    await this.#options.lease.keep();
    const importJobs = this.#target.importHeader !== undefined;
    this.#target = await describeTarget(deps, request.target, {
      importJobs,
      ...(request.signal && { signal: request.signal }),
    });
    const again = { ...request, options: leftoverOptions(request.options) };
    const input = planInputOf(deps, again, this.#target, this.#record.startedAt);
    return makeStoredPlan(deps, input, this.#record, this.#record.round + 1);
  }

  async #nextRound(plan: StoredPlan): Promise<void> {
    await forgetEntries(this.#deps.storage, filesOf(this.#record));
    const { groups, plan: entries, groupDeletes } = plan.files;
    this.#record = {
      ...this.#record,
      round: this.#record.round + 1,
      plannedAt: plan.plannedAt,
      groups: [...groups],
      importRows: 0,
      plan: [...entries],
      groupDeletes: [...groupDeletes],
      failures: [],
    };
    this.#failures = this.#failuresWriter([]);
    this.#failed = 0;
    await this.#save();
  }

  async #finish(plan: StoredPlan): Promise<ReconcileResult> {
    const { storage, runtime } = this.#deps;
    const report = await this.#firstReport();
    const { remaining } = plan.summary;
    const isDone = remaining.missing + remaining.extra + remaining.changed === 0 && this.#failed === 0;
    const old = filesOf(this.#record);
    this.#record = {
      ...this.#record,
      state: isDone ? 'done' : 'open',
      groups: [],
      importRows: 0,
      plan: [],
      groupDeletes: [],
      map: this.#request.command === 'clean' ? [] : [...plan.files.map],
    };
    await this.#save();
    await forgetEntries(storage, old);
    await forgetEntries(storage, plan.files);
    return {
      done: true,
      dryRun: false,
      plan: report ?? (await reportPlan(this.#deps, this.#target, plan.summary)),
      planned: report?.planned ?? { ...this.#counts },
      counts: { ...this.#counts },
      failed: this.#failed,
      conflicts: plan.summary.conflicts.reduce((sum, { count }) => sum + count, 0),
      losses: report?.losses ?? plan.summary.losses,
      remaining,
      ...this.#locations(),
      durationMs: runtime.monotonicMs() - this.#options.startedMs,
    };
  }

  #locations(): Pick<ReconcileResult, 'mapFile' | 'failuresFile' | 'findingsFile'> {
    const locate = (parts: readonly RunPart[]): string | undefined =>
      parts[0] && `${this.#deps.storage.location.replace(/\/$/, '')}/${parts[0].key}`;
    const files = {
      mapFile: locate(this.#record.map),
      failuresFile: locate(this.#record.failures),
      findingsFile: locate(this.#record.findings),
    };
    return Object.fromEntries(Object.entries(files).filter(([, location]) => location !== undefined));
  }

  async #firstReport(): Promise<PlanReport | undefined> {
    return 'report' in this.#initial ? this.#initial.report : undefined;
  }

  /** Without a cursor the next slice has only to verify. */
  #slice(cursor?: Cursor): ReconcileSlice {
    const seen = {
      firstRound: this.#firstRound,
      ...(this.#previous !== undefined && { previous: this.#previous }),
      ...(this.#tried !== undefined && { tried: this.#tried }),
    };
    const continuation = { runId: this.#record.id, ...(cursor && { cursor }), seen };
    return { done: false, continuation, counts: { ...this.#counts } };
  }

  #context(): ApplyContext {
    const { gateway, runtime } = this.#deps;
    return {
      gateway,
      runtime,
      target: this.#target.pool,
      identity: identityModelOf(this.#target.pool),
      oursSince: this.#record.startedAt,
      plannedAt: new Date(this.#record.plannedAt),
      signal: this.#request.signal,
      did: (kind) => {
        this.#counts[kind] += 1;
      },
      fail: async (failure) => {
        this.#failed += 1;
        await this.#failures.add(failure);
      },
      keepPassword: async (password) => {
        if (!this.#request.keepPassword) throw new BackupError('internal', 'Temporary passwords have nowhere to go');
        await this.#request.keepPassword(password);
      },
    };
  }

  #importJobs() {
    const { importRole, options } = this.#request;
    const header = this.#target.importHeader;
    if (importRole === undefined || header === undefined) return undefined;
    return {
      header,
      roleArn: importRole,
      jobName: `cognito-backup-${this.#record.id}`,
      observer: this.#deps.observer,
      ...(options.hashes !== undefined && { hashes: options.hashes }),
    };
  }

  async #save(): Promise<void> {
    this.#record = { ...this.#record, done: { ...this.#counts }, failures: [...(await this.#failures.end())] };
    await saveRun(this.#deps.storage, this.#record);
  }

  #failuresWriter(existing: readonly RunPart[]): RunFileWriter<Failure> {
    return new RunFileWriter(this.#deps.storage, this.#record, `failures-${this.#record.round}`, { existing });
  }
}

/** Whom a job left out goes by the API, except under `import-job` and with a hash: those stay, named. */
function leftoverOptions(options: PlanOptions): PlanOptions {
  return options.engine === 'auto' ? { ...options, engine: 'api' } : options;
}

function filesOf({ groups, plan, groupDeletes, findings, map }: RunRecord) {
  return { groups, plan, groupDeletes, findings, map };
}
