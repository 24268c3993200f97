import type { OperationName } from '../../cognito/gateway.ts';
import { CATEGORY_OF, QUOTAS, type QuotaCategory } from '../../cognito/quotas.ts';
import type { Calls } from '../../model/call-counts.ts';
import type { ReconcileDependencies } from './dependencies.ts';

/** Users a call of a listing brings. COGNITO-FACTS §1 [D]. */
const USERS_PER_PAGE = 60;

export interface PricedCalls {
  readonly callsByCategory: Calls;
  readonly durationMs: number;
}

/** Calls of a listing of so many users; an empty pool is asked once. */
export function listingCalls(users: number): number {
  return Math.ceil(Math.max(1, users) / USERS_PER_PAGE);
}

/**
 * What calls on one pool come to when the categories run side by side, each at its rate; in the categories that AWS also counts
 * by operation and pool, no operation goes faster than that.
 */
export async function priceCalls(
  calls: Iterable<readonly [operation: OperationName, count: number]>,
  rate: ReconcileDependencies['rate'],
): Promise<PricedCalls> {
  const byCategory = new Map<QuotaCategory, number>();
  let seconds = 0;
  for (const [operation, count] of calls) {
    if (count === 0) continue;
    const category = CATEGORY_OF[operation];
    byCategory.set(category, (byCategory.get(category) ?? 0) + count);
    if (QUOTAS[category].isPerPool) seconds = Math.max(seconds, count / (await rate(category, count, 'pool')));
  }
  for (const [category, count] of byCategory) seconds = Math.max(seconds, count / (await rate(category, count)));
  return { callsByCategory: Object.fromEntries(byCategory), durationMs: Math.ceil(seconds * 1_000) };
}
