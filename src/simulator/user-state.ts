import type { MfaSetting, UserStatus } from './pool-config.ts';

/** What a listing shows of a user: the live record, or a frozen copy while a write is not visible yet. */
export interface UserView {
  readonly sub: string;
  readonly username: string;
  readonly status: UserStatus;
  readonly enabled: boolean;
  /** Name, value, name, value …: half the memory of pairs. */
  readonly attributes: readonly string[];
  /** Milliseconds. */
  readonly createdAt: number;
  readonly modifiedAt: number;
  readonly rare: RareState | undefined;
}

/** One user. A million of these fit in memory: everything that few users have stands in `rare`. */
export interface UserState extends UserView {
  /** Place in every listing: 48 bits of the `sub`, so not alphabetical. */
  readonly order: number;
  username: string;
  status: UserStatus;
  enabled: boolean;
  attributes: string[];
  modifiedAt: number;
  password: string | undefined;
  groups: string[] | undefined;
  rare: RareState | undefined;
}

interface RareState {
  readonly passwordHash?: string;
  /** When a temporary password was set. */
  readonly temporarySince?: number;
  readonly code?: { readonly value: string; readonly purpose: CodePurpose; readonly expiresAt: number };
  readonly smsMfa?: boolean;
  readonly softwareTokenMfa?: boolean;
  readonly emailMfa?: boolean;
  readonly webAuthnMfa?: boolean;
  readonly preferredMfa?: MfaSetting;
  /** A TOTP secret was registered and verified. */
  readonly hasSoftwareToken?: boolean;
  /** Registered passkeys. */
  readonly passkeys?: number;
  /** Contacts that wait for the user to answer a verification message. */
  readonly pending?: Readonly<Record<string, string>>;
}

export type CodePurpose = 'recovery' | 'sign-up' | 'verify-email' | 'verify-phone_number' | 'sms-mfa';

export interface NewUser {
  readonly sub: string;
  readonly username: string;
  readonly status: UserStatus;
  readonly enabled?: boolean;
  readonly attributes: string[];
  readonly createdAt: number;
  readonly modifiedAt?: number;
  readonly password?: string | undefined;
  readonly rare?: RareState | undefined;
}

export function newUserState(user: NewUser): UserState {
  return {
    sub: user.sub,
    order: Number.parseInt(user.sub.slice(-12), 16),
    username: user.username,
    status: user.status,
    enabled: user.enabled ?? true,
    attributes: user.attributes,
    createdAt: user.createdAt,
    modifiedAt: user.modifiedAt ?? user.createdAt,
    password: user.password,
    groups: undefined,
    rare: user.rare,
  };
}

export function freezeView(user: UserState): UserView {
  return {
    sub: user.sub,
    username: user.username,
    status: user.status,
    enabled: user.enabled,
    attributes: [...user.attributes],
    createdAt: user.createdAt,
    modifiedAt: user.modifiedAt,
    rare: user.rare,
  };
}

export function attributeOf(user: { readonly attributes: readonly string[] }, name: string): string | undefined {
  for (let index = 0; index < user.attributes.length; index += 2) {
    if (user.attributes[index] === name) return user.attributes[index + 1];
  }
  return undefined;
}

/** A copy of the attributes with one set; `undefined` removes it. */
export function withAttribute(attributes: readonly string[], name: string, value: string | undefined): string[] {
  const next: string[] = [];
  let found = false;
  for (let index = 0; index < attributes.length; index += 2) {
    const current = attributes[index] ?? '';
    if (current !== name) {
      next.push(current, attributes[index + 1] ?? '');
    } else if (value !== undefined) {
      next.push(name, value);
      found = true;
    }
  }
  if (!found && value !== undefined) next.push(name, value);
  return next;
}

export function attributePairs(attributes: readonly string[]): [name: string, value: string][] {
  const pairs: [string, string][] = [];
  for (let index = 0; index < attributes.length; index += 2) {
    pairs.push([attributes[index] ?? '', attributes[index + 1] ?? '']);
  }
  return pairs;
}

/** Epoch seconds with milliseconds, as AWS JSON carries timestamps. */
export function epochSeconds(ms: number): number {
  return Math.round(ms) / 1000;
}

/** UserType of the API: `sub` first, `MFAOptions` only where set. */
export function renderUser(view: UserView, attributesName: 'Attributes' | 'UserAttributes' = 'Attributes'): object {
  const attributes = [{ Name: 'sub', Value: view.sub }];
  for (const [name, value] of attributePairs(view.attributes)) attributes.push({ Name: name, Value: value });
  return {
    Username: view.username,
    [attributesName]: attributes,
    UserCreateDate: epochSeconds(view.createdAt),
    UserLastModifiedDate: epochSeconds(view.modifiedAt),
    Enabled: view.enabled,
    UserStatus: view.status,
    ...(view.rare?.smsMfa ? { MFAOptions: [{ DeliveryMedium: 'SMS', AttributeName: 'phone_number' }] } : {}),
  };
}
