import type { Storage } from '../../storage/storage.ts';
import type { MapEntry } from '../../runs/known-pairs.ts';
import type { RunCipher } from '../../runs/run-cipher.ts';
import { deleteRunFile, RunFileWriter, type RunFileOptions, type RunPart } from '../../runs/run-files.ts';
import type { RunRef } from '../../runs/run-keys.ts';
import { SubDigests } from '../../snapshot/sub-digests.ts';
import { isImportRow, type GroupEntry, type UserEntry } from '../../plan/entries.ts';
import type { ReconcileDependencies } from './dependencies.ts';
import { makePlan, type Finding, type MadePlan, type PlanInput, type PlanSink } from './make-plan.ts';

/** A plan whose entries are in the vault. */
export interface StoredPlan extends MadePlan {
  readonly plannedAt: string;
  readonly files: PlanFiles;
  readonly importRows: number;
  /** How many of its users are deleted and created anew, or were by an earlier run. */
  readonly recreations: number;
  /** The service's time before the target was listed. */
  readonly listedFrom: Date;
}

export interface PlanFiles {
  readonly groups: readonly RunPart[];
  readonly plan: readonly RunPart[];
  readonly groupDeletes: readonly RunPart[];
  readonly findings: readonly RunPart[];
  readonly map: readonly RunPart[];
}

/** Makes a plan and writes its entries, findings and the map of matched users below the run's prefix. */
export async function makeStoredPlan(
  deps: ReconcileDependencies & { readonly cipher: RunCipher },
  input: PlanInput,
  ref: RunRef,
  round: number,
): Promise<StoredPlan> {
  const plannedAt = deps.runtime.now().toISOString();
  const listedFrom = deps.gateway.serviceTime() ?? deps.runtime.now();
  const { cipher } = deps;
  const options: RunFileOptions = { cipher, signal: input.signal };
  const writer = <Item>(name: 'plan' | 'groups' | 'group-deletes' | 'findings' | 'map') =>
    new RunFileWriter<Item>(deps.storage, ref, `${name}-${round}`, options);
  const entries = writer<UserEntry>('plan');
  const findings = writer<Finding>('findings');
  const map = writer<MapEntry>('map');
  let importRows = 0;
  let recreations = 0;
  const lockedOut = new SubDigests();
  const made = await makePlan(deps, input, {
    entry: async (entry) => {
      if (isImportRow(entry)) importRows += 1;
      if (entry.kind !== 'delete-user' && entry.whole) recreations += 1;
      await entries.add(entry);
    },
    finding: async (finding) => {
      if (finding.finding === 'locked-out') lockedOut.add(sourceKey(finding));
      await findings.add(finding);
    },
    pair: async (desired, actual) => {
      if (desired.sub === actual.sub) return;
      await map.add({
        sourceSub: desired.sub ?? '',
        sourceUsername: desired.username,
        targetSub: actual.sub,
        targetUsername: actual.username,
      });
    },
  });
  // Whom an interrupted run made without a way in is no news to this plan, and would be named nowhere.
  for await (const earlier of input.earlierFindings ?? []) {
    if (earlier.finding !== 'locked-out' || lockedOut.has(sourceKey(earlier))) continue;
    input.onFinding?.(earlier);
    await findings.add(earlier);
  }
  const groups = writer<GroupEntry>('groups');
  const groupDeletes = writer<GroupEntry>('group-deletes');
  for (const entry of made.groups) await (entry.kind === 'delete-group' ? groupDeletes : groups).add(entry);
  const files = {
    groups: await groups.end(),
    plan: await entries.end(),
    groupDeletes: await groupDeletes.end(),
    findings: await findings.end(),
    map: await map.end(),
  };
  return { ...made, plannedAt, listedFrom, importRows, recreations, files };
}

function sourceKey({ source }: Extract<Finding, { readonly finding: 'locked-out' }>): string {
  return JSON.stringify([source.username, source.sub]);
}

/** What carries no lasting meaning once a plan is applied or refused. */
export async function forgetEntries(storage: Storage, files: PlanFiles): Promise<void> {
  for (const parts of [files.groups, files.plan, files.groupDeletes]) await deleteRunFile(storage, parts);
}

export async function forgetPlan(storage: Storage, files: PlanFiles): Promise<void> {
  await forgetEntries(storage, files);
  for (const parts of [files.findings, files.map]) await deleteRunFile(storage, parts);
}

/** A sink for plans that are only counted. */
export function discardingSink(): PlanSink {
  return { entry: async () => {}, finding: async () => {}, pair: async () => {} };
}
