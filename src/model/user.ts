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
}

export function attributeOf(user: { readonly attributes: readonly Attribute[] }, name: string): string | undefined {
  for (const [candidate, value] of user.attributes) if (candidate === name) return value;
  return undefined;
}
