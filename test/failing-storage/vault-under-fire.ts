import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import type { CognitoGateway } from '../../src/cognito/gateway.ts';
import { BackupError } from '../../src/model/errors.ts';
import type { PoolId } from '../../src/model/ids.ts';
import { backupPool, type BackupResult } from '../../src/operations/backup/backup.ts';
import { verifySnapshot } from '../../src/operations/verify/verify-snapshot.ts';
import { realRuntime } from '../../src/runtime/real-runtime.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import type { ListingMode } from '../../src/snapshot/checkpoint.ts';
import { openVault } from '../../src/snapshot/vault.ts';
import type { Storage } from '../../src/storage/storage.ts';

/** Real time of which waiting takes next to nothing: what is swept here waits hundreds of times. */
export const impatientRuntime: Runtime = {
  ...realRuntime,
  sleep: (delayMs, signal) => realRuntime.sleep(delayMs / 1_000, signal),
};

export interface BackupUnderFire {
  readonly gateway: CognitoGateway;
  readonly poolId: PoolId;
  readonly users: number;
  readonly listing?: ListingMode;
}

export async function backUpInto(storage: Storage, run: BackupUnderFire): Promise<BackupResult> {
  const vault = await openVault(storage, { runtime: impatientRuntime, create: true });
  const dependencies = { gateway: run.gateway, vault, runtime: impatientRuntime, observer: () => {} };
  return backupPool(dependencies, { poolId: run.poolId, listing: run.listing ?? 'single' });
}

/** The error that a run stopped with, or `undefined` where it completed. */
export async function errorOf(run: Promise<unknown>): Promise<BackupError | undefined> {
  try {
    await run;
    return undefined;
  } catch (error) {
    if (error instanceof BackupError) return error;
    throw error;
  }
}

/**
 * What must hold after a backup that met a fault, whether it completed or stopped: what stood in the vault before stands
 * there byte by byte, every snapshot there verifies, and the next run finishes what is missing, and no more.
 */
export async function expectRecovery(
  healthy: Storage,
  before: ReadonlyMap<string, string>,
  run: BackupUnderFire,
  stopped: boolean,
): Promise<void> {
  const after = await contentsOf(healthy);
  for (const [key, digest] of before) expect(`${key} ${after.get(key)}`).toBe(`${key} ${digest}`);
  const committed = manifestsOf(after).length - manifestsOf(before).length;
  await expectSound(healthy, run);
  if (!stopped) {
    expect(committed).toBe(1);
    return;
  }
  expect(await backUpInto(healthy, run)).toMatchObject({
    done: true,
    status: 'complete',
    totals: { users: run.users },
  });
  expect(manifestsOf(await contentsOf(healthy)).length - manifestsOf(before).length).toBe(committed + 1);
  await expectSound(healthy, run);
}

/** Every snapshot of the pool that has a manifest verifies and is whole. */
async function expectSound(storage: Storage, { poolId, users }: BackupUnderFire): Promise<void> {
  const contents = await contentsOf(storage);
  if (!contents.has('vault.json')) {
    expect(manifestsOf(contents)).toEqual([]);
    return;
  }
  const vault = await openVault(storage, { runtime: impatientRuntime });
  const refs = await vault.snapshots(poolId);
  const committed = refs.filter(({ id }) => manifestsOf(contents).some((key) => key.includes(`/${id}/`)));
  expect(committed).toHaveLength(manifestsOf(contents).length);
  for (const ref of committed) {
    expect(await verifySnapshot(vault, ref)).toMatchObject({ ok: true, checked: { totals: { users } } });
  }
}

/** Digests by key. */
export async function contentsOf(storage: Storage): Promise<ReadonlyMap<string, string>> {
  const digests = new Map<string, string>();
  for await (const { key } of storage.list('')) {
    const object = await storage.get(key);
    if (object) digests.set(key, createHash('sha256').update(object.bytes).digest('hex'));
  }
  return digests;
}

function manifestsOf(contents: ReadonlyMap<string, string>): readonly string[] {
  return [...contents.keys()].filter((key) => key.endsWith('/manifest.json'));
}
