import {
  AdminCreateUserCommand,
  AdminDeleteUserAttributesCommand,
  AdminDeleteUserCommand,
  AdminDisableUserCommand,
  AdminEnableUserCommand,
  AdminGetUserAuthFactorsCommand,
  AdminInitiateAuthCommand,
  AdminLinkProviderForUserCommand,
  AdminSetUserMFAPreferenceCommand,
  AdminSetUserPasswordCommand,
  AdminUpdateUserAttributesCommand,
  ListUsersCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { BackupError } from '../../model/errors.ts';
import type { RestorableFactor } from '../../model/user.ts';
import type { RequestOf } from '../gateway.ts';
import { PAGE_LIMIT, pageOf, type SdkOperations } from './operation.ts';
import { toSignInAnswer } from './sign-in-answer.ts';
import { toFactors, toSdkAttributes, toUser } from './user-mapping.ts';

export const userOperations: SdkOperations<
  | 'ListUsers'
  | 'AdminGetUserAuthFactors'
  | 'AdminCreateUser'
  | 'AdminSetUserPassword'
  | 'AdminUpdateUserAttributes'
  | 'AdminDeleteUserAttributes'
  | 'AdminDisableUser'
  | 'AdminEnableUser'
  | 'AdminDeleteUser'
  | 'AdminLinkProviderForUser'
  | 'AdminSetUserMFAPreference'
  | 'AdminInitiateAuth'
> = {
  async ListUsers(client, { poolId, filter, nextToken }, options) {
    const command = new ListUsersCommand({
      UserPoolId: poolId,
      Limit: PAGE_LIMIT,
      Filter: filter,
      PaginationToken: nextToken,
    });
    const answer = await client.send(command, options);
    return pageOf(answer.Users, toUser, answer.PaginationToken);
  },

  async AdminGetUserAuthFactors(client, request, options) {
    return toFactors(await client.send(new AdminGetUserAuthFactorsCommand(userKey(request)), options));
  },

  async AdminCreateUser(client, request, options) {
    const command = new AdminCreateUserCommand({
      ...userKey(request),
      UserAttributes: toSdkAttributes(request.attributes),
      TemporaryPassword: request.temporaryPassword,
      // Anything else sends every user an invitation.
      MessageAction: 'SUPPRESS',
    });
    const { User } = await client.send(command, options);
    if (!User) throw new BackupError('unreadable-answer', 'AdminCreateUser answered without a user');
    return toUser(User);
  },

  async AdminSetUserPassword(client, request, options) {
    const secret = { Password: request.password, Permanent: request.permanent };
    await client.send(new AdminSetUserPasswordCommand({ ...userKey(request), ...secret }), options);
  },

  async AdminUpdateUserAttributes(client, request, options) {
    const attributes = toSdkAttributes(request.attributes);
    await client.send(
      new AdminUpdateUserAttributesCommand({ ...userKey(request), UserAttributes: attributes }),
      options,
    );
  },

  async AdminDeleteUserAttributes(client, request, options) {
    const names = [...request.names];
    await client.send(
      new AdminDeleteUserAttributesCommand({ ...userKey(request), UserAttributeNames: names }),
      options,
    );
  },

  async AdminDisableUser(client, request, options) {
    await client.send(new AdminDisableUserCommand(userKey(request)), options);
  },

  async AdminEnableUser(client, request, options) {
    await client.send(new AdminEnableUserCommand(userKey(request)), options);
  },

  async AdminDeleteUser(client, request, options) {
    await client.send(new AdminDeleteUserCommand(userKey(request)), options);
  },

  async AdminLinkProviderForUser(client, request, options) {
    const command = new AdminLinkProviderForUserCommand({
      UserPoolId: request.poolId,
      DestinationUser: { ProviderName: 'Cognito', ProviderAttributeValue: request.username },
      SourceUser: {
        ProviderName: request.providerName,
        ProviderAttributeName: request.providerAttribute,
        ProviderAttributeValue: request.providerUserId,
      },
    });
    await client.send(command, options);
  },

  async AdminSetUserMFAPreference(client, request, options) {
    const settingsOf = (factor: RestorableFactor) =>
      request.factors.includes(factor) ? { Enabled: true, PreferredMfa: request.preferred === factor } : undefined;
    const settings = { SMSMfaSettings: settingsOf('SMS_MFA'), EmailMfaSettings: settingsOf('EMAIL_OTP') };
    await client.send(new AdminSetUserMFAPreferenceCommand({ ...userKey(request), ...settings }), options);
  },

  async AdminInitiateAuth(client, { poolId, clientId, username, password }, options) {
    const command = new AdminInitiateAuthCommand({
      UserPoolId: poolId,
      ClientId: clientId,
      AuthFlow: 'ADMIN_USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: username, PASSWORD: password },
    });
    return toSignInAnswer(await client.send(command, options));
  },
};

function userKey(request: Pick<RequestOf<'AdminDeleteUser'>, 'poolId' | 'username'>) {
  return { UserPoolId: request.poolId, Username: request.username };
}
