import { hasTier } from '../configuration/tiers.ts';
import type { MfaSetting } from '../pool-config.ts';
import type { PoolState } from '../pool-state.ts';
import type { RequestReader } from '../request-reader.ts';
import { ServiceError, invalidParameter } from '../service-error.ts';
import { attributeOf, type UserState } from '../user-state.ts';
import { mfaSettingsOf } from '../user-mfa.ts';
import { billedUser, billedWrite, type Operation } from './context.ts';

export const mfaOperations: Readonly<Record<string, Operation>> = {
  /**
   * [D] COGNITO-FACTS §4: a confirmed user, a phone number for SMS, no TOTP without a registered secret. SDK 3.1169: no
   * reset that is due, e-mail and passkeys from the Essentials tier on, nothing turned off where MFA is required. What is left out stays.
   */
  AdminSetUserMFAPreference: (context) => {
    const { pool, user, request } = billedWrite(context);
    if (user.status === 'UNCONFIRMED' || user.status === 'FORCE_CHANGE_PASSWORD') {
      throw new ServiceError('UserNotConfirmedException', 'User is not confirmed.');
    }
    if (user.status === 'RESET_REQUIRED') {
      throw new ServiceError('PasswordResetRequiredException', 'Password reset required for the user');
    }
    const asked = FACTORS.flatMap((factor) => {
      const settings = request.object(factor.member);
      return settings ? [{ ...factor, enabled: settings.flag('Enabled') ?? false, settings }] : [];
    });
    for (const { check, enabled } of asked) if (enabled) check(pool, user);
    if (pool.settings.MfaConfiguration === 'ON' && asked.some(({ enabled }) => !enabled)) {
      throw invalidParameter('An MFA method cannot be turned off where MFA is required.');
    }
    const preferred = preferredOf(asked);
    const rare = withFactors(user, asked, preferred);
    checkLockOut(request, rare);
    pool.change(user, () => {
      user.rare = rare;
    });
    return {};
  },

  /** [D] SDK 3.1169; that it bills like AdminGetUser is *unproven*, the dear reading. */
  AdminGetUserAuthFactors: (context) => {
    const { pool, user } = billedUser(context);
    return { Username: user.username, ...mfaSettingsOf(user), ConfiguredUserAuthFactors: factorsOf(pool, user) };
  },
};

interface Factor {
  readonly member: string;
  /** Absent: the factor is never the preferred one. */
  readonly setting?: MfaSetting;
  readonly key: 'smsMfa' | 'softwareTokenMfa' | 'emailMfa' | 'webAuthnMfa';
  /** Throws where the user, or the pool, cannot have it. */
  readonly check: (pool: PoolState, user: UserState) => void;
}

const FACTORS: readonly Factor[] = [
  {
    member: 'SMSMfaSettings',
    setting: 'SMS_MFA',
    key: 'smsMfa',
    check: (_pool, user) => requireContact(user, 'phone_number', 'SMS_MFA'),
  },
  {
    member: 'SoftwareTokenMfaSettings',
    setting: 'SOFTWARE_TOKEN_MFA',
    key: 'softwareTokenMfa',
    check: (_pool, user) => {
      if (!user.rare?.hasSoftwareToken) throw invalidParameter('User has not verified software token mfa');
    },
  },
  {
    member: 'EmailMfaSettings',
    setting: 'EMAIL_OTP',
    key: 'emailMfa',
    check: (pool, user) => {
      if (!hasTier(pool.settings, 'ESSENTIALS')) throw invalidParameter('Email MFA needs the Essentials tier.');
      requireContact(user, 'email', 'EMAIL_OTP');
    },
  },
  {
    member: 'WebAuthnMfaSettings',
    key: 'webAuthnMfa',
    check: ({ resources }, user) => {
      if (resources.mfa.webAuthn?.['FactorConfiguration'] !== 'MULTI_FACTOR_WITH_USER_VERIFICATION') {
        throw invalidParameter('Passkey MFA is not enabled for this user pool.');
      }
      if (!user.rare?.passkeys) throw invalidParameter('User has no registered passkey.');
    },
  },
];

function requireContact(user: UserState, contact: 'email' | 'phone_number', setting: MfaSetting): void {
  if (!attributeOf(user, contact)) {
    throw invalidParameter(`User does not have delivery config set to turn on ${setting}`);
  }
}

interface Asked extends Factor {
  readonly enabled: boolean;
  readonly settings: RequestReader;
}

function preferredOf(asked: readonly Asked[]): MfaSetting | undefined {
  const preferred = asked.filter(({ enabled, settings }) => enabled && settings.flag('PreferredMfa'));
  if (preferred.length > 1) throw invalidParameter('Only one MFA method can be the preferred one.');
  return preferred[0]?.setting;
}

type Rare = NonNullable<UserState['rare']>;

function withFactors(user: UserState, asked: readonly Asked[], preferred: MfaSetting | undefined): Rare {
  const rare: { -readonly [key in keyof Rare]: Rare[key] } = { ...user.rare };
  for (const { setting, key, enabled, settings } of asked) {
    if (enabled) rare[key] = true;
    else delete rare[key];
    const isDropped = !enabled || settings.flag('PreferredMfa') === false;
    if (isDropped && rare.preferredMfa === setting) delete rare.preferredMfa;
  }
  if (preferred !== undefined) rare.preferredMfa = preferred;
  return rare;
}

/** A passkey alone is no second factor. [D] SDK 3.1169, `WebAuthnMfaSettingsType`. */
function checkLockOut(request: RequestReader, rare: Rare): void {
  const hasOther = mfaSettingsOf({ rare }).UserMFASettingList !== undefined;
  if (request.object('WebAuthnMfaSettings')?.flag('Enabled') && !hasOther) {
    throw invalidParameter('Passkey MFA needs another MFA method beside it.');
  }
}

/** First factors that the pool allows and the user has, and a software token. */
function factorsOf(pool: PoolState, user: UserState): readonly string[] {
  const allowed: readonly string[] = pool.settings.Policies?.SignInPolicy?.AllowedFirstAuthFactors ?? ['PASSWORD'];
  const isVerified = (contact: string): boolean => attributeOf(user, `${contact}_verified`) === 'true';
  const has: readonly (readonly [factor: string, isThere: boolean])[] = [
    ['PASSWORD', user.password !== undefined || user.rare?.passwordHash !== undefined],
    ['EMAIL_OTP', isVerified('email')],
    ['SMS_OTP', isVerified('phone_number')],
    ['WEB_AUTHN', (user.rare?.passkeys ?? 0) > 0],
  ];
  const first = has.filter(([factor, isThere]) => isThere && allowed.includes(factor)).map(([factor]) => factor);
  return user.rare?.hasSoftwareToken ? [...first, 'SOFTWARE_TOKEN'] : first;
}
