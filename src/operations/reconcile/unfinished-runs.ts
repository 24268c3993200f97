import { isBackupError } from '../../model/errors.ts';
import type { OwnRun } from '../../plan/context.ts';
import { storedRunCipher, type RunCipher } from '../../runs/run-cipher.ts';
import { readRunFile } from '../../runs/run-files.ts';
import { runRecordKey } from '../../runs/run-keys.ts';
import { runsOf, type RunRecord } from '../../runs/run-record.ts';
import type { Storage } from '../../storage/storage.ts';
import type { ReconcileDependencies } from './dependencies.ts';
import { addRecreations, type Recreations } from './interrupted-recreations.ts';
import type { Finding } from './make-plan.ts';
import { planKeyOf } from './plan-key.ts';
import type { ReconcileRequest } from './requests.ts';

/** What earlier runs of the target have left to a new one. */
export interface Unfinished {
  /** The newest that was interrupted. */
  readonly interrupted: RunRecord | undefined;
  /** Whose users are to be finished. */
  readonly own: readonly OwnRun[];
  readonly recreations: Recreations;
}

/**
 * Looks through the runs of the target, newest first, down to one that finished everything. A clean makes nobody, so it is of
 * interest to the same request alone; a run for some users or groups says nothing about the others, so it hides no older one.
 */
export async function unfinishedRuns(deps: ReconcileDependencies, request: ReconcileRequest): Promise<Unfinished> {
  const planKey = planKeyOf(request);
  const runs: RunRecord[] = [];
  for await (const run of readableRuns(deps, request)) {
    if (run.state === 'done' && run.scope === 'whole') break;
    const isRelated = run.planKey === planKey || (run.command !== 'clean' && request.command !== 'clean');
    if (run.state !== 'done' && isRelated) runs.push(run);
  }
  const own: OwnRun[] = [];
  const recreations: Recreations = new Map();
  for (const run of runs) {
    if (run.state === 'open') own.push({ since: run.startedAt });
    if (run.state === 'left' || run.recreations > 0) await readLeft(deps, request, run, { own, recreations });
  }
  return { interrupted: runs.find(({ state }) => state === 'open'), own, recreations };
}

/** Whom an interrupted run has named; nobody where that cannot be read, which is said. */
export async function* earlierFindings(
  deps: ReconcileDependencies,
  { signal }: ReconcileRequest,
  run: RunRecord,
): AsyncIterable<Finding> {
  const { storage, vault } = deps;
  try {
    const cipher = await storedRunCipher(vault, run, storage, { signal });
    yield* readRunFile<Finding>(storage, run.findings, { cipher, signal });
  } catch (error) {
    passOver(deps, run, error);
  }
}

function readableRuns(
  { storage, observer }: ReconcileDependencies,
  { target, signal }: ReconcileRequest,
): AsyncIterable<RunRecord> {
  const onDamaged = (key: string): void =>
    observer({ kind: 'warning', code: 'run-unreadable', message: `${key} cannot be read and is passed over` });
  return runsOf(storage, target, { onDamaged, signal });
}

/** What cannot be read is passed over, and said: the others are finished all the same. */
async function readLeft(
  deps: ReconcileDependencies,
  request: ReconcileRequest,
  run: RunRecord,
  { own, recreations }: { readonly own: OwnRun[]; readonly recreations: Recreations },
): Promise<void> {
  const { signal } = request;
  const { storage, vault } = deps;
  try {
    const cipher = await storedRunCipher(vault, run, storage, { signal });
    const options = { storage, cipher, signal };
    if (run.state === 'left') own.push({ since: run.startedAt, left: await leftUsers(run, options) });
    const isSameRequest = run.planKey === planKeyOf(request);
    await addRecreations(recreations, run, { ...options, isSameRequest });
  } catch (error) {
    passOver(deps, run, error);
  }
}

function passOver({ observer }: ReconcileDependencies, run: RunRecord, error: unknown): void {
  if (!isBackupError(error, 'key-missing', 'key-wrong', 'kms-refused', 'damaged')) throw error;
  const message = `What ${runRecordKey(run)} names cannot be read: users whom it left half-made or locked out are not known`;
  observer({ kind: 'warning', code: 'run-unreadable', message });
}

/** By the names that they have in the target. */
async function leftUsers(run: RunRecord, { storage, ...options }: RunFilesOptions): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  for await (const finding of readRunFile<Finding>(storage, run.findings, options)) {
    if (finding.finding !== 'remaining' || finding.kind !== 'changed') continue;
    if (finding.targetUsername !== undefined) names.add(finding.targetUsername);
  }
  return names;
}

interface RunFilesOptions {
  readonly storage: Storage;
  readonly cipher: RunCipher;
  readonly signal: AbortSignal | undefined;
}
