import type { PoolId } from '../../model/ids.ts';
import type { OwnerState } from '../../plan/scratch-pool/guard-removal.ts';
import type { ScratchMark } from '../../plan/scratch-pool/scratch-mark.ts';
import { isTaggedRunning } from '../../runtime/process-mark.ts';

/** A vault at hand, as far as it can tell which runs live. */
export interface LeaseWitness {
  readonly vaultId: string;
  /** Whether another run than the asking one holds the lease of a pool. */
  isHeldByAnother(poolId: PoolId): Promise<boolean>;
}

/**
 * What is known of the run that made a scratch pool: from the lease it holds while it lives, where this is a vault in which it can be
 * read; else from its process, where that is of this machine.
 */
export async function ownerState(
  { owner, lease }: ScratchMark,
  witness: LeaseWitness | undefined,
): Promise<OwnerState> {
  const [vaultId, poolId] = lease?.split(' ') ?? [];
  if (witness && poolId !== undefined && vaultId === witness.vaultId) {
    return (await witness.isHeldByAnother(poolId as PoolId)) ? 'running' : 'gone';
  }
  const isRunning = await isTaggedRunning(owner);
  if (isRunning === undefined) return 'unknown';
  return isRunning ? 'running' : 'gone';
}
