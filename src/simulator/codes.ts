import type { AccountState } from './account-state.ts';
import type { PoolState } from './pool-state.ts';
import { ServiceError } from './service-error.ts';
import type { CodePurpose, UserState } from './user-state.ts';

/** Life of a confirmation code. [D] developer guide: one hour for password recovery; taken for all. */
const CODE_LIFE_MS = 3_600_000;

/** Sends a code: counts the message under the operation that caused it and keeps the code for `lastCode`. */
export function sendCode(
  account: AccountState,
  user: UserState,
  { purpose, cause }: { readonly purpose: CodePurpose; readonly cause: string },
): void {
  account.counters.countMessage(cause);
  const value = String(account.random.below(1_000_000)).padStart(6, '0');
  user.rare = { ...user.rare, code: { value, purpose, expiresAt: account.clock() + CODE_LIFE_MS } };
}

/** Uses a code up. Throws CodeMismatchException or ExpiredCodeException. */
export function redeemCode(
  pool: PoolState,
  user: UserState,
  { purpose, code }: { readonly purpose: CodePurpose; readonly code: string },
): void {
  const sent = user.rare?.code;
  if (sent?.purpose !== purpose || sent.expiresAt < pool.now()) {
    throw new ServiceError('ExpiredCodeException', 'Invalid code provided, please request a code again.');
  }
  if (sent.value !== code) {
    throw new ServiceError('CodeMismatchException', 'Invalid verification code provided, please try again.');
  }
  const { code: _used, ...rest } = user.rare ?? {};
  user.rare = rest;
}
