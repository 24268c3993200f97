/**
 * Everything that Cognito lets nobody restore, as a closed list. A difference counts as a loss only if the plan named
 * that kind for that user (or for the pool) before the first write. Source of each: COGNITO-FACTS §3, §4, 2026-11.
 */
export const LOSS_EFFECTS = {
  password: 'The old password is gone: the user sets a new one by "forgot password", or signs in as the plan says',
  'status-changed': 'The user comes back in another status than the snapshot holds',
  'new-sub': 'The user gets a new sub; what refers to the old one needs the map file',
  'new-username': 'The pool generates usernames: the user gets a new UUID; sign-in by e-mail or phone is unchanged',
  'signs-up-again': 'The user never confirmed the sign-up: not created, signs up again',
  'returns-on-first-sign-in':
    'The user belongs to an identity provider: not created, returns with groups missing on the first sign-in there',
  'identity-link':
    'The link to an identity provider that the target pool does not have, or one above five for a user, is not restored',
  'identity-taken':
    'The link is not restored: in the target that identity has a user of its own, or is linked to somebody else',
  'membership-of-absent-user': 'The membership of a user who is not created is not restored',
  'provider-group': 'The group that Cognito keeps for an identity provider belongs to its pool and is not restored',
  'group-role': 'The IAM role of the group belongs to another account: the group is created without it',
  'immutable-attribute': 'The attribute is immutable in the target pool and keeps its value there (or use --recreate)',
  'dropped-attribute': 'The attribute was dropped on request (--drop-attribute)',
  'mfa-preference':
    'A second factor is not turned on again: no verified contact for it, not in the target, or not for somebody of this status',
  totp: 'The secret of the authenticator app is gone: the user sets it up again',
  passkeys: 'Passkeys are gone: the user registers them again',
  'mfa-and-devices':
    'MFA preferences, TOTP secrets, passkeys, remembered devices and sessions are not in any listing: users enrol again',
  devices: 'Remembered devices and sessions are not in any listing: users sign in anew',
  dates: 'Creation and modification dates are those of the restore',
} as const;

export type LossKind = keyof typeof LOSS_EFFECTS;

/** Losses that concern the pool as a whole; they are counted once. Of a deep snapshot, factors are told user by user. */
export function poolLosses({ isDeep }: { readonly isDeep: boolean }): readonly LossKind[] {
  return isDeep ? ['devices'] : ['mfa-and-devices'];
}

export interface Loss {
  readonly kind: LossKind;
  readonly count: number;
  readonly effect: string;
}
