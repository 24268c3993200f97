import { QUOTAS, type QuotaCategory } from '../../cognito/quotas.ts';

/** What asking every user for their factors costs, before the first of them is asked. */
export interface DeepPrice {
  /** One for each user: estimated, as Cognito estimates its users. */
  readonly calls: number;
  readonly callsPerSecond: number;
  readonly durationMs: number;
  /** Users who may be billed as monthly active: whether the call counts is not documented. COGNITO-FACTS §0.1, §8 */
  readonly mayBillUsers: number;
}

/** Requests a second in force for a quota category; `calls` says how many are to come. */
export type RateOf = (category: QuotaCategory, calls?: number) => Promise<number>;

/** Where nobody knows the rate in force: the documented quota, and the part of it that is taken. */
async function documentedRate(category: QuotaCategory): Promise<number> {
  return QUOTAS[category].requestsPerSecond * QUOTAS[category].share;
}

export async function deepPrice(usersLeft: number, rate: RateOf = documentedRate): Promise<DeepPrice> {
  const callsPerSecond = await rate('UserRead', usersLeft);
  const durationMs = Math.ceil((usersLeft / callsPerSecond) * 1_000);
  return { calls: usersLeft, callsPerSecond, durationMs, mayBillUsers: usersLeft };
}
