import type { Group } from '../model/group.ts';
import { countByKind, resourceName, RESOURCE_KINDS, type ConfigurationResource } from '../model/pool-configuration.ts';
import type { PoolDescription } from '../model/pool.ts';
import type { User } from '../model/user.ts';
import { damaged } from './damaged.ts';
import { ALL_USERS, manifestKey, type SnapshotRef } from './keys.ts';
import type { Manifest, PartEntry } from './manifest.ts';
import { decodeRecords, type OpenedPart } from './read-part.ts';
import { groupCodec, poolCodec, resourceCodec, userCodec } from './record-codec.ts';

/** Whether a part is the one for a user: its shard is the first digit of `sub`. */
export function holdsSub({ shard }: PartEntry, sub: string): boolean {
  return shard === ALL_USERS || (shard !== undefined && sub.startsWith(shard));
}

/** Whether a description is that of the pool in the manifest. */
export function isOfPool({ id, arn }: PoolDescription, { pool }: Manifest): boolean {
  return id === pool.id && arn === pool.arn;
}

export interface CheckedSnapshot {
  readonly ref: SnapshotRef;
  readonly manifest: Manifest;
}

/** The one description of the pool. Throws `damaged`. */
export async function checkedPool(
  parts: AsyncIterable<OpenedPart>,
  { ref, manifest }: CheckedSnapshot,
): Promise<PoolDescription> {
  for await (const part of parts) {
    for (const pool of decodeRecords(part, poolCodec)) {
      if (!isOfPool(pool, manifest)) throw damaged(part.key, 'it describes another pool');
      return pool;
    }
  }
  throw damaged(manifestKey(ref), 'it names no pool description');
}

/** Throws `damaged` at a resource that comes twice, and where there are others than the manifest counts. */
export async function* checkedConfiguration(
  parts: AsyncIterable<OpenedPart>,
  { manifest: { configuration = {} } }: CheckedSnapshot,
): AsyncGenerator<ConfigurationResource> {
  for await (const part of parts) {
    const resources = [...decodeRecords(part, resourceCodec)];
    if (new Set(resources.map(resourceName)).size < resources.length)
      throw damaged(part.key, 'a resource comes a second time');
    const counts = countByKind(resources);
    if (RESOURCE_KINDS.some((kind) => counts[kind] !== configuration[kind]))
      throw damaged(part.key, 'it holds other numbers of resources than the manifest states');
    yield* resources;
  }
}

/** Throws `damaged` at a name that comes twice. */
export async function* checkedGroups(parts: AsyncIterable<OpenedPart>): AsyncGenerator<Group> {
  const names = new Set<string>();
  for await (const part of parts) {
    for (const group of decodeRecords(part, groupCodec)) {
      if (names.has(group.name)) throw damaged(part.key, 'a group comes a second time');
      names.add(group.name);
      yield group;
    }
  }
}

/**
 * Throws `damaged` at a user who stands in the wrong part, and at the end where what was read is not what the manifest
 * states. Whoever reads to the end before acting acts on nothing but what the manifest promises.
 */
export async function* checkedUsers(
  parts: AsyncIterable<OpenedPart>,
  { ref, manifest: { totals } }: CheckedSnapshot,
): AsyncGenerator<User> {
  const byStatus = new Map<string, number>();
  let enabled = 0;
  let factors = 0;
  for await (const part of parts) {
    for (const user of decodeRecords(part, userCodec)) {
      if (!holdsSub(part.entry, user.sub)) throw damaged(part.key, 'it holds users of another shard');
      byStatus.set(user.status, (byStatus.get(user.status) ?? 0) + 1);
      if (user.enabled) enabled += 1;
      if (user.factors) factors += 1;
      yield user;
    }
  }
  const stated = Object.entries(totals.byStatus);
  const isDeepAsStated = factors === (totals.factors ?? 0);
  const isSame =
    enabled === totals.enabled && isDeepAsStated && stated.every(([status, users]) => byStatus.get(status) === users);
  if (!isSame) throw damaged(manifestKey(ref), 'its totals are not those of the users in its parts');
}
