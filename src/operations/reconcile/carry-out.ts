import type { ApplyContext, Failure } from '../../apply/apply-context.ts';
import { noActions, type ActionCounts, type MutableActionCounts } from '../../model/counts.ts';
import { BackupError } from '../../model/errors.ts';
import { identityModelOf } from '../../plan/identity.ts';
import type { Lease } from '../../runs/lease.ts';
import { RunFileWriter, type RunPart } from '../../runs/run-files.ts';
import type { RunRecord } from '../../runs/run-record.ts';
import { RunRecordFile } from '../../runs/run-record-file.ts';
import { sweepRun } from '../../runs/sweep-runs.ts';
import { planInputOf, recordOf, type ActiveRun } from './active-run.ts';
import { applyRound } from './apply-round.ts';
import type { ReconcileDependencies } from './dependencies.ts';
import { addRecreations, type Recreations } from './interrupted-recreations.ts';
import { locateParts } from './locate-parts.ts';
import { reportPlan } from './plan-report.ts';
import type { ReconcileRequest, ReconcileResult, ReconcileSlice } from './requests.ts';
import type { Cursor } from './round-progress.ts';
import { nameRemaining } from './name-remaining.ts';
import { Settling } from './settling.ts';
import { forgetEntries, forgetPlan, makeStoredPlan, type StoredPlan } from './stored-plan.ts';
import { describeTarget, type Target } from './target.ts';
import { Verification, type RoundBefore } from './verification.ts';

export interface CarryOutOptions {
  readonly lease: Lease;
  readonly startedMs: number;
}

const START: Cursor = { stage: 0, entry: 0 };

/** Applies a confirmed plan and verifies the target by planning again, slice by slice where there is a deadline. */
export async function carryOut(
  deps: ReconcileDependencies,
  request: ReconcileRequest,
  active: ActiveRun,
  options: CarryOutOptions,
): Promise<ReconcileResult | ReconcileSlice> {
  return new ApplyRun(deps, request, active, options).run();
}

