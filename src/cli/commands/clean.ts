import { cleanPool } from '../../operations/clean.ts';
import type { SnapshotRef } from '../../snapshot/keys.ts';
import type { ApplyArguments } from '../apply-arguments.ts';
import { runApply, type ApplySession } from '../apply-session.ts';
import { backUpVerified } from '../back-up-verified.ts';
import type { CommandContext, CommandResult } from '../command.ts';

export interface CleanArguments extends ApplyArguments {
  /** False for `--no-backup`. */
  readonly backup: boolean;
}

/** Empties a pool; a verified snapshot of it goes into the vault first. */
export async function clean(context: CommandContext, options: CleanArguments): Promise<CommandResult> {
  return runApply(context, options, {
    command: 'clean',
    createVault: true,
    work: async (session) => {
      let snapshot: SnapshotRef | undefined;
      const backUpFirst = async (): Promise<void> => {
        if (!session.hasNothingToDo()) snapshot = await backUp(context, session, options);
      };
      const result = await cleanPool(session.deps, {
        ...session.applyOptions,
        ...(options.backup && { backUpFirst }),
      });
      return { result, snapshot };
    },
  });
}

async function backUp(context: CommandContext, session: ApplySession, options: CleanArguments): Promise<SnapshotRef> {
  const { reader } = await backUpVerified(context, { ...session, poolId: options.pool });
  const { poolId, id } = reader.ref;
  if (!context.output.quiet) context.terminal.log(`Backed up and verified first: ${poolId}@${id}`);
  return reader.ref;
}
