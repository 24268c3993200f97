import type { PoolSettingsRequest } from './configuration/pool-shapes.ts';

/** Words of the Cognito API, as JSON carries them. Source: SDK 3.1169 models, 2026-11. */
export type UserStatus =
  | 'UNCONFIRMED'
  | 'CONFIRMED'
  | 'ARCHIVED'
  | 'COMPROMISED'
  | 'UNKNOWN'
  | 'RESET_REQUIRED'
  | 'FORCE_CHANGE_PASSWORD'
  | 'EXTERNAL_PROVIDER';

/** Words of `UserMFASettingList`. */
export type MfaSetting = 'SMS_MFA' | 'SOFTWARE_TOKEN_MFA' | 'EMAIL_OTP';

export type ContactAttribute = 'email' | 'phone_number';
export type AliasAttribute = ContactAttribute | 'preferred_username';

export interface SchemaAttributeConfig {
  readonly Name: string;
  readonly AttributeDataType?: 'String' | 'Number' | 'DateTime' | 'Boolean';
  readonly DeveloperOnlyAttribute?: boolean;
  readonly Mutable?: boolean;
  readonly Required?: boolean;
  readonly NumberAttributeConstraints?: { readonly MinValue?: string; readonly MaxValue?: string };
  readonly StringAttributeConstraints?: { readonly MinLength?: string; readonly MaxLength?: string };
}

export type PasswordPolicyConfig = NonNullable<NonNullable<PoolSettings['Policies']>['PasswordPolicy']>;

/** What UpdateUserPool can change: CreateUserPool's members under their own names. */
export type PoolSettings = PoolSettingsRequest;

/** CreateUserPool's request in AWS's own words; everything is optional. */
export interface PoolConfig extends PoolSettingsRequest {
  readonly AliasAttributes?: readonly AliasAttribute[];
  readonly UsernameAttributes?: readonly ContactAttribute[];
  readonly UsernameConfiguration?: { readonly CaseSensitive?: boolean };
  readonly Schema?: readonly SchemaAttributeConfig[];
  /**
   * Identity providers that AdminLinkProviderForUser accepts; absent: any name. One that is a name alone has no details,
   * which no request could make. Not an AWS member.
   */
  readonly identityProviders?: readonly (string | ProviderConfig)[];
}

/** A name that is no social provider's is a SAML or OIDC provider's. */
export interface ProviderConfig {
  readonly name: string;
  readonly type?: 'SAML' | 'OIDC';
  readonly details: Readonly<Record<string, string>>;
}

/** A user placed into a pool directly: no message, no MAU, no trigger, no lag, and any status at once. */
export interface SeedUser {
  /** In UsernameAttributes pools leave it out: the username is the `sub`. */
  readonly username?: string;
  readonly sub?: string;
  /** Default CONFIRMED. */
  readonly status?: UserStatus;
  /** Default true. */
  readonly enabled?: boolean;
  /** Name and value pairs without `sub`; `identities` (a JSON string) is allowed here. */
  readonly attributes?: readonly (readonly [name: string, value: string])[];
  readonly password?: string;
  /** A hash as an import job would have stored it. */
  readonly passwordHash?: string;
  readonly groups?: readonly string[];
  /** Milliseconds; default: the simulator's clock. */
  readonly createdAt?: number;
  readonly modifiedAt?: number;
  /** Shows as `MFAOptions` (SMS to phone_number) in listings. */
  readonly smsMfa?: boolean;
  /** A registered TOTP secret, and its use as second factor. */
  readonly softwareTokenMfa?: boolean;
  readonly emailMfa?: boolean;
  readonly preferredMfa?: MfaSetting;
  /** Registered passkeys. */
  readonly passkeys?: number;
}

export interface SeedGroup {
  readonly name: string;
  readonly description?: string;
  readonly precedence?: number;
  readonly roleArn?: string;
  readonly createdAt?: number;
  readonly modifiedAt?: number;
}

/** A user as it really is, without lag. */
export interface SimulatedUser {
  readonly username: string;
  readonly sub: string;
  readonly status: UserStatus;
  readonly enabled: boolean;
  /** In the order stored, without `sub`. */
  readonly attributes: readonly (readonly [name: string, value: string])[];
  readonly createdAt: number;
  readonly modifiedAt: number;
  readonly groups: readonly string[];
  readonly smsMfa: boolean;
  readonly mfaSettings: readonly MfaSetting[];
  readonly preferredMfa: MfaSetting | undefined;
}
