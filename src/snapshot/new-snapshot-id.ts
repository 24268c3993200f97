import { BackupError } from '../model/errors.ts';
import { timedId, type PoolId, type SnapshotId } from '../model/ids.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { CallOptions } from '../storage/storage.ts';
import type { Vault } from './vault.ts';

const LAST_SUFFIX = 0xff_ff_ff;

/**
 * An id that sorts after every snapshot of the pool, one begun in the same second included: which snapshot a backup goes
 * on with, and which one is the latest, is told by the order of the ids alone.
 */
export async function newSnapshotId(
  vault: Vault,
  poolId: PoolId,
  { startedAt, runtime, ...options }: CallOptions & { readonly startedAt: Date; readonly runtime: Runtime },
): Promise<SnapshotId> {
  const random = runtime.randomBytes(3);
  const id = timedId(startedAt, random);
  const last = (await vault.snapshots(poolId, options)).at(-1)?.id;
  if (last === undefined || last < id || timeOf(last) !== timeOf(id)) return id as SnapshotId;
  const taken = suffixOf(last);
  if (taken === LAST_SUFFIX) return timedId(new Date(startedAt.getTime() + 1_000), random) as SnapshotId;
  const suffix = taken + 1 + (Buffer.from(random).readUIntBE(0, 3) % (LAST_SUFFIX - taken));
  return withSuffix(id, suffix);
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
  const taken = known.filter((each) => timeOf(each) === timeOf(id)).map(suffixOf);
  const before = Math.max(-1, ...taken.filter((suffix) => suffix < own));
  const after = Math.min(LAST_SUFFIX + 1, ...taken.filter((suffix) => suffix > own));
  const random = Buffer.from(runtime.randomBytes(3)).readUIntBE(0, 3);
  const [from, room] = after - own > 1 ? [own, after - own - 1] : [before, own - before - 1];
  if (room === 0) {
    throw new BackupError('internal', `There is no room for another snapshot beside ${id}`);
  }
  return withSuffix(id, from + 1 + (random % room));
}

function suffixOf(id: string): number {
  return Number.parseInt(id.slice(-6), 16);
}

function withSuffix(id: string, suffix: number): SnapshotId {
  return `${timeOf(id)}-${suffix.toString(16).padStart(6, '0')}` as SnapshotId;
}

function timeOf(id: string): string {
  return id.slice(0, id.indexOf('-'));
}
