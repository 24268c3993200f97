import type { UpdateUser } from '../plan/entries.ts';
import type { ApplyContext } from './apply-context.ts';
import {
  addToGroups,
  deleteAttributes,
  linkProviders,
  removeFromGroups,
  setEnabled,
  setRandomPassword,
  turnOnMfa,
  updateAttributes,
} from './user-steps.ts';

/** Brings one user of the target to its desired state, a half-made one to a password first; every step is idempotent. */
export async function updateUser(entry: UpdateUser, context: ApplyContext): Promise<void> {
  const user = { username: entry.username, source: entry.source };
  if (entry.password) await setRandomPassword(user, context);
  if (entry.enabled === false) await setEnabled(user, false, context);
  const changed =
    (await updateAttributes(user, entry.set, context)) &&
    (await updateAttributes(user, entry.setLater, context)) &&
    (await deleteAttributes(user, entry.remove, context)) &&
    (await linkProviders(user, entry.links, context));
  const hasChanges = entry.set.length + entry.setLater.length + entry.remove.length + entry.links.length > 0;
  if (changed && hasChanges) context.did('updateUsers');
  if (entry.enabled === true) await setEnabled(user, true, context);
  await turnOnMfa(user, entry.mfa, context);
  await addToGroups(user, entry.addGroups, context);
  await removeFromGroups(user, entry.removeGroups, context);
}
