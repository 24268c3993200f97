import type { SnapshotWarning } from './manifest.ts';

/** Both have to be reached. */
const DROP_SHARE = 0.2;
const DROP_USERS = 50;

/** Why a snapshot is suspect: its pool has lost too many users since the last good one; `undefined` when it is not. */
export function suspicion(users: number, previousUsers: number | undefined): SnapshotWarning | undefined {
  if (previousUsers === undefined) return undefined;
  const drop = previousUsers - users;
  if (drop < DROP_USERS || drop < previousUsers * DROP_SHARE) return undefined;
  return {
    code: 'suspect-drop',
    message: `${drop} of ${previousUsers} users are gone since the last snapshot: check the pool, then accept the snapshot`,
  };
}
