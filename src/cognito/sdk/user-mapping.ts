import type {
  AdminGetUserAuthFactorsResponse,
  AttributeType,
  UserType,
} from '@aws-sdk/client-cognito-identity-provider';
import { BackupError } from '../../model/errors.ts';
import { USER_STATUSES, type Attribute, type User, type UserFactors, type UserStatus } from '../../model/user.ts';

/** One user as the SDK shows it, in the tool's words. Throws `unreadable-answer` when it carries no username or `sub`. */
export function toUser(user: UserType): User {
  const attributes: Attribute[] = [];
  let sub: string | undefined;
  for (const { Name, Value } of user.Attributes ?? []) {
    if (Name === undefined) continue;
    if (Name === 'sub') sub = Value;
    else attributes.push([Name, Value ?? '']);
  }
  if (!user.Username || !sub) {
    throw new BackupError('unreadable-answer', 'Cognito listed a user without username or sub', {
      hint: 'Check that the endpoint is Cognito',
    });
  }
  return {
    username: user.Username,
    sub,
    status: toStatus(user.UserStatus),
    enabled: user.Enabled ?? true,
    attributes,
    createdAt: toIso(user.UserCreateDate),
    modifiedAt: toIso(user.UserLastModifiedDate),
    ...mfaOptionsOf(user),
  };
}

/** What a user is asked for besides the password; words that are not known yet are kept. Throws `unreadable-answer`. */
export function toFactors(answer: AdminGetUserAuthFactorsResponse): UserFactors {
  if (!answer.Username) throw new BackupError('unreadable-answer', 'Cognito answered with factors of nobody');
  return {
    ...(answer.PreferredMfaSetting && { preferred: answer.PreferredMfaSetting }),
    mfa: answer.UserMFASettingList ?? [],
    configured: answer.ConfiguredUserAuthFactors ?? [],
  };
}

export function toSdkAttributes(attributes: readonly Attribute[]): AttributeType[] {
  return attributes.map(([Name, Value]) => ({ Name, Value }));
}

/** ISO 8601; the epoch where the service gives no readable date. */
export function toIso(date: Date | undefined): string {
  const isReadable = date instanceof Date && !Number.isNaN(date.getTime());
  return (isReadable ? date : new Date(0)).toISOString();
}

/** A status this version does not know is kept as UNKNOWN, which nothing treats as confirmed. */
function toStatus(status: string | undefined): UserStatus {
  return USER_STATUSES.find((known) => known === status) ?? 'UNKNOWN';
}

function mfaOptionsOf(user: UserType): Pick<User, 'mfaOptions'> {
  if (!user.MFAOptions?.length) return {};
  return {
    mfaOptions: user.MFAOptions.map((option) => ({
      deliveryMedium: option.DeliveryMedium ?? '',
      attributeName: option.AttributeName ?? '',
    })),
  };
}
