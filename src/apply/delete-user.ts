import { listAll } from '../cognito/listing.ts';
import type { DeleteUser } from '../plan/entries.ts';
import type { ApplyContext } from './apply-context.ts';
import { step } from './step.ts';

/** A plan older than this may name somebody who was deleted and created anew since. */
const RECHECK_AFTER_MS = 3_600_000;

/** Deletes one user; one who is gone already, or who is somebody else by now, is left. */
export async function deleteUser(entry: DeleteUser, context: ApplyContext): Promise<void> {
  const ageMs = context.runtime.now().getTime() - context.plannedAt.getTime();
  if (ageMs > RECHECK_AFTER_MS && !(await isStillThere(entry, context))) return;
  const request = { poolId: context.target.id, username: entry.username };
  const subject = { targetUsername: entry.username };
  const result = await step(context, subject, 'AdminDeleteUser', request, ['UserNotFoundException']);
  // Gone already: most likely by this very call, whose first answer was lost.
  if (result.kind !== 'failed') context.did('deleteUsers');
}

async function isStillThere(entry: DeleteUser, context: ApplyContext): Promise<boolean> {
  const request = { poolId: context.target.id, filter: `sub = "${entry.sub}"` };
  for await (const user of listAll(context.gateway, 'ListUsers', request, context.signal)) {
    if (user.username === entry.username && user.sub === entry.sub) return true;
  }
  return false;
}
