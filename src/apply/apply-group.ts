import type { ActionKind } from '../model/counts.ts';
import type { GroupEntry } from '../plan/entries.ts';
import type { ApplyContext } from './apply-context.ts';
import { step } from './step.ts';

/** Creates, updates or deletes one group; what stands that way already was most likely done by a call whose answer was lost. */
export async function applyGroup(entry: GroupEntry, context: ApplyContext): Promise<void> {
  if (await carryOut(entry, context)) context.did(DONE_AS[entry.kind]);
}

const DONE_AS: { readonly [Kind in GroupEntry['kind']]: ActionKind } = {
  'create-group': 'createGroups',
  'update-group': 'updateGroups',
  'delete-group': 'deleteGroups',
};

async function carryOut(entry: GroupEntry, context: ApplyContext): Promise<boolean> {
  const poolId = context.target.id;
  switch (entry.kind) {
    case 'create-group': {
      const subject = { group: entry.group.name };
      const request = { poolId, group: entry.group };
      return (await step(context, subject, 'CreateGroup', request, ['GroupExistsException'])).kind !== 'failed';
    }
    case 'update-group':
      return (
        (await step(context, { group: entry.group.name }, 'UpdateGroup', { poolId, group: entry.group })).kind ===
        'done'
      );
    case 'delete-group': {
      const subject = { group: entry.name };
      const request = { poolId, name: entry.name };
      return (await step(context, subject, 'DeleteGroup', request, ['ResourceNotFoundException'])).kind !== 'failed';
    }
    default:
      return entry satisfies never;
  }
}
