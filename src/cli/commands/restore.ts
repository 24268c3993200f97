import { restoreSnapshot } from '../../operations/restore.ts';
import { resolveSnapshot } from '../../snapshot/resolve-snapshot.ts';
import { openSnapshot } from '../../snapshot/snapshot-reader.ts';
import type { ApplyArguments } from '../apply-arguments.ts';
import { runApply } from '../apply-session.ts';
import type { CommandContext, CommandResult } from '../command.ts';

export interface RestoreArguments extends ApplyArguments {
  readonly existing: 'skip' | 'update';
}

/** Brings back what a pool lacks of a snapshot. Every part is checked before its first record is used. */
export async function restore(
  context: CommandContext,
  name: string,
  options: RestoreArguments,
): Promise<CommandResult> {
  const { signal } = context;
  return runApply(context, options, {
    command: 'restore',
    createVault: false,
    work: async ({ vault, deps, applyOptions }) => {
      const ref = await resolveSnapshot(vault, name, { signal });
      const reader = await openSnapshot(vault, ref, { signal });
      const result = await restoreSnapshot(deps, { ...applyOptions, reader, existing: options.existing });
      return { result, snapshot: ref };
    },
  });
}
