import type { NewPoolPreview } from '../new-pool/new-pool-result.ts';
import type { DrillPreview } from './drill-result.ts';
import { SIGN_IN_CALLS } from './sign-in.ts';

/** The users' part of a restore, and the sign-in. */
export function priceOf({ users }: NewPoolPreview): DrillPreview['price'] {
  const calls: { [category: string]: number } = { ...users?.callsByCategory };
  for (const [category, count] of Object.entries(SIGN_IN_CALLS)) calls[category] = (calls[category] ?? 0) + count;
  return { calls, durationMs: users?.durationMs ?? 0, mauUsers: users?.mauUsers ?? 0 };
}
