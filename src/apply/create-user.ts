import type { User } from '../model/user.ts';
import type { CreateUser } from '../plan/entries.ts';
import type { ApplyContext } from './apply-context.ts';
import { deleteUser } from './delete-user.ts';
import { findOurs } from './find-ours.ts';
import { randomPassword } from './random-password.ts';
import { step } from './step.ts';
import {
  addToGroups,
  linkProviders,
  setEnabled,
  setRandomPassword,
  turnOnMfa,
  updateAttributes,
} from './user-steps.ts';

/**
 * Creates one user by the API and brings it to its end state at once: password first, because a user in
 * FORCE_CHANGE_PASSWORD with an unknown password is locked out (COGNITO-FACTS §4), then disabling, then the rest.
 */
export async function createUser(entry: CreateUser, context: ApplyContext): Promise<void> {
  if (entry.replaces) await deleteUser({ kind: 'delete-user', ...entry.replaces }, context);
  const username = await create(entry, context);
  if (username === undefined) return;
  const user = { username, source: entry.source };
  if (entry.password.kind === 'random') await setRandomPassword(user, context);
  if (entry.disable) await setEnabled(user, false, context);
  await updateAttributes(user, entry.setLater, context);
  await linkProviders(user, entry.links, context);
  await turnOnMfa(user, entry.mfa, context);
  await addToGroups(user, entry.groups, context);
}

async function create(entry: CreateUser, context: ApplyContext): Promise<string | undefined> {
  const request = { poolId: context.target.id, username: entry.username, attributes: entry.attributes };
  const temporaryPassword = await temporaryPasswordFor(entry, context);
  const result = await step(
    context,
    { source: entry.source, targetUsername: entry.username },
    'AdminCreateUser',
    temporaryPassword === undefined ? request : { ...request, temporaryPassword },
    ['UsernameExistsException'],
  );
  if (result.kind === 'failed') return undefined;
  if (result.kind === 'done') {
    context.did('createUsers');
    return result.response.username;
  }
  const ours = await findOurs(entry, context);
  if (ours) {
    context.did('createUsers');
    if (temporaryPassword !== undefined) await resetTemporary(ours, entry, temporaryPassword, context);
    return ours.username;
  }
  await context.fail({
    step: 'AdminCreateUser',
    reason: result.awsName,
    hint: 'The name is taken by a user who was there before, or whom the listing does not show yet; run again',
    source: entry.source,
    targetUsername: entry.username,
  });
  return undefined;
}

async function temporaryPasswordFor(entry: CreateUser, context: ApplyContext): Promise<string | undefined> {
  if (entry.password.kind !== 'temporary') return undefined;
  const temporaryPassword = randomPassword(context.target.passwordPolicy, context.runtime);
  await context.keepPassword({ username: entry.username, temporaryPassword });
  return temporaryPassword;
}

/** The user may have been made with another temporary password than the one that was kept last. */
async function resetTemporary(
  { username, status }: User,
  entry: CreateUser,
  password: string,
  context: ApplyContext,
): Promise<void> {
  if (status !== 'FORCE_CHANGE_PASSWORD') return;
  await step(context, { source: entry.source, targetUsername: username }, 'AdminSetUserPassword', {
    poolId: context.target.id,
    username,
    password,
    permanent: false,
  });
}
