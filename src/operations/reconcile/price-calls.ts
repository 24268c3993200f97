import { CATEGORY_OF, type QuotaCategory } from '../../cognito/quotas.ts';
import type { OperationName } from '../../cognito/gateway.ts';
import type { ReconcileDependencies } from './dependencies.ts';

/** Users a call of a listing brings. COGNITO-FACTS §1 [D]. */
const USERS_PER_PAGE = 60;

export interface PricedCalls {
  readonly callsByCategory: Readonly<Partial<Record<QuotaCategory, number>>>;
  readonly durationMs: number;
}

/** Calls of a listing of so many users; an empty pool is asked once. */
export function listingCalls(users: number): number {
  return Math.ceil(Math.max(1, users) / USERS_PER_PAGE);
}

/** How long calls take when their categories run side by side, each at its rate. */
export async function priceCalls(
  calls: Iterable<readonly [operation: OperationName, count: number]>,
  rate: ReconcileDependencies['rate'],
): Promise<PricedCalls> {
  const callsByCategory: Partial<Record<QuotaCategory, number>> = {};
  for (const [operation, count] of calls) {
    if (count === 0) continue;
    const category = CATEGORY_OF[operation];
    callsByCategory[category] = (callsByCategory[category] ?? 0) + count;
  }
  let seconds = 0;
  for (const [category, count] of Object.entries(callsByCategory) as [QuotaCategory, number][]) {
    seconds = Math.max(seconds, count / (await rate(category, count)));
  }
  return { callsByCategory, durationMs: Math.ceil(seconds * 1_000) };
}
