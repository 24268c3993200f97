/** COGNITO API `UserStatusType`; ARCHIVED, COMPROMISED and UNKNOWN are legacy values. Source: SDK 3.1169, 2026-11. */
export const USER_STATUSES = [
  'UNCONFIRMED',
  'CONFIRMED',
  'ARCHIVED',
  'COMPROMISED',
  'UNKNOWN',
  'RESET_REQUIRED',
  'FORCE_CHANGE_PASSWORD',
  'EXTERNAL_PROVIDER',
] as const;

export type UserStatus = (typeof USER_STATUSES)[number];

/** A name and its value. Pairs, never object keys: a user may well be named `__proto__`. */
export type Attribute = readonly [name: string, value: string];

/**
 * How a user signs in besides the password, in the service's own words: AdminGetUserAuthFactors. [D] SDK 3.1169. No listing
 * shows it, and of AdminGetUser, which bills, it is the first two.
 */
export interface UserFactors {
  /** `SMS_MFA`, `EMAIL_OTP` or `SOFTWARE_TOKEN_MFA`: the factor asked for first. */
  readonly preferred?: string;
  /** Second factors that are turned on; the same words. */
  readonly mfa: readonly string[];
  /** What the user has: `PASSWORD`, `EMAIL_OTP`, `SMS_OTP`, `WEB_AUTHN`, `SOFTWARE_TOKEN`. */
  readonly configured: readonly string[];
}

/** One user as ListUsers shows it. */
export interface User {
  readonly username: string;
  readonly sub: string;
  readonly status: UserStatus;
  readonly enabled: boolean;
  /** In the order listed, without `sub`. */
  readonly attributes: readonly Attribute[];
  /** ISO 8601, milliseconds, UTC. */
  readonly createdAt: string;
  readonly modifiedAt: string;
  /** Legacy SMS MFA delivery, where the pool still shows it. */
  readonly mfaOptions?: readonly { readonly deliveryMedium: string; readonly attributeName: string }[];
  /** Absent: not asked, which is not the same as none. */
  readonly factors?: UserFactors;
}

export function attributeOf(user: { readonly attributes: readonly Attribute[] }, name: string): string | undefined {
  for (const [candidate, value] of user.attributes) if (candidate === name) return value;
  return undefined;
}

/** Second factors that need no secret: an administrator can turn them on again. */
export const RESTORABLE_FACTORS = ['SMS_MFA', 'EMAIL_OTP'] as const;

export type RestorableFactor = (typeof RESTORABLE_FACTORS)[number];

/** What of a user's second factors is turned on. */
export interface MfaPreference {
  readonly factors: readonly RestorableFactor[];
  readonly preferred?: RestorableFactor;
}
