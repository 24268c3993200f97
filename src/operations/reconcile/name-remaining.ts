import type { PlanEntry } from '../../plan/entries.ts';
import { readRunFile, RunFileWriter, type RunFileOptions, type RunPart } from '../../runs/run-files.ts';
import type { RunRef } from '../../runs/run-keys.ts';
import type { Storage } from '../../storage/storage.ts';
import type { Finding } from './make-plan.ts';
import type { PlanFiles } from './stored-plan.ts';

/** Writes down, one by one, the users and groups that the last plan would still change; answers the file's parts. */
export async function nameRemaining(
  storage: Storage,
  run: RunRef & { readonly round: number },
  { groups, plan, groupDeletes }: PlanFiles,
  options: RunFileOptions = {},
): Promise<readonly RunPart[]> {
  const remaining = new RunFileWriter<Finding>(storage, run, `remaining-${run.round}`, options);
  for await (const entry of readRunFile<PlanEntry>(storage, [...groups, ...plan, ...groupDeletes], options)) {
    await remaining.add(findingOf(entry));
  }
  return remaining.end();
}

function findingOf(entry: PlanEntry): Finding {
  switch (entry.kind) {
    case 'create-group':
      return { finding: 'remaining', kind: 'missing', group: entry.group.name };
    case 'update-group':
      return { finding: 'remaining', kind: 'changed', group: entry.group.name };
    case 'delete-group':
      return { finding: 'remaining', kind: 'extra', group: entry.name };
    case 'create-user':
      return { finding: 'remaining', kind: 'missing', source: entry.source };
    case 'update-user':
      return { finding: 'remaining', kind: 'changed', source: entry.source, targetUsername: entry.username };
    case 'delete-user':
      return { finding: 'remaining', kind: 'extra', targetUsername: entry.username };
    default:
      return entry satisfies never;
  }
}
