import { restoreSnapshot } from '../../operations/restore.ts';
import { resolveSnapshot } from '../../snapshot/resolve-snapshot.ts';
import { runApply } from '../apply-session.ts';
import type { CommandContext, CommandResult } from '../command.ts';
import { isNewPool, type RestoreArguments } from '../new-pool-arguments.ts';
import { readableFile } from '../readable-file.ts';
import { openVerified } from '../../operations/verify/open-verified.ts';
import { storageSurroundings } from '../surroundings.ts';
import { restoreNewPool } from './restore-new-pool.ts';

/** Brings back what a pool lacks of a snapshot. The snapshot is verified whole before anything of it is used. */
export async function restore(
  context: CommandContext,
  name: string,
  options: RestoreArguments,
): Promise<CommandResult> {
  const { observer, signal } = context;
  if (isNewPool(options)) return restoreNewPool(context, name, options);
  const { hashes, existing } = options;
  const hashFile =
    hashes === undefined
      ? undefined
      : await readableFile(hashes, storageSurroundings(context, options, options.pool), signal);
  return runApply(context, options, {
    command: 'restore',
    createVault: false,
    work: async ({ vault, deps, applyOptions }) => {
      const ref = await resolveSnapshot(vault, name, { signal });
      const { reader } = await openVerified(vault, ref, { observer, signal });
      const result = await restoreSnapshot(deps, {
        ...applyOptions,
        reader,
        existing,
        ...(hashFile && { hashFile }),
      });
      return { result, snapshot: ref };
    },
  });
}
