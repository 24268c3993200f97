import { listToken, type Context } from '../operations/context.ts';

/** Items a page where the request does not say (*unproven*). */
const DEFAULT_PAGE = 25;

interface Listing {
  readonly poolId: string;
  /** The most that MaxResults may ask for. */
  readonly most: number;
}

/** One page of a listing in an order that does not change, and the token of the next. Pages may be short where they jitter. */
export function pageOf<T>(
  { account, operation, request }: Context,
  items: readonly T[],
  { poolId, most }: Listing,
): { readonly page: readonly T[]; readonly next: { readonly NextToken?: string } } {
  const limit = request.integer('MaxResults', 1, most) ?? Math.min(DEFAULT_PAGE, most);
  const token = listToken(request, 'NextToken');
  const scope = [operation, poolId, limit];
  const start = token === undefined ? 0 : Number(account.tokens.open(scope, token)[0]);
  const isShort = account.pageJitter && account.random.fraction() < 0.2;
  const end = start + (isShort ? Math.floor(limit / 4) : limit);
  return {
    page: items.slice(start, end),
    next: end < items.length ? { NextToken: account.tokens.seal(scope, [end]) } : {},
  };
}
