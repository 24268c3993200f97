import type { CognitoGateway } from '../../cognito/gateway.ts';
import { findPool } from '../../cognito/read-pool.ts';
import { isBackupError } from '../../model/errors.ts';
import type { PoolId } from '../../model/ids.ts';
import { checkRemoval, type OwnerState } from '../../plan/scratch-pool/guard-removal.ts';
import type { ScratchMark } from '../../plan/scratch-pool/scratch-mark.ts';

export interface RemoveOptions {
  readonly owner: (mark: ScratchMark) => Promise<OwnerState>;
  /** Runs when nothing speaks against the delete: what is remembered of the pool goes first, for nobody would find it later. */
  readonly beforeDelete?: ((poolId: PoolId) => Promise<void>) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Deletes a scratch pool, which is looked at again when its owner is known: whoever has adopted it meanwhile keeps it. Answers `false`
 * where it is gone already. Throws `refused` (see `checkRemoval`).
 */
export async function removeScratchPool(
  gateway: CognitoGateway,
  poolId: PoolId,
  options: RemoveOptions,
): Promise<boolean> {
  const { signal } = options;
  const first = await findPool(gateway, poolId, signal);
  if (!first) return false;
  const mark = checkRemoval({ pool: first, owner: 'self', now: nowOf(gateway) });
  const owner = await options.owner(mark);
  const pool = await findPool(gateway, poolId, signal);
  if (!pool) return false;
  checkRemoval({ pool, owner, now: nowOf(gateway) });
  await options.beforeDelete?.(poolId);
  try {
    await gateway.send('DeleteUserPool', { poolId }, signal);
    return true;
  } catch (error) {
    // An earlier attempt whose answer was lost, or another run.
    if (isBackupError(error, 'pool-not-found')) return true;
    throw error;
  }
}

/** Known, since the pool was just described. */
function nowOf(gateway: CognitoGateway): Date {
  return gateway.serviceTime() ?? new Date(0);
}
