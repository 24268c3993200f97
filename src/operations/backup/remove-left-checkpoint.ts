import type { PoolId } from '../../model/ids.ts';
import { checkpointKey, manifestKey } from '../../snapshot/keys.ts';
import { removeTraces } from '../../snapshot/remove-traces.ts';
import type { Vault } from '../../snapshot/vault.ts';
import type { CallOptions } from '../../storage/storage.ts';

/** A kill right after the manifest leaves the checkpoint, which holds page tokens, beside a finished snapshot: it goes now. */
export async function removeLeftCheckpoint(vault: Vault, poolId: PoolId, options: CallOptions = {}): Promise<void> {
  const { storage } = vault;
  for (const ref of (await vault.snapshots(poolId, options)).toReversed()) {
    if (!(await storage.head(manifestKey(ref), options))) continue;
    if (await storage.head(checkpointKey(ref), options)) await removeTraces(storage, ref, options);
    return;
  }
}
