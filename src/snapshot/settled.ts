import type { User } from '../model/user.ts';

/** How far Cognito's listings lag behind writes, at most, with a margin: about 30 s. [I] COGNITO-FACTS §8 */
export const LISTING_LAG_MS = 60_000;

/**
 * Whether a user was made and last changed so long before a window began that every listing of it has to hold them. Of
 * anybody else a listing promises nothing: a change may move a user from a page still to come to one already read.
 */
export function isSettled({ createdAt, modifiedAt }: User, startedAt: string): boolean {
  const limitMs = Date.parse(startedAt) - LISTING_LAG_MS;
  return Date.parse(createdAt) < limitMs && Date.parse(modifiedAt) < limitMs;
}
