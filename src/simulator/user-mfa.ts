import type { MfaSetting } from './pool-config.ts';
import type { UserView } from './user-state.ts';

export interface MfaSettings {
  readonly PreferredMfaSetting?: MfaSetting;
  readonly UserMFASettingList?: readonly MfaSetting[];
}

/** The MFA members of AdminGetUser and AdminGetUserAuthFactors; absent where nothing is set. */
export function mfaSettingsOf({ rare }: Pick<UserView, 'rare'>): MfaSettings {
  const list: MfaSetting[] = [];
  if (rare?.smsMfa) list.push('SMS_MFA');
  if (rare?.softwareTokenMfa) list.push('SOFTWARE_TOKEN_MFA');
  if (rare?.emailMfa) list.push('EMAIL_OTP');
  return {
    ...(rare?.preferredMfa === undefined ? {} : { PreferredMfaSetting: rare.preferredMfa }),
    ...(list.length > 0 ? { UserMFASettingList: list } : {}),
  };
}
