import type { PoolDescription } from '../model/pool.ts';
import { attributeOf, type Attribute, type UserStatus } from '../model/user.ts';

/** How users of one pool are told apart when their `sub`s say nothing: fixed by the target's sign-in model. */
export interface IdentityModel {
  readonly usernameAttributes: readonly ('email' | 'phone_number')[];
  readonly caseSensitive: boolean;
}

interface Identifiable {
  readonly username: string;
  readonly status?: UserStatus;
  readonly attributes: readonly Attribute[];
}

export function identityModelOf(pool: PoolDescription): IdentityModel {
  return { usernameAttributes: pool.usernameAttributes, caseSensitive: pool.caseSensitive };
}

/**
 * The one key of a user under a model: folded e-mail, else phone, else username. A federated user is always known by the
 * username (`Google_123`), so that it never meets a native user with the same e-mail address.
 */
export function identityKey(user: Identifiable, model: IdentityModel): string {
  if (user.status !== 'EXTERNAL_PROVIDER') {
    const name = signInName(user, model);
    if (name !== undefined) return `${name.kind}:${model.caseSensitive ? name.value : name.value.toLowerCase()}`;
  }
  return `username:${model.caseSensitive ? user.username : user.username.toLowerCase()}`;
}

/** The e-mail or phone number that a pool with username attributes takes as `Username`; `undefined` where a user has none. */
export function signInName(
  user: Identifiable,
  model: IdentityModel,
): { readonly kind: 'email' | 'phone_number'; readonly value: string } | undefined {
  if (model.usernameAttributes.includes('email')) {
    const value = attributeOf(user, 'email') || (user.username.includes('@') ? user.username : '');
    if (value !== '') return { kind: 'email', value };
  }
  if (model.usernameAttributes.includes('phone_number')) {
    const value = attributeOf(user, 'phone_number') || (user.username.startsWith('+') ? user.username : '');
    if (value !== '') return { kind: 'phone_number', value };
  }
  return undefined;
}

/** The `Username` to create a user with, or `undefined` where the target's model has no name for this user. */
export function usernameToCreate(user: Identifiable, model: IdentityModel): string | undefined {
  if (model.usernameAttributes.length === 0) return user.username;
  return signInName(user, model)?.value;
}
