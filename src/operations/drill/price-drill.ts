import type { NewPoolPreview } from '../new-pool/new-pool-result.ts';
import type { DrillPreview } from './drill-result.ts';
import { SIGN_IN_CALLS } from './sign-in.ts';

/** The restore into the pool, and the sign-in. */
export function priceOf({ users, price }: NewPoolPreview): DrillPreview['price'] {
  const calls: { [category: string]: number } = {};
  for (const some of [price.callsByCategory, users?.callsByCategory ?? {}, SIGN_IN_CALLS]) {
    for (const [category, count] of Object.entries(some)) calls[category] = (calls[category] ?? 0) + count;
  }
  return { calls, durationMs: price.durationMs, mauUsers: users?.mauUsers ?? 0 };
}
