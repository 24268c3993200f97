import type { PoolId } from '../../model/ids.ts';
import { acceptSnapshot } from '../../operations/snapshots/accept-snapshot.ts';
import { listSnapshots } from '../../operations/snapshots/list-snapshots.ts';
import { resolveSnapshot } from '../../snapshot/resolve-snapshot.ts';
import type { CommandContext, CommandResult, OutputOptions } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { poolOfName, refuseUnknownPool } from '../snapshot-source.ts';
import { openVaultOf, type AwsOptions, type VaultOptions } from '../surroundings.ts';
import { snapshotTable } from '../views/snapshots-view.ts';

export interface SnapshotsArguments extends OutputOptions, AwsOptions, VaultOptions {
  readonly pool?: PoolId;
}

/** Lists what the vault holds, pool by pool, oldest first. */
export async function snapshots(context: CommandContext, options: SnapshotsArguments): Promise<CommandResult> {
  const { signal, terminal } = context;
  const vault = await openVaultOf(context, options, { poolId: options.pool });
  const found = await listSnapshots(vault, { signal, ...(options.pool !== undefined && { poolId: options.pool }) });
  refuseUnknownPool(options.pool, found.length);
  return {
    exitCode: EXIT.done,
    document: { vault: vault.storage.location, snapshots: found },
    lines: snapshotTable(found, vault.storage.location, terminal.out),
  };
}

/** Lets a suspect snapshot count as good. */
export async function acceptSuspect(
  context: CommandContext,
  name: string,
  options: SnapshotsArguments,
): Promise<CommandResult> {
  const { signal, runtime, terminal } = context;
  const vault = await openVaultOf(context, options, { poolId: poolOfName(name) });
  const ref = await resolveSnapshot(vault, name, { signal });
  const { status, changed } = await acceptSnapshot({ vault, runtime }, ref, { signal });
  const text = changed ? 'is accepted: mirror takes it, and latest may name it' : `is ${status} already`;
  return {
    exitCode: EXIT.done,
    document: { snapshot: { id: ref.id, poolId: ref.poolId }, status, changed },
    lines: [`${terminal.out.green('✔')} Snapshot ${ref.poolId}@${ref.id} ${text}`],
  };
}
