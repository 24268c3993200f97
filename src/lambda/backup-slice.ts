import type { PoolId } from '../model/ids.ts';
import { backupPool, type BackupOptions, type BackupResult } from '../operations/backup/backup.ts';
import type { Vault } from '../snapshot/vault.ts';
import type { Call } from './run-handler.ts';

export interface BackupSliceOptions {
  readonly vault: Vault;
  readonly poolId: PoolId;
  readonly listing?: BackupOptions['listing'];
  readonly secondPass?: boolean;
}

/** Backs a pool up until it is done or the call's time is spent; the next call goes on from the checkpoint. */
export async function backupSlice(
  { budget, gateways, runtime, observer }: Call<unknown>,
  { vault, poolId, listing, secondPass = false }: BackupSliceOptions,
): Promise<BackupResult> {
  const gateway = gateways.forPool(poolId);
  return backupPool(
    { gateway, vault, runtime, observer, callCounts: () => gateway.counts() },
    { poolId, listing: listing ?? 'auto', secondPass, deadline: () => budget.isSpent(), signal: budget.signal },
  );
}
