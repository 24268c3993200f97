import type { Attribute, MfaPreference } from '../model/user.ts';
import type { IdentityLink, SourceUser } from '../plan/entries.ts';
import type { ApplyContext } from './apply-context.ts';
import { randomPassword } from './random-password.ts';
import { step, type Subject } from './step.ts';

/** A user of the target and who that is in the source. */
export interface TargetUser {
  readonly username: string;
  readonly source: SourceUser;
}

/** Sets a password that nobody knows, permanently, and forgets it. */
export async function setRandomPassword(user: TargetUser, context: ApplyContext): Promise<void> {
  const result = await step(context, subjectOf(user), 'AdminSetUserPassword', {
    ...addressOf(user, context),
    password: randomPassword(context.target.passwordPolicy, context.runtime),
    permanent: true,
  });
  if (result.kind !== 'failed') context.did('setPasswords');
}

export async function setEnabled(user: TargetUser, enabled: boolean, context: ApplyContext): Promise<void> {
  const operation = enabled ? 'AdminEnableUser' : 'AdminDisableUser';
  const result = await step(context, subjectOf(user), operation, addressOf(user, context));
  if (result.kind === 'done') context.did(enabled ? 'enableUsers' : 'disableUsers');
}

/** Returns whether the attributes stand as wanted. */
export async function updateAttributes(
  user: TargetUser,
  attributes: readonly Attribute[],
  context: ApplyContext,
): Promise<boolean> {
  if (attributes.length === 0) return true;
  const request = { ...addressOf(user, context), attributes };
  return (await step(context, subjectOf(user), 'AdminUpdateUserAttributes', request)).kind === 'done';
}

export async function deleteAttributes(
  user: TargetUser,
  names: readonly string[],
  context: ApplyContext,
): Promise<boolean> {
  if (names.length === 0) return true;
  const request = { ...addressOf(user, context), names };
  return (await step(context, subjectOf(user), 'AdminDeleteUserAttributes', request)).kind === 'done';
}

/** Links are made by the identity's id at the provider: ProviderAttributeName `Cognito_Subject`. COGNITO API [D]. */
export async function linkProviders(
  user: TargetUser,
  links: readonly IdentityLink[],
  context: ApplyContext,
): Promise<boolean> {
  let all = true;
  for (const { providerName, userId } of links) {
    const result = await step(context, subjectOf(user), 'AdminLinkProviderForUser', {
      ...addressOf(user, context),
      providerName,
      providerAttribute: 'Cognito_Subject',
      providerUserId: userId,
    });
    all &&= result.kind !== 'failed';
  }
  return all;
}

/** Wants a confirmed user with a contact for each factor. COGNITO-FACTS §4 [D]. */
export async function turnOnMfa(
  user: TargetUser,
  mfa: MfaPreference | undefined,
  context: ApplyContext,
): Promise<void> {
  if (!mfa) return;
  const request = { ...addressOf(user, context), ...mfa };
  await step(context, subjectOf(user), 'AdminSetUserMFAPreference', request);
}

/** Adding twice is no error to Cognito, so nothing has to be asked first. */
export async function addToGroups(user: TargetUser, groups: readonly string[], context: ApplyContext): Promise<void> {
  for (const group of groups) {
    const request = { ...addressOf(user, context), group };
    const result = await step(context, { ...subjectOf(user), group }, 'AdminAddUserToGroup', request);
    if (result.kind === 'done') context.did('addMemberships');
  }
}

export async function removeFromGroups(
  user: TargetUser,
  groups: readonly string[],
  context: ApplyContext,
): Promise<void> {
  for (const group of groups) {
    const request = { ...addressOf(user, context), group };
    const subject = { ...subjectOf(user), group };
    const result = await step(context, subject, 'AdminRemoveUserFromGroup', request, ['ResourceNotFoundException']);
    if (result.kind !== 'failed') context.did('removeMemberships');
  }
}

function addressOf(user: TargetUser, context: ApplyContext) {
  return { poolId: context.target.id, username: user.username };
}

function subjectOf(user: TargetUser): Subject {
  return { source: user.source, targetUsername: user.username };
}
