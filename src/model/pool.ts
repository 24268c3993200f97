import type { PoolId } from './ids.ts';

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** One attribute of a pool's schema, with the name that users carry (`custom:` prefix included). */
export interface SchemaAttribute {
  readonly name: string;
  readonly type: 'String' | 'Number' | 'DateTime' | 'Boolean';
  readonly mutable: boolean;
  readonly required: boolean;
  readonly developerOnly: boolean;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minValue?: number;
  readonly maxValue?: number;
}

export interface PasswordPolicy {
  readonly minimumLength: number;
  readonly requireUppercase: boolean;
  readonly requireLowercase: boolean;
  readonly requireNumbers: boolean;
  readonly requireSymbols: boolean;
}

/** What the tool needs to know of a pool, and the whole answer of DescribeUserPool beside it. */
export interface PoolDescription {
  readonly id: PoolId;
  readonly name: string;
  readonly arn: string;
  readonly schema: readonly SchemaAttribute[];
  /** Sign-in by e-mail or phone instead of a username; usernames are then UUIDs equal to `sub`. */
  readonly usernameAttributes: readonly ('email' | 'phone_number')[];
  readonly aliasAttributes: readonly ('email' | 'phone_number' | 'preferred_username')[];
  readonly caseSensitive: boolean;
  readonly autoVerifiedAttributes: readonly ('email' | 'phone_number')[];
  readonly mfa: 'OFF' | 'ON' | 'OPTIONAL';
  readonly passwordPolicy: PasswordPolicy;
  /** First factors of choice-based sign-in; `PASSWORD` alone where the pool has none other. */
  readonly firstFactors: readonly string[];
  /** AccountRecoverySetting, best first: `verified_email`, `verified_phone_number`, `admin_only`. Empty: the service's default. */
  readonly recovery: readonly string[];
  /** Trigger names with a function attached, for example `PreSignUp`, `CustomEmailSender`. */
  readonly triggers: readonly string[];
  readonly tags: readonly (readonly [key: string, value: string])[];
  readonly deletionProtection: boolean;
  readonly estimatedUsers: number;
  /** DescribeUserPool's `UserPool`, dates as ISO 8601. */
  readonly raw: JsonValue;
}
