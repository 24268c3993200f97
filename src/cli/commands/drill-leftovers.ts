import { BackupError } from '../../model/errors.ts';
import { leaseWitness } from '../../operations/drill/lease-witness.ts';
import { findLeftovers, removeLeftovers, type Leftovers } from '../../operations/scratch-pool/remove-leftovers.ts';
import { forgetTarget } from '../../runs/sweep-runs.ts';
import { throwIfInterrupted } from '../../runtime/interruption.ts';
import { ask } from '../ask.ts';
import type { CommandContext, CommandResult } from '../command.ts';
import { confirmationStep } from '../confirmation.ts';
import { drillParts, type DrillArguments } from '../drill-arguments.ts';
import { EXIT } from '../exit-codes.ts';
import { counted } from '../figures.ts';
import { namedRegion, openVaultOf } from '../surroundings.ts';
import { leftoverLines } from '../views/drill-view.ts';

/** Deletes the scratch pools that killed drills have left, and no other. */
export async function removeLeftDrills(context: CommandContext, options: DrillArguments): Promise<CommandResult> {
  const region = namedRegion(options);
  if (region === undefined) {
    throw new BackupError('usage', 'Scratch pools of which Region?', { hint: 'Give --region or set AWS_REGION' });
  }
  const { terminal, signal } = context;
  const vault = await openVaultOf(context, options);
  const { gateways, deps } = drillParts(context, options, { vault, region });
  const search = { witness: leaseWitness(deps, { signal }), signal };
  const found = await findLeftovers(deps.gateway, search);
  const isDone = options.dryRun === true || found.removable.length === 0;
  if (!isDone && !(await confirm(context, options, found))) {
    throw new BackupError('refused', 'Not confirmed, nothing was changed');
  }
  const { removed, left } = isDone
    ? { removed: [], left: found.left }
    : await removeLeftovers(deps.gateway, {
        ...search,
        beforeDelete: (poolId) => forgetTarget(deps.storage, poolId),
      });
  const { calls, throttles } = gateways.counts();
  return {
    exitCode: EXIT.done,
    document: { dryRun: options.dryRun === true, found: found.removable, removed, left, calls, throttles },
    lines: leftoverLines({ found: found.removable, removed, left }, terminal.out),
  };
}

async function confirm(context: CommandContext, options: DrillArguments, { removable }: Leftovers): Promise<boolean> {
  const { terminal, signal } = context;
  const name = counted(removable.length, 'scratch pool');
  for (const pool of removable) terminal.log(`To be deleted: ${pool.poolId} ${pool.name}`);
  const { interactive } = terminal;
  const step = confirmationStep('yes', { yes: options.yes === true, confirm: undefined, target: name, interactive });
  if (step === 'proceed') return true;
  const isConfirmed = await ask(context, step, { id: '', name });
  throwIfInterrupted(signal);
  return isConfirmed;
}
