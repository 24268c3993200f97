import { noActions } from '../../model/counts.ts';
import { adoptActiveJob } from '../../cognito/import-job.ts';
import type { EncryptionChoice } from '../../encryption/encryption-choice.ts';
import { BackupError } from '../../model/errors.ts';
import type { SchemaAttribute } from '../../model/pool.ts';
import { checkGuardsBeforePlanning, confirmationFor } from '../../plan/guards.ts';
import { checkLegacySubAttribute, checkLegacySubName } from '../../plan/legacy-sub.ts';
import { takeLease, type Lease, type ServiceTime } from '../../runs/lease.ts';
import { leasedStorage } from '../../runs/leased-storage.ts';
import { newRunCipher, PLAIN_RUN, storeRunKeys } from '../../runs/run-cipher.ts';
import { runsOf } from '../../runs/run-record.ts';
import type { ReconcileDependencies } from './dependencies.ts';
import { advise } from './advice.ts';
import { checkPlan, guardFacts } from './check-plan.ts';
import { keepingLease } from './keeping-lease.ts';
import { discardingSink, forgetPlan, makeStoredPlan } from './stored-plan.ts';
import { makePlan } from './make-plan.ts';
import { createAttributes, missingAttributes, withAttributes } from './missing-attributes.ts';
import { reportPlan } from './plan-report.ts';
import type { ReconcileRequest, ReconcileResult, ReconcileSlice } from './requests.ts';
import { beginRun, continueRun, planInputOf, type ActiveRun } from './active-run.ts';
import { carryOut } from './carry-out.ts';
import { runEncryption } from './run-encryption.ts';
import { describeTarget, type Target } from './target.ts';
import { earlierFindings, unfinishedRuns } from './unfinished-runs.ts';

/**
 * Makes a pool take a desired value: plan, guards, confirmation, apply, and planning again until nothing is left or two
 * listings agree on what is. Restore, import, clean and mirror are this with different values and scopes.
 *
 * Errors: `usage` and `bad-input` for options that do not go together or do not fit the pool, `refused` by a guard or not
 * confirmed, `schema-gap`, `locked`, `pool-not-found`, `not-authorized`, `throttled`, `unavailable`, `interrupted`, and those of
 * the storage; run again to go on.
 */
export async function reconcile(
  deps: ReconcileDependencies,
  request: ReconcileRequest,
): Promise<ReconcileResult | ReconcileSlice> {
  const startedMs = deps.runtime.monotonicMs();
  checkRequest(request);
  const described = await describe(deps, request);
  const { target } = described;
  checkGuardsBeforePlanning(guardFacts(request, target));
  if (request.dryRun) return dryRun(deps, request, target, startedMs);
  const choice = await runEncryption(deps, request);
  const lease = await takeLease({
    storage: deps.storage,
    runtime: deps.runtime,
    target: request.target,
    command: request.command,
    serviceTime: described.serviceTime,
    leaseMs: deps.leaseMs,
    signal: request.signal,
  });
  const holding = {
    ...deps,
    gateway: keepingLease(deps.gateway, lease),
    storage: leasedStorage(deps.storage, lease),
  };
  try {
    const active = request.continuation
      ? await continueRun(holding, request, target)
      : await planAndConfirm(holding, request, { ...described, choice }, lease);
    return await carryOut(holding, request, active, { lease, startedMs });
  } finally {
    await release(lease, deps);
  }
}

/** What was achieved stands, whether the lock could be taken away or not. */
async function release(lease: Lease, { observer }: ReconcileDependencies): Promise<void> {
  try {
    await lease.release();
  } catch {
    observer({
      kind: 'warning',
      code: 'lock-left',
      message: 'The lock of the target was left behind; it expires by itself',
    });
  }
}

function checkRequest(request: ReconcileRequest): void {
  const { subAttribute, mapping } = request.options;
  if (subAttribute !== undefined) checkLegacySubName(subAttribute, mapping);
  if (request.options.engine === 'import-job' && request.importRole === undefined) {
    throw new BackupError('usage', 'The import-job engine needs --import-role', {
      hint: 'Name the role with which Cognito writes the log of the job, for example arn:aws:iam::123456789012:role/cognito-import',
    });
  }
  if (request.options.passwords === 'temporary' && !request.keepPassword && !request.dryRun) {
    throw new BackupError('usage', 'Temporary passwords need a file to be written to', {
      hint: 'Pass --password-file FILE; it is created with mode 0600',
    });
  }
}

