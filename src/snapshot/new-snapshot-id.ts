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
  const taken = Number.parseInt(last.slice(-6), 16);
  if (taken === LAST_SUFFIX) return timedId(new Date(startedAt.getTime() + 1_000), random) as SnapshotId;
  const suffix = taken + 1 + (Buffer.from(random).readUIntBE(0, 3) % (LAST_SUFFIX - taken));
  return `${timeOf(id)}-${suffix.toString(16).padStart(6, '0')}` as SnapshotId;
}

function timeOf(id: string): string {
  return id.slice(0, id.indexOf('-'));
}
