import { inParallel } from '../../runtime/in-parallel.ts';
import type { CallOptions, Storage } from '../../storage/storage.ts';

const HEADS_AT_ONCE = 16;

/** Why objects may not go (S3 Object Lock): the latest end of a retention, or `null`; and whether a legal hold is on. */
export interface ObjectLock {
  readonly lockedUntil: string | null;
  readonly legalHold: boolean;
}

/** Asks for every object; `undefined` where nothing holds any of them now. */
export async function findLock(
  storage: Storage,
  keys: readonly string[],
  { now, ...options }: CallOptions & { readonly now: Date },
): Promise<ObjectLock | undefined> {
  let lockedUntil: string | null = null;
  let legalHold = false;
  await inParallel(keys, HEADS_AT_ONCE, async (key) => {
    const found = await storage.head(key, { ...options, lock: true });
    legalHold ||= found?.legalHold === true;
    const until = found?.lockedUntil;
    if (until !== undefined && new Date(until) > now && until > (lockedUntil ?? '')) lockedUntil = until;
  });
  return lockedUntil !== null || legalHold ? { lockedUntil, legalHold } : undefined;
}
