import type { PoolDescription } from '../model/pool.ts';
import { attributeOf, type Attribute } from '../model/user.ts';
import type { PasswordStep } from './entries.ts';

/** What a restored user will meet at the next sign-in. */
export const EXPERIENCES = {
  'old-password': 'sign in with the old password, as before',
  'forgot-password': 'set a new password by "forgot password", then sign in',
  'reset-required': 'are told at sign-in to reset the password, and do so by the code they ask for',
  'temporary-password': 'sign in with the temporary password you hand out, and set a new one',
  passwordless: 'sign in with a one-time code, without a password',
  disabled: 'stay disabled, as in the snapshot',
  'signs-up-again': 'sign up again: they had never confirmed',
  'returns-on-first-sign-in': 'come back by themselves when they next sign in with their identity provider',
  'locked-out': 'could not get back in: no verified contact, or the pool allows no self-service recovery',
} as const;

export type Experience = keyof typeof EXPERIENCES;

interface Restored {
  readonly attributes: readonly Attribute[];
  readonly engine: 'api' | 'import-job';
  readonly password: PasswordStep;
  readonly disable: boolean;
}

export function experienceOf(user: Restored, target: PoolDescription): Experience {
  if (user.disable) return 'disabled';
  if (user.password.kind === 'hash') return 'old-password';
  // Whether a one-time code lets somebody in who has not changed a temporary password yet is unknown.
  if (user.password.kind === 'temporary') return 'temporary-password';
  if (hasPasswordlessFactor(user.attributes, target)) return 'passwordless';
  switch (user.password.kind) {
    case 'random':
      return canResetPassword(user.attributes, target) ? 'forgot-password' : 'locked-out';
    case 'unset':
      if (user.engine === 'api') return 'locked-out';
      return canResetPassword(user.attributes, target) ? 'reset-required' : 'locked-out';
    default:
      return user.password satisfies never;
  }
}

/** Whether the pool has a first factor that needs no password at all. COGNITO-FACTS §3, SignInPolicy [D]. */
export function isPasswordless(target: PoolDescription): boolean {
  return target.firstFactors.some((factor) => factor === 'EMAIL_OTP' || factor === 'SMS_OTP');
}

export function hasPasswordlessFactor(attributes: readonly Attribute[], target: PoolDescription): boolean {
  const verified = verifiedContacts(attributes);
  return (
    (target.firstFactors.includes('EMAIL_OTP') && verified.has('email')) ||
    (target.firstFactors.includes('SMS_OTP') && verified.has('phone_number'))
  );
}

/** "Forgot password" needs a recovery setting other than `admin_only` and a verified contact it names. COGNITO-FACTS §4 [D]. */
function canResetPassword(attributes: readonly Attribute[], target: PoolDescription): boolean {
  const verified = verifiedContacts(attributes);
  if (target.recovery.length === 0) return verified.size > 0;
  return (
    (target.recovery.includes('verified_email') && verified.has('email')) ||
    (target.recovery.includes('verified_phone_number') && verified.has('phone_number'))
  );
}

function verifiedContacts(attributes: readonly Attribute[]): Set<'email' | 'phone_number'> {
  const user = { attributes };
  const verified = new Set<'email' | 'phone_number'>();
  for (const contact of ['email', 'phone_number'] as const) {
    if (attributeOf(user, contact) && attributeOf(user, `${contact}_verified`) === 'true') verified.add(contact);
  }
  return verified;
}
