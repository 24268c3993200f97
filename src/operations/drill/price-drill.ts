import { addCalls } from '../../model/call-counts.ts';
import type { NewPoolPreview } from '../new-pool/new-pool-result.ts';
import type { DrillPreview } from './drill-result.ts';
import { SIGN_IN_CALLS } from './sign-in.ts';

/** The restore into the pool, and the sign-in. */
export function priceOf({ users, price }: NewPoolPreview): DrillPreview['price'] {
  const calls = addCalls(price.callsByCategory, users?.callsByCategory ?? {}, SIGN_IN_CALLS);
  return { calls, durationMs: price.durationMs, mauUsers: users?.mauUsers ?? 0 };
}
