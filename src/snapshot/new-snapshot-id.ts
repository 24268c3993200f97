import { BackupError } from '../model/errors.ts';
import { timedId, type PoolId, type SnapshotId } from '../model/ids.ts';
import { LAST_SUFFIX, secondOf, suffixOf, timedIdAfter, withSuffix } from '../model/timed-id-after.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { CallOptions } from '../storage/storage.ts';
import type { Vault } from './vault.ts';

/** How a snapshot begins: an id tells the second of its start. */
export interface SnapshotBirth {
  readonly id: SnapshotId;
  readonly startedAt: Date;
}

/**
 * An id that sorts after every snapshot of the pool, one begun in the same second included: which snapshot a backup goes
 * on with, and which one is the latest, is told by the order of the ids alone. Where the last id of that second is taken, the
 * snapshot begins in the next one, which is waited for: no user is listed before its start.
 */
export async function newSnapshotId(
  vault: Vault,
  poolId: PoolId,
  { startedAt, runtime, signal }: CallOptions & { readonly startedAt: Date; readonly runtime: Runtime },
): Promise<SnapshotBirth> {
  const random = runtime.randomBytes(3);
  const id = timedId(startedAt, random);
  const last = (await vault.snapshots(poolId, { signal })).at(-1)?.id;
  if (last === undefined || last < id || secondOf(last) !== secondOf(id)) return { id: id as SnapshotId, startedAt };
  const behind = timedIdAfter(last, random);
  if (behind !== undefined) return { id: behind as SnapshotId, startedAt };
  await runtime.sleep(1_000, signal);
  return newSnapshotId(vault, poolId, { startedAt: new Date(startedAt.getTime() + 1_000), runtime, signal });
}

/**
 * An id for what takes the place of a snapshot: of the same second and between the same neighbours, so that it stands where
 * that one stood in every order, `latest` and what a backup goes on with included; behind it where there is room, so that it
 * goes first where both stand.
 */
export function successorId(
  id: SnapshotId,
  { known, runtime }: { readonly known: readonly SnapshotId[]; readonly runtime: Runtime },
): SnapshotId {
  const own = suffixOf(id);
  const taken = known.filter((each) => secondOf(each) === secondOf(id)).map(suffixOf);
  const before = Math.max(-1, ...taken.filter((suffix) => suffix < own));
  const after = Math.min(LAST_SUFFIX + 1, ...taken.filter((suffix) => suffix > own));
  const random = Buffer.from(runtime.randomBytes(3)).readUIntBE(0, 3);
  const [from, room] = after - own > 1 ? [own, after - own - 1] : [before, own - before - 1];
  if (room === 0) {
    throw new BackupError('internal', `There is no room for another snapshot beside ${id}`);
  }
  return withSuffix(id, from + 1 + (random % room)) as SnapshotId;
}
