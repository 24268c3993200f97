import { noActions } from '../../model/counts.ts';
import { BackupError } from '../../model/errors.ts';
import type { BackupEvent } from '../../model/events.ts';
import type { PoolId, RunId } from '../../model/ids.ts';
import type { OwnRun } from '../../plan/context.ts';
import { knownPairs } from '../../runs/known-pairs.ts';
import { storedRunCipher, type RunCipher } from '../../runs/run-cipher.ts';
import type { RunRef } from '../../runs/run-keys.ts';
import { loadRun, newRunId, runsOf, type RunRecord } from '../../runs/run-record.ts';
import { sweepKilledRuns } from '../../runs/sweep-runs.ts';
import { LISTING_LAG_MS } from '../../snapshot/settled.ts';
import type { ReconcileDependencies } from './dependencies.ts';
import type { PlanInput } from './make-plan.ts';
import { planKeyOf } from './plan-key.ts';
import type { PlanReport, ReconcileRequest } from './requests.ts';
import type { StoredPlan } from './stored-plan.ts';
import type { Target } from './target.ts';
import { unfinishedRuns } from './unfinished-runs.ts';

/** A run whose plan is made and confirmed. */
export type ActiveRun =
  | {
      readonly ref: RunRef & { readonly round: number };
      readonly target: Target;
      readonly plan: StoredPlan;
      readonly report: PlanReport;
      /** The interrupted run that this one finishes. */
      readonly interrupted: RunRecord | undefined;
      readonly own: readonly OwnRun[];
      readonly cipher: RunCipher;
    }
  | {
      readonly continued: RunRecord;
      readonly target: Target;
      readonly own: readonly OwnRun[];
      readonly cipher: RunCipher;
    };

/**
 * Takes up the interrupted run, so that what it created stays known as ours, or begins a new one. A run for some users or groups
 * leaves it to be finished: it takes over its start alone. So does a run after one that has written its map, which would be lost.
 */
export async function beginRun(
  { gateway, runtime, observer, storage }: ReconcileDependencies,
  request: ReconcileRequest,
  interrupted: RunRecord | undefined,
): Promise<RunRef & { readonly round: number }> {
  await sweepKilledRuns(storage, request.target);
  const takesUp = interrupted?.map.length === 0 && (interrupted.planKey === planKeyOf(request) || isWhole(request));
  if (!takesUp) {
    const at = gateway.serviceTime() ?? runtime.now();
    return { target: request.target, id: await newRunId(storage, request.target, { at, runtime }), round: 1 };
  }
  const { id, round } = interrupted;
  observer({ kind: 'resumed', what: 'run', id });
  return { target: request.target, id, round: round + 1 };
}

export function planInputOf(
  { storage, vault, observer }: ReconcileDependencies,
  request: ReconcileRequest,
  target: Target,
  ownRuns: readonly OwnRun[],
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
    ownRuns,
    deletesUntil: request.deletesUntil?.toISOString(),
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
  const { ref, plan, interrupted, cipher } = active;
  const serviceTime = (gateway.serviceTime() ?? runtime.now()).toISOString();
  const newest = plan.newestUser ?? serviceTime;
  const startedAt = newest > serviceTime ? newest : serviceTime;
  return {
    id: ref.id,
    target: ref.target,
    command: request.command,
    source: request.desired.source?.id ?? null,
    scope: isWhole(request) ? 'whole' : 'part',
    planKey: planKeyOf(request),
    ...(cipher.facts && { encryption: cipher.facts }),
    startedAt: interrupted?.startedAt ?? startedAt,
    seenUntil: seenUntil(plan, request),
    mayDelete: plan.summary.planned.deleteUsers,
    state: 'open',
    savedAt: runtime.now().toISOString(),
    round: ref.round,
    plannedAt: plan.plannedAt,
    groups: plan.files.groups,
    importRows: plan.importRows,
    recreations: plan.recreations,
    plan: plan.files.plan,
    groupDeletes: plan.files.groupDeletes,
    findings: plan.files.findings,
    done: noActions(),
    failures: [],
    map: [],
  };
}

/** Listings lag writes: who was created just before the plan may have been in none of its pages. */
function seenUntil({ listedFrom }: StoredPlan, { deletesUntil }: ReconcileRequest): string {
  const seen = new Date(listedFrom.getTime() - LISTING_LAG_MS);
  return (deletesUntil && deletesUntil < seen ? deletesUntil : seen).toISOString();
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
  await refuseOverwritten(deps, request, run);
  const { own } = await unfinishedRuns(deps, request);
  return { continued: run, target, own, cipher: await storedRunCipher(deps.vault, run, deps.storage) };
}

/** What a later run has brought back or changed, an older plan would delete or change once more. */
async function refuseOverwritten(
  { storage }: ReconcileDependencies,
  { target, signal }: ReconcileRequest,
  { id }: RunRecord,
): Promise<void> {
  for await (const newest of runsOf(storage, target, { signal })) {
    if (newest.id === id) return;
    throw new BackupError('refused', `Refused to go on: another run has written to pool ${target} since`, {
      hint: 'Nothing more was changed. Leave the continuation out to plan anew',
    });
  }
}

function isWhole({ desired: { scope } }: ReconcileRequest): boolean {
  return scope.onlyUsers.length + scope.onlyGroups.length === 0;
}