interface Described {
  readonly target: Target;
  /** Attributes that the target lacks and that the run will create. */
  readonly added: readonly SchemaAttribute[];
  readonly serviceTime: ServiceTime | undefined;
}

async function describe(deps: ReconcileDependencies, request: ReconcileRequest): Promise<Described> {
  const importJobs = request.importRole !== undefined && request.options.engine !== 'api';
  const { signal } = request;
  const isDeep = request.desired.isDeep ?? false;
  // A job that an interrupted run left behind still writes to the pool: wait for it before looking at the pool.
  if (!request.dryRun && (importJobs || (await leftJob(deps, request)))) {
    await adoptActiveJob(deps.gateway, request.target, { ...deps, signal });
  }
  const askedMs = deps.runtime.monotonicMs();
  const target = await describeTarget(deps, request.target, { importJobs, isDeep, signal });
  const date = deps.gateway.serviceTime();
  const { subAttribute } = request.options;
  const added = request.createMissingAttributes
    ? missingAttributes(request.desired.source, target.pool, subAttribute)
    : [];
  const complete = withAttributes(target, added);
  if (subAttribute !== undefined) checkLegacySubAttribute(subAttribute, complete.pool);
  return { target: complete, added, serviceTime: date && { date, askedMs } };
}

/** Whether the newest run of the target stopped at its import job, which goes on without it. */
async function leftJob({ storage }: ReconcileDependencies, { target }: ReconcileRequest): Promise<boolean> {
  for await (const run of runsOf(storage, target)) return run.state === 'open' && run.importRows > 0;
  return false;
}

async function dryRun(
  deps: ReconcileDependencies,
  request: ReconcileRequest,
  target: Target,
  startedMs: number,
): Promise<ReconcileResult> {
  const { own, recreations } = await unfinishedRuns(deps, request);
  announcePlanning(deps, target);
  const input = { ...planInputOf(deps, request, target, own), recreations };
  const { summary } = await makePlan(deps, input, discardingSink());
  checkPlan(request, target, summary);
  const plan = await reportPlan(deps, target, summary);
  advise(deps.observer, request, target, plan);
  return {
    done: true,
    dryRun: true,
    plan,
    planned: plan.planned,
    counts: noActions(),
    failed: 0,
    conflicts: plan.conflicts.reduce((sum, { count }) => sum + count, 0),
    losses: plan.losses,
    remaining: plan.remaining,
    durationMs: deps.runtime.monotonicMs() - startedMs,
  };
}

function announcePlanning({ observer }: ReconcileDependencies, { pool }: Target): void {
  observer({ kind: 'phase', phase: 'plan', poolId: pool.id, total: pool.estimatedUsers });
}

/** Nothing is written to the target before this function is through. */
async function planAndConfirm(
  deps: ReconcileDependencies,
  request: ReconcileRequest,
  { target, added, choice }: Described & { readonly choice: EncryptionChoice | undefined },
  lease: Lease,
): Promise<ActiveRun> {
  const { interrupted, own, recreations } = await unfinishedRuns(deps, request);
  const ref = await beginRun(deps, request, interrupted);
  const cipher = deps.vault ? await newRunCipher(deps.vault, ref, choice) : PLAIN_RUN;
  announcePlanning(deps, target);
  const input = {
    ...planInputOf(deps, request, target, own),
    recreations,
    ...(interrupted?.id === ref.id && { earlierFindings: earlierFindings(deps, request, interrupted) }),
  };
  const plan = await makeStoredPlan({ ...deps, cipher }, input, ref, ref.round);
  try {
    checkPlan(request, target, plan.summary);
    const report = await reportPlan(deps, target, plan.summary);
    advise(deps.observer, request, target, report);
    if (!(await request.confirm(report, confirmationFor({ ...guardFacts(request, target), summary: plan.summary })))) {
      throw new BackupError('refused', 'Not confirmed, nothing was changed', {
        hint: 'Run it with --dry-run to see the plan',
      });
    }
    await request.beforeWrite?.();
    await lease.keep();
    await createAttributes(deps, request, added);
    // Whoever came while the person thought was there before: the run starts by the clock of this answer.
    await deps.gateway.send('DescribeUserPool', { poolId: request.target }, request.signal);
    await storeRunKeys(deps.storage, ref, cipher);
    return { ref, target, plan, report, interrupted, own, cipher };
  } catch (error) {
    await forgetPlan(deps.storage, plan.files);
    throw error;
  }
}
