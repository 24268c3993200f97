import { noActions } from '../../model/counts.ts';
import { BackupError } from '../../model/errors.ts';
import type { BackupEvent } from '../../model/events.ts';
import type { PoolId, RunId } from '../../model/ids.ts';
import { knownPairs } from '../../runs/known-pairs.ts';
import { storedRunCipher, type RunCipher } from '../../runs/run-cipher.ts';
import type { RunRef } from '../../runs/run-keys.ts';
import { loadRun, newRunId, runsOf, type RunRecord } from '../../runs/run-record.ts';
import { sweepKilledRuns } from '../../runs/sweep-runs.ts';
import type { ReconcileDependencies } from './dependencies.ts';
import { recreationsOf } from './interrupted-recreations.ts';
import type { PlanInput } from './make-plan.ts';
import { planKeyOf } from './plan-key.ts';
import type { PlanReport, ReconcileRequest } from './requests.ts';
import type { StoredPlan } from './stored-plan.ts';
import type { Target } from './target.ts';

/** A run whose plan is made and confirmed. */
export type ActiveRun =
  | {
      readonly ref: RunRef & { readonly round: number };
      readonly target: Target;
      readonly plan: StoredPlan;
      readonly report: PlanReport;
      /** The interrupted run that this one finishes. */
      readonly open: RunRecord | undefined;
      readonly cipher: RunCipher;
    }
  | { readonly continued: RunRecord; readonly target: Target; readonly cipher: RunCipher };

/**
 * The newest run of the target that was interrupted, or that left users half-made. A clean makes nobody, so it is open only to
 * the same request; a run for some users or groups says nothing about the others, so it hides no older one.
 */
export async function openRunOf(
  { storage, observer }: ReconcileDependencies,
  request: ReconcileRequest,
): Promise<RunRecord | undefined> {
  const onDamaged = (key: string): void =>
    observer({ kind: 'warning', code: 'run-unreadable', message: `${key} cannot be read and is passed over` });
  const planKey = planKeyOf(request);
  for await (const run of runsOf(storage, request.target, {
    onDamaged,
    signal: request.signal,
  })) {
    const isRelated = run.planKey === planKey || (run.command !== 'clean' && request.command !== 'clean');
    if (run.state === 'open' && isRelated) return run;
    if (run.state === 'done' && run.scope === 'whole') return undefined;
  }
  return undefined;
}

/**
 * Takes up the open run, so that what it created stays known as ours, or begins a new one. A run for some users or groups
 * leaves the open one to be finished: it takes over its start alone.
 */
export async function beginRun(
  { runtime, observer, storage }: ReconcileDependencies,
  request: ReconcileRequest,
  open: RunRecord | undefined,
): Promise<RunRef & { readonly round: number }> {
  await sweepKilledRuns(storage, request.target);
  const takesUp = open && (open.planKey === planKeyOf(request) || isWhole(request));
  if (!takesUp) return { target: request.target, id: newRunId(runtime), round: 1 };
  observer({ kind: 'resumed', what: 'run', id: open.id });
  return { target: request.target, id: open.id, round: open.round + 1 };
}

export function planInputOf(
  { storage, vault, observer }: ReconcileDependencies,
  request: ReconcileRequest,
  target: Target,
  oursSince: string | undefined,
): PlanInput {
  const { desired, options, onFinding, signal } = request;
  const pairsFrom = (source: PoolId) => () =>
    knownPairs(storage, source, request.target, {
      vault,
      onUnreadable: (runId) => observer(mapUnreadable(runId)),
      signal,
    });
  return {
    desired,
    target,
    options,
    oursSince,
    ...(desired.source && { knownPairs: pairsFrom(desired.source.id) }),
    ...(onFinding && { onFinding }),
    signal,
  };
}

function mapUnreadable(runId: RunId): BackupEvent {
  const message = `The map of run ${runId} is encrypted and no key at hand opens it: users are matched by their names`;
  return { kind: 'warning', code: 'map-unreadable', message };
}

/**
 * The record of a run about to write. Its start is the later of the service's clock (whole seconds) and the creation of
 * the newest user there was, so that nobody who was there before passes for ours.
 */
export function recordOf(
  { gateway, runtime }: ReconcileDependencies,
  request: ReconcileRequest,
  active: Extract<ActiveRun, { readonly plan: StoredPlan }>,
): RunRecord {
  const { ref, plan, open, cipher } = active;
  const serviceTime = (gateway.serviceTime() ?? runtime.now()).toISOString();
  const newest = plan.newestUser ?? serviceTime;
  const seenUntil = newest > serviceTime ? newest : serviceTime;
  return {
    id: ref.id,
    target: ref.target,
    command: request.command,
    source: request.desired.source?.id ?? null,
    scope: isWhole(request) ? 'whole' : 'part',
    planKey: planKeyOf(request),
    ...(cipher.facts && { encryption: cipher.facts }),
    startedAt: open?.startedAt ?? seenUntil,
    seenUntil,
    state: 'open',
    savedAt: runtime.now().toISOString(),
    round: ref.round,
    plannedAt: plan.plannedAt,
    groups: plan.files.groups,
    importRows: plan.importRows,
    plan: plan.files.plan,
    groupDeletes: plan.files.groupDeletes,
    findings: plan.files.findings,
    done: noActions(),
    failures: [],
    map: [],
  };
}

/** What an interrupted run of the same request still knows of users it was about to create anew. */
export async function interruptedRecreationsOf(
  { storage, vault }: ReconcileDependencies,
  request: ReconcileRequest,
  open: RunRecord | undefined,
): Promise<Pick<PlanInput, 'recreations'>> {
  if (!open || !request.options.recreate || open.planKey !== planKeyOf(request)) return {};
  const options = { signal: request.signal };
  const cipher = await storedRunCipher(vault, open, storage, options);
  return { recreations: await recreationsOf(open, { storage, cipher, ...options }) };
}

/** Loads the run that an earlier slice left, and refuses to go on with it for anything but the same request. */
export async function continueRun(
  deps: ReconcileDependencies,
  request: ReconcileRequest,
  target: Target,
): Promise<ActiveRun> {
  const { continuation } = request;
  const run = continuation && (await loadRun(deps.storage, { target: request.target, id: continuation.runId }));
  if (!run || run.planKey !== planKeyOf(request)) {
    throw new BackupError('usage', 'The continuation does not belong to this request', {
      hint: 'Pass back what the call before answered, unchanged, or leave it out to plan anew',
    });
  }
  return { continued: run, target, cipher: await storedRunCipher(deps.vault, run, deps.storage) };
}

function isWhole({ desired: { scope } }: ReconcileRequest): boolean {
  return scope.onlyUsers.length + scope.onlyGroups.length === 0;
}
