import { composeGateways } from '../../compose.ts';
import { BackupError } from '../../model/errors.ts';
import { mirrorSnapshot } from '../../operations/mirror.ts';
import { resolveSnapshot } from '../../snapshot/resolve-snapshot.ts';
import type { ApplyArguments } from '../apply-arguments.ts';
import { runApply, type ApplySession } from '../apply-session.ts';
import { backUpVerified } from '../back-up-verified.ts';
import type { CommandContext, CommandResult } from '../command.ts';
import { openVerified, type VerifiedSnapshot } from '../../operations/verify/open-verified.ts';
import { parseSource, type Source } from '../snapshot-source.ts';
import { surroundingsOf } from '../surroundings.ts';

export type MirrorArguments = ApplyArguments;

/** Brings a standby pool to the state of a snapshot, deletes included; a pool given as source is backed up first. */
export async function mirror(context: CommandContext, from: string, options: MirrorArguments): Promise<CommandResult> {
  const source = parseSource(from);
  refuseItself(source, options);
  return runApply(context, options, {
    command: 'mirror',
    createVault: source.kind === 'pool',
    work: async (session) => {
      const { reader, verified } = await openSource(context, source, session, options);
      const result = await mirrorSnapshot(session.deps, { ...session.applyOptions, reader, verified });
      return { result, snapshot: reader.ref };
    },
  });
}

/** The guard in the plan says the same, but only after a whole backup. */
function refuseItself(source: Source, { pool }: MirrorArguments): void {
  if (source.kind !== 'pool' || source.poolId !== pool) return;
  throw new BackupError('refused', `Refused to mirror pool ${pool} to itself`, {
    hint: 'Name the standby pool with --pool',
  });
}

async function openSource(
  context: CommandContext,
  source: Source,
  { vault, gateways }: ApplySession,
  options: MirrorArguments,
): Promise<VerifiedSnapshot> {
  if (source.kind === 'snapshot') {
    const { observer, signal } = context;
    return openVerified(vault, await resolveSnapshot(vault, source.name, { signal }), { observer, signal });
  }
  const isSameAccount = options.targetProfile === undefined;
  return backUpVerified(context, {
    vault,
    gateways: isSameAccount ? gateways : composeGateways(surroundingsOf(context, options)),
    poolId: source.poolId,
  });
}
