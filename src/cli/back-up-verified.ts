import type { Gateways } from '../compose.ts';
import { BackupError } from '../model/errors.ts';
import type { PoolId } from '../model/ids.ts';
import { backupPool } from '../operations/backup/backup.ts';
import type { Vault } from '../snapshot/vault.ts';
import type { CommandContext } from './command.ts';
import { openVerified, type VerifiedSnapshot } from '../operations/verify/open-verified.ts';

/** Backs a pool up and checks the snapshot whole, as a step of another command. Throws `damaged`. */
export async function backUpVerified(
  context: CommandContext,
  { vault, gateways, poolId }: { readonly vault: Vault; readonly gateways: Gateways; readonly poolId: PoolId },
): Promise<VerifiedSnapshot> {
  const { runtime, observer, signal } = context;
  const gateway = gateways.forPool(poolId);
  const result = await backupPool(
    { gateway, vault, runtime, observer, callCounts: () => gateways.counts() },
    { poolId, listing: 'auto', signal },
  );
  if (!result.done) throw new BackupError('internal', 'The backup stopped without a deadline');
  return openVerified(vault, { poolId, id: result.snapshot.id }, { observer, signal });
}