/** The state of one apply in one process: the run's record, what was done, and what failed in the latest round. */
class ApplyRun {
  readonly #deps: ReconcileDependencies;
  readonly #request: ReconcileRequest;
  readonly #options: CarryOutOptions;
  readonly #counts: MutableActionCounts;
  readonly #initial: ActiveRun;
  readonly #settling: Settling;
  readonly #verification: Verification;
  #record: RunRecord;
  readonly #file: RunRecordFile;
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
    this.#file = new RunRecordFile(deps.storage, this.#record);
    const agoMs = deps.runtime.now().getTime() - new Date(this.#record.savedAt).getTime();
    this.#settling = new Settling(deps.runtime, Math.max(0, agoMs));
    const seen = request.continuation?.seen ?? { firstRound: this.#record.round };
    this.#verification = new Verification(this.#settling, seen);
    this.#counts = { ...noActions(), ...this.#record.done };
    this.#failures = this.#failuresWriter(this.#record.failures);
    this.#failed = this.#record.failures.reduce((sum, { records }) => sum + records, 0);
  }

  async run(): Promise<ReconcileResult | ReconcileSlice> {
    await this.#file.save(this.#record);
    if ('plan' in this.#initial && isEmpty(this.#initial.plan)) return this.#finish(this.#initial.plan);
    const { continuation } = this.#request;
    const onlyVerify = continuation !== undefined && continuation.cursor === undefined;
    const stopped = onlyVerify ? undefined : await this.#apply(continuation?.cursor ?? START);
    return stopped ?? this.#verify();
  }

  /** Carries out the plan of the record; answers a slice when the deadline came first. */
  async #apply(from: Cursor): Promise<ReconcileSlice | undefined> {
    const { storage, observer } = this.#deps;
    const before = totalOf(this.#counts);
    try {
      const cursor = await applyRound(this.#context(), {
        storage,
        observer,
        lease: this.#options.lease,
        run: this.#record,
        cipher: this.#initial.cipher,
        from,
        deadline: this.#request.deadline,
        importJobs: this.#importJobs(),
      });
      if (cursor) return this.#slice(cursor);
    } finally {
      await this.#save();
    }
    this.#settling.begin(totalOf(this.#counts) > before);
    return undefined;
  }

  /** Plans again until nothing is left, or nothing that trying again would change. */
  async #verify(): Promise<ReconcileResult | ReconcileSlice> {
    for (;;) {
      if (this.#request.deadline?.('listing')) return this.#slice();
      this.#settling.look();
      const plan = await this.#planAgain();
      const next = isEmpty(plan) ? 'end' : this.#verification.next(plan, this.#roundBefore());
      if (next === 'end') return this.#finish(plan);
      if (next === 'try') {
        await this.#nextRound(plan);
        const stopped = await this.#apply(START);
        if (stopped) return stopped;
      } else {
        await forgetPlan(this.#deps.storage, plan.files);
        const delayMs = this.#settling.nextDelayMs();
        this.#deps.observer({ kind: 'waiting', reason: 'listings lag writes', delayMs });
        await this.#deps.runtime.sleep(delayMs, this.#request.signal);
      }
    }
  }

  #roundBefore(): RoundBefore {
    const { round, importRows, mayDelete } = this.#record;
    const deletesLeft = mayDelete - this.#counts.deleteUsers;
    return { round, hadJob: importRows > 0, failed: this.#failed, deletesLeft };
  }

  async #planAgain(): Promise<StoredPlan> {
    const deps = this.#deps;
    const { onFinding: _alreadyTold, ...request } = this.#request;
    deps.observer({ kind: 'phase', phase: 'verify-target', poolId: request.target });
    await this.#options.lease.keep();
    const importJobs = this.#target.importHeader !== undefined;
    this.#target = await describeTarget(deps, request.target, {
      importJobs,
      isDeep: request.desired.isDeep ?? false,
      signal: request.signal,
    });
    const again = { ...request, options: { ...request.options, afterJob: true } };
    const own = [...this.#initial.own, { since: this.#record.startedAt }];
    const input = planInputOf(deps, again, this.#target, own);
    const { cipher } = this.#initial;
    const recreations: Recreations = new Map();
    if (this.#record.recreations > 0) {
      const options = { storage: deps.storage, cipher, signal: request.signal, isSameRequest: true };
      await addRecreations(recreations, this.#record, options);
    }
    const deletesUntil = this.#record.seenUntil;
    const round = this.#record.round + 1;
    return makeStoredPlan({ ...deps, cipher }, { ...input, recreations, deletesUntil }, this.#record, round);
  }

  async #nextRound(plan: StoredPlan): Promise<void> {
    const old = this.#record;
    const { groups, plan: entries, groupDeletes } = plan.files;
    this.#record = {
      ...this.#record,
      state: 'open',
      round: this.#record.round + 1,
      plannedAt: plan.plannedAt,
      groups,
      importRows: 0,
      recreations: plan.recreations,
      plan: entries,
      groupDeletes,
      failures: [],
    };
    this.#failures = this.#failuresWriter([]);
    this.#failed = 0;
    await this.#save();
    await forgetEntries(this.#deps.storage, old);
  }

  async #finish(plan: StoredPlan): Promise<ReconcileResult> {
    const { storage, runtime } = this.#deps;
    const report = 'report' in this.#initial ? this.#initial.report : undefined;
    const { remaining } = plan.summary;
    this.#record = {
      ...this.#record,
      // Who is missing is created by any later run; only who is half-made, or was deleted, has to be known then.
      state: remaining.changed + plan.recreations === 0 ? 'done' : 'left',
      // The files of the last plan bear the next number: those of a later run must not have their names.
      round: this.#record.round + 1,
      groups: [],
      importRows: 0,
      recreations: plan.recreations,
      plan: plan.recreations === 0 ? [] : plan.files.plan,
      groupDeletes: [],
      findings: [
        ...this.#record.findings,
        ...(await nameRemaining(storage, this.#record, plan.files, { cipher: this.#initial.cipher })),
      ],
      map: this.#request.command === 'clean' ? [] : plan.files.map,
    };
    await this.#save();
    await sweepRun(storage, this.#record);
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
    const locate = (parts: readonly RunPart[]) => locateParts(this.#deps.storage.location, parts);
    const files = {
      mapFile: locate(this.#record.map),
      failuresFile: locate(this.#record.failures),
      findingsFile: locate(this.#record.findings),
    };
    return Object.fromEntries(Object.entries(files).filter(([, location]) => location !== undefined));
  }

  /** Without a cursor the next slice has only to verify. */
  #slice(cursor?: Cursor): ReconcileSlice {
    const seen = this.#verification.state;
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
    const savedAt = this.#deps.runtime.now().toISOString();
    this.#record = { ...this.#record, savedAt, done: { ...this.#counts }, failures: await this.#failures.end() };
    await this.#file.save(this.#record);
  }

  #failuresWriter(existing: readonly RunPart[]): RunFileWriter<Failure> {
    return new RunFileWriter(this.#deps.storage, this.#record, `failures-${this.#record.round}`, {
      existing,
      cipher: this.#initial.cipher,
    });
  }
}

/** Nothing to do: the listing it was made from is the verification. */
function isEmpty({ digest }: StoredPlan): boolean {
  return digest.startsWith('0:');
}

function totalOf(counts: ActionCounts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
