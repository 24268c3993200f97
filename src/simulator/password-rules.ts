import type { PasswordPolicyConfig } from './pool-config.ts';
import type { PoolState } from './pool-state.ts';
import type { SeededRandom } from './seeded-random.ts';
import { ServiceError } from './service-error.ts';

/** Cognito's special characters. [D] developer guide, password requirements. */
const SYMBOL = /[\^$*.[\]{}()?"!@#%&/\\,><':;|_~`=+\- ]/;
const DAY_MS = 86_400_000;

/** The policy of a pool created without one. [D] CreateUserPool. */
const DEFAULT_PASSWORD_POLICY = {
  MinimumLength: 8,
  RequireUppercase: true,
  RequireLowercase: true,
  RequireNumbers: true,
  RequireSymbols: true,
  TemporaryPasswordValidityDays: 7,
} as const satisfies PasswordPolicyConfig;

export function passwordPolicyOf(pool: PoolState): PasswordPolicyConfig {
  const given = pool.settings.Policies?.PasswordPolicy;
  if (!given) {
    const days = pool.settings.AdminCreateUserConfig?.UnusedAccountValidityDays;
    return days ? { ...DEFAULT_PASSWORD_POLICY, TemporaryPasswordValidityDays: days } : DEFAULT_PASSWORD_POLICY;
  }
  return {
    MinimumLength: given.MinimumLength ?? 8,
    RequireUppercase: given.RequireUppercase ?? false,
    RequireLowercase: given.RequireLowercase ?? false,
    RequireNumbers: given.RequireNumbers ?? false,
    RequireSymbols: given.RequireSymbols ?? false,
    ...(given.PasswordHistorySize === undefined ? {} : { PasswordHistorySize: given.PasswordHistorySize }),
    // 0 is the default as well. [D] SDK 3.1169, `PasswordPolicyType`
    TemporaryPasswordValidityDays:
      given.TemporaryPasswordValidityDays || pool.settings.AdminCreateUserConfig?.UnusedAccountValidityDays || 7,
  };
}

/** Throws InvalidPasswordException unless the password meets the pool's policy. */
export function checkPassword(pool: PoolState, password: string): void {
  const policy = passwordPolicyOf(pool);
  const fault =
    (password.length < (policy.MinimumLength ?? 8) && 'Password not long enough') ||
    (policy.RequireUppercase && !/[A-Z]/.test(password) && 'Password must have uppercase characters') ||
    (policy.RequireLowercase && !/[a-z]/.test(password) && 'Password must have lowercase characters') ||
    (policy.RequireNumbers && !/[0-9]/.test(password) && 'Password must have numeric characters') ||
    (policy.RequireSymbols && !SYMBOL.test(password) && 'Password must have symbol characters');
  if (fault) throw new ServiceError('InvalidPasswordException', `Password did not conform with policy: ${fault}`);
}

export function generatedPassword(random: SeededRandom): string {
  return `Aa1!${random.hex(16)}`;
}

export function temporaryPasswordExpired(pool: PoolState, since: number): boolean {
  const days = passwordPolicyOf(pool).TemporaryPasswordValidityDays ?? 7;
  return pool.now() - since > days * DAY_MS;
}

/** Whether users without a password can sign in: an e-mail or SMS one-time password, or a passkey, is a first factor. [D] */
export function allowsPasswordless(pool: PoolState): boolean {
  const factors = pool.settings.Policies?.SignInPolicy?.AllowedFirstAuthFactors ?? [];
  return factors.some((factor) => factor === 'EMAIL_OTP' || factor === 'SMS_OTP');
}
