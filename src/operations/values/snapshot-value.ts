import type { Group } from '../../model/group.ts';
import type { DesiredValue } from '../../plan/desired.ts';
import { withLegacySub } from '../../plan/legacy-sub.ts';
import type { Scope } from '../../plan/scope.ts';
import type { SnapshotReader } from '../../snapshot/snapshot-reader.ts';

/** A snapshot as the value a pool should take, each user with the `sub` of the source in an attribute where one is named. */
export async function snapshotValue(
  reader: SnapshotReader,
  scope: Scope,
  subAttribute?: string,
): Promise<DesiredValue> {
  const groups: Group[] = [];
  for await (const group of reader.groups()) groups.push(group);
  const secret = await secretOf(reader, scope);
  return {
    // A plan made before somebody was erased must not be carried out after it.
    fingerprint: `${reader.manifestSha256}${(await reader.erasures()).fingerprint}`,
    ...(secret !== undefined && { secret }),
    source: await reader.pool(),
    scope,
    expectedUsers: reader.manifest.totals.users,
    isDeep: reader.manifest.totals.factors !== undefined,
    groups,
    readUsers: async (take) => {
      for await (const user of reader.users()) {
        await take(subAttribute === undefined ? user : withLegacySub(user, subAttribute));
      }
    },
    readMemberships: async (take) => {
      for await (const { group, sub } of reader.memberships()) await take({ group, userKey: sub });
    },
    erasedUsers: () => reader.erasedUsers(),
    membershipKey: (user) => user.sub ?? '',
  };
}

/** Somebody's `sub` is random, and encrypted wherever users are. It is read only where there are names to be keyed. */
async function secretOf(reader: SnapshotReader, { onlyUsers, onlyGroups }: Scope): Promise<string | undefined> {
  if (onlyUsers.length + onlyGroups.length === 0) return undefined;
  for await (const { sub } of reader.users()) return sub;
  return undefined;
}
