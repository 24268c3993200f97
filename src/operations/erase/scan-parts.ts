import type { Membership } from '../../model/group.ts';
import type { User } from '../../model/user.ts';
import type { PartEntry } from '../../snapshot/manifest.ts';
import { decodeRecords, readParts, type PartSource } from '../../snapshot/read-part.ts';
import { membershipCodec, userCodec } from '../../snapshot/record-codec.ts';
import type { CallOptions } from '../../storage/storage.ts';
import { namesOf, type ErasedPeople } from './erased-people.ts';

/** What some parts hold of erased people. */
export interface Found {
  readonly users: readonly User[];
  readonly memberships: readonly Membership[];
  /** Of the parts that hold them. */
  readonly paths: ReadonlySet<string>;
}

/**
 * Reads every part that may hold a person and finds those who are erased; one part is held, and the people found. Throws
 * `damaged`.
 */
export async function scanParts(
  source: PartSource,
  entries: readonly PartEntry[],
  people: ErasedPeople,
  options: CallOptions,
): Promise<Found> {
  const users: User[] = [];
  const memberships: Membership[] = [];
  const paths = new Set<string>();
  const { poolId } = source.ref;
  const personal = entries.filter(({ kind }) => kind === 'users' || kind === 'memberships');
  for await (const part of readParts(source, personal, options)) {
    const before = users.length + memberships.length;
    if (part.entry.kind === 'users') {
      for (const user of decodeRecords(part, userCodec)) if (people.has(user.sub)) users.push(user);
    } else {
      for (const each of decodeRecords(part, membershipCodec)) if (people.has(each.sub)) memberships.push(each);
    }
    if (users.length + memberships.length > before) paths.add(part.entry.path);
  }
  for (const user of users) people.learn(poolId, namesOf(user));
  for (const { username } of memberships) people.learn(poolId, [username]);
  return { users, memberships, paths };
}
