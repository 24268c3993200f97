import type { UserEntry } from '../plan/entries.ts';
import type { ApplyContext } from './apply-context.ts';
import { createUser } from './create-user.ts';
import { deleteUser } from './delete-user.ts';
import { updateUser } from './update-user.ts';

/** Carries out one entry by the API. What Cognito refuses goes to `context.fail`; anything else is thrown. */
export async function applyUser(entry: UserEntry, context: ApplyContext): Promise<void> {
  switch (entry.kind) {
    case 'create-user':
      return createUser(entry, context);
    case 'update-user':
      return updateUser(entry, context);
    case 'delete-user':
      return deleteUser(entry, context);
    default:
      return entry satisfies never;
  }
}
