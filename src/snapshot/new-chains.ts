import { SHARD_DIGITS } from '../model/ids.ts';
import type { ChainState, ListingMode } from './checkpoint.ts';
import { ALL_USERS } from './keys.ts';

/** How many groups are listed at once: enough to fill what the user shards leave of 30 requests a second. */
const MEMBERSHIP_LANES = 8;

/** The chains of a snapshot at its beginning: the shards of its users, then the lanes of its groups. */
export function newChains(mode: ListingMode, groups: number): ChainState[] {
  const shards = mode === 'sharded' ? SHARD_DIGITS : [ALL_USERS];
  const lanes = Array.from({ length: Math.min(groups, MEMBERSHIP_LANES) }, (_, lane) => String(lane));
  const fresh = { done: false, startedOver: 0, skippedGroups: 0, parts: [] };
  return [
    ...shards.map((shard) => ({ kind: 'users' as const, shard, ...fresh })),
    ...lanes.map((shard) => ({ kind: 'memberships' as const, shard, ...fresh })),
  ];
}
