import type { PoolId } from '../../model/ids.ts';
import { pruneVault } from '../../operations/prune/prune.ts';
import type { CommandContext, CommandResult, OutputOptions } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { refuseUnknownPool } from '../snapshot-source.ts';
import { openVaultOf, type AwsOptions, type VaultOptions } from '../surroundings.ts';
import { pruneLines } from '../views/prune-view.ts';

export interface PruneArguments extends OutputOptions, AwsOptions, VaultOptions {
  readonly pool?: PoolId;
  readonly keepLast?: number;
  readonly keepDaily?: number;
  readonly keepWeekly?: number;
  readonly keepMonthly?: number;
  /** Milliseconds, as `grace`. */
  readonly keepWithin?: number;
  readonly grace: number;
  readonly apply?: true;
}

/** Marks, and when their grace period is over removes, the snapshots that no rule keeps; without `--apply` it only says so. */
export async function prune(context: CommandContext, options: PruneArguments): Promise<CommandResult> {
  const { signal, runtime, terminal } = context;
  const vault = await openVaultOf(context, options, { poolId: options.pool });
  const result = await pruneVault(
    { vault, runtime },
    {
      policy: {
        last: options.keepLast ?? 0,
        daily: options.keepDaily ?? 0,
        weekly: options.keepWeekly ?? 0,
        monthly: options.keepMonthly ?? 0,
        withinMs: options.keepWithin ?? 0,
      },
      graceMs: options.grace,
      apply: options.apply === true,
      signal,
      ...(options.pool !== undefined && { poolId: options.pool }),
    },
  );
  refuseUnknownPool(options.pool, result.pools.flatMap(({ snapshots }) => snapshots).length);
  return {
    exitCode: EXIT.done,
    document: { vault: vault.storage.location, ...result },
    lines: pruneLines(result, { location: vault.storage.location, width: terminal.outWidth, out: terminal.out }),
  };
}
