import type { Gateways } from '../../compose.ts';
import { BackupError } from '../../model/errors.ts';
import { regionOfPool } from '../../model/ids.ts';
import { drill as carryOutDrill } from '../../operations/drill/drill.ts';
import type { DrillPreview, DrillResult } from '../../operations/drill/drill-result.ts';
import { evidenceFiles } from '../../operations/drill/evidence-files.ts';
import { drillEvidence } from '../../operations/drill/evidence.ts';
import { throwIfInterrupted } from '../../runtime/interruption.ts';
import { resolveSnapshot } from '../../snapshot/resolve-snapshot.ts';
import type { Vault } from '../../snapshot/vault.ts';
import { ask } from '../ask.ts';
import type { CommandContext, CommandResult } from '../command.ts';
import { confirmationStep } from '../confirmation.ts';
import { logForDebugging } from '../debugging.ts';
import { drillParts, type DrillArguments } from '../drill-arguments.ts';
import { drillDocument } from '../drill-document.ts';
import { checkEvidenceFolder, writeEvidence } from '../evidence-folder.ts';
import { EXIT } from '../exit-codes.ts';
import { poolOfName } from '../snapshot-source.ts';
import { openVaultOf } from '../surroundings.ts';
import { drillPlanLines, drillResultLines } from '../views/drill-view.ts';
import { removeLeftDrills } from './drill-leftovers.ts';

/** Restores a snapshot into a scratch pool, compares, signs a user in, deletes the pool, and writes down what it found. */
export async function drill(
  context: CommandContext,
  name: string | undefined,
  options: DrillArguments,
): Promise<CommandResult> {
  if ((name === undefined) === (options.removeLeftovers === undefined)) {
    throw new BackupError('usage', 'Name a snapshot, or --remove-leftovers alone', {
      hint: 'For example: cognito-backup drill latest --vault ./vault --dry-run',
    });
  }
  if (name === undefined) return removeLeftDrills(context, options);
  if (!options.dryRun) await checkEvidenceFolder(options.out);
  // `--region` is where the pool is made; the vault's Region is another matter.
  const { region: _ofThePool, ...ofTheVault } = options;
  const vault = await openVaultOf(context, ofTheVault, { poolId: poolOfName(name) });
  const ref = await resolveSnapshot(vault, name, { signal: context.signal });
  const region = options.region ?? regionOfPool(ref.poolId);
  const { gateways, deps } = drillParts(context, options, { vault, region });
  const { sample, mapArn } = options;
  const result = await carryOutDrill(deps, {
    ref,
    region,
    signal: context.signal,
    dryRun: options.dryRun === true,
    keep: options.keep === true,
    ...(sample !== undefined && { sample }),
    ...(mapArn && { arns: new Map(mapArn) }),
    confirm: (preview) => confirm(context, options, preview),
  });
  return finish(context, options, { result, gateways, vault });
}

async function confirm(context: CommandContext, options: DrillArguments, preview: DrillPreview): Promise<boolean> {
  const { terminal, output, signal } = context;
  const { name } = preview.newPool.plan;
  const given = { yes: options.yes === true, confirm: undefined, target: name, interactive: terminal.interactive };
  const isAsked = terminal.interactive && confirmationStep('yes', given) !== 'proceed';
  if (!output.quiet || isAsked) {
    for (const line of ['', ...drillPlanLines(preview, { width: terminal.errWidth }, terminal.err), '']) {
      terminal.log(line);
    }
  }
  const step = confirmationStep('yes', given);
  if (step === 'proceed') return true;
  const isConfirmed = await ask(context, step, { id: '', name });
  throwIfInterrupted(signal);
  return isConfirmed;
}

interface Finished {
  readonly result: DrillResult;
  readonly gateways: Gateways;
  readonly vault: Vault;
}

async function finish(
  { terminal }: CommandContext,
  options: DrillArguments,
  { result, gateways, vault }: Finished,
): Promise<CommandResult> {
  const view = { width: terminal.outWidth };
  if (!result.outcome) {
    return {
      exitCode: EXIT.done,
      document: drillDocument(result, gateways.counts()),
      lines: drillPlanLines(result.preview, { ...view, dryRun: true }, terminal.out),
    };
  }
  logForDebugging(
    result.outcome.made.failures.flatMap(({ error }) => error ?? []),
    terminal,
  );
  const evidence = drillEvidence(result);
  const files = await writeEvidence(options.out, evidenceFiles(evidence, vault.trust.signer));
  return {
    exitCode: exitCodeOf(result.outcome),
    document: drillDocument(result, gateways.counts(), { evidence, files }),
    lines: drillResultLines(evidence, { ...view, files }, terminal.out),
  };
}

function exitCodeOf({ problems, pool }: NonNullable<DrillResult['outcome']>): number {
  if (problems.length > 0) return EXIT.different;
  return pool.fate === 'left' ? EXIT.partial : EXIT.done;
}
