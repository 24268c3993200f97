import { isBackupError } from '../../model/errors.ts';
import type { PoolId } from '../../model/ids.ts';
import type { ScratchMark } from '../../plan/scratch-pool/scratch-mark.ts';
import { forgetTarget } from '../../runs/sweep-runs.ts';
import type { ReconcileDependencies } from '../reconcile/dependencies.ts';
import { findScratchPools } from '../scratch-pool/find-scratch-pools.ts';
import { removeScratchPool } from '../scratch-pool/remove-scratch-pool.ts';

/**
 * Deletes the pool of this drill, and what the vault remembers of it; also one whose creation was never answered. Heeds no
 * signal: it comes after one; the gateway's patience bounds it. Answers why it could not; never throws.
 */
export async function removeOwnPool(
  deps: ReconcileDependencies,
  mark: ScratchMark,
  known?: PoolId,
): Promise<string | undefined> {
  deps.observer({ kind: 'phase', phase: 'remove-pool', ...(known && { poolId: known }) });
  try {
    const found = (await findScratchPools(deps.gateway))
      .filter((one) => one.mark.run === mark.run)
      .map(({ pool }) => pool.id);
    for (const poolId of new Set([...(known ? [known] : []), ...found])) {
      await removeScratchPool(deps.gateway, poolId, {
        owner: async () => 'self',
        beforeDelete: (id) => forgetTarget(deps.storage, id),
      });
    }
    return undefined;
  } catch (error) {
    return isBackupError(error) ? error.message : 'unexpected failure';
  }
}
