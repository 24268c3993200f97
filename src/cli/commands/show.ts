import { BackupError } from '../../model/errors.ts';
import type { ResourceKind } from '../../model/pool-configuration.ts';
import { showConfiguration, showSnapshot, showUser } from '../../operations/snapshots/show.ts';
import { resolveSnapshot } from '../../snapshot/resolve-snapshot.ts';
import type { CommandContext, CommandResult, OutputOptions } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { poolOfName } from '../snapshot-source.ts';
import { openVaultOf, type AwsOptions, type VaultOptions } from '../surroundings.ts';
import { resourceLines } from '../views/configuration-view.ts';
import { manifestLines, userViewLines } from '../views/show-view.ts';

export interface ShowArguments extends OutputOptions, AwsOptions, VaultOptions {
  readonly user?: string;
  readonly config?: true | ResourceKind;
}

/** Shows what a snapshot's manifest says, or with `--user` everything it holds of one user. */
export async function show(
  context: CommandContext,
  name: string | undefined,
  options: ShowArguments,
): Promise<CommandResult> {
  const { signal, terminal } = context;
  if (options.config !== undefined && options.user !== undefined) {
    throw new BackupError('usage', 'Both --config and --user are given', { hint: 'Leave one of them out' });
  }
  const wanted = name ?? 'latest';
  const vault = await openVaultOf(context, options, { poolId: poolOfName(wanted) });
  const ref = await resolveSnapshot(vault, wanted, { signal });
  const snapshot = { id: ref.id, poolId: ref.poolId };
  if (options.config !== undefined) {
    const kind = options.config === true ? undefined : options.config;
    const configuration = await showConfiguration(vault, { ref, kind }, { signal });
    const lines = resourceLines(configuration, { isWhole: kind !== undefined }, terminal.out);
    return { exitCode: EXIT.done, document: { snapshot, configuration }, lines };
  }
  if (options.user !== undefined) {
    const users = await showUser(vault, { ref, key: options.user }, { signal });
    return { exitCode: EXIT.done, document: { snapshot, users }, lines: userViewLines(users, terminal.out) };
  }
  const view = await showSnapshot(vault, ref, { signal });
  return { exitCode: EXIT.done, document: { snapshot, ...view }, lines: manifestLines(view, terminal.out) };
}
