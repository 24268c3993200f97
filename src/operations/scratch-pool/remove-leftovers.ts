import type { CognitoGateway } from '../../cognito/gateway.ts';
import { isBackupError } from '../../model/errors.ts';
import type { PoolId } from '../../model/ids.ts';
import type { ScratchMark } from '../../plan/scratch-pool/scratch-mark.ts';
import { findScratchPools } from './find-scratch-pools.ts';
import { ownerState, type LeaseWitness } from './owner-state.ts';
import { removeScratchPool } from './remove-scratch-pool.ts';

export interface LeftoverOptions {
  /** The asking run's own pool is not touched. */
  readonly ownRun?: string | undefined;
  readonly witness?: LeaseWitness | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Leftovers {
  readonly removed: readonly { readonly poolId: PoolId; readonly mark: ScratchMark }[];
  /** Scratch pools by their mark that are not ours to delete (now), with the reason. */
  readonly left: readonly { readonly poolId: PoolId; readonly reason: string }[];
}

/** Deletes the scratch pools of runs that were killed; those of runs that are or may be at work stay. */
export async function removeLeftovers(
  gateway: CognitoGateway,
  { ownRun, witness, signal }: LeftoverOptions = {},
): Promise<Leftovers> {
  const removed: { readonly poolId: PoolId; readonly mark: ScratchMark }[] = [];
  const left: { readonly poolId: PoolId; readonly reason: string }[] = [];
  for (const { pool, mark } of await findScratchPools(gateway, signal)) {
    if (mark.run === ownRun) continue;
    try {
      const owner = (found: ScratchMark) => ownerState(found, { witness });
      if (await removeScratchPool(gateway, pool.id, { owner, signal })) removed.push({ poolId: pool.id, mark });
    } catch (error) {
      if (!isBackupError(error, 'refused', 'rejected')) throw error;
      left.push({ poolId: pool.id, reason: error.message });
    }
  }
  return { removed, left };
}
