import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeGateways, composeVault, reconcileDependencies, type Gateways } from '../compose.ts';
import { BackupError, isBackupError } from '../model/errors.ts';
import type { ApplyOptions } from '../operations/apply-options.ts';
import type { ReconcileDependencies } from '../operations/reconcile/dependencies.ts';
import type { Finding } from '../operations/reconcile/make-plan.ts';
import type { ReconcileResult, ReconcileSlice } from '../operations/reconcile/requests.ts';
import type { ApplyCommand, Confirmation } from '../plan/guards.ts';
import type { SnapshotRef } from '../snapshot/keys.ts';
import type { Vault } from '../snapshot/vault.ts';
import { checkArguments, choicesOf, type ApplyArguments } from './apply-arguments.ts';
import { applyDocument, type ApplyDocumentParts } from './apply-document.ts';
import type { CommandContext, CommandResult } from './command.ts';
import { confirmPlan } from './confirm-plan.ts';
import { EXIT } from './exit-codes.ts';
import { createPasswordFile, type PasswordFile } from './password-file.ts';
import { openVaultOf, surroundingsOf } from './surroundings.ts';
import { planLines } from './views/plan-view.ts';
import { resultLines } from './views/result-view.ts';

/** What one apply works with. */
export interface ApplySession {
  readonly vault: Vault;
  /** Of the target's account. */
  readonly gateways: Gateways;
  readonly deps: ReconcileDependencies;
  readonly applyOptions: ApplyOptions;
  /** Whether the plan turned out to hold nothing to do. */
  readonly hasNothingToDo: () => boolean;
}

export interface ApplyTask {
  readonly command: ApplyCommand;
  /** Whether the vault is made where there is none; a dry run makes none. */
  readonly createVault: boolean;
  readonly work: (session: ApplySession) => Promise<ApplyOutcome>;
}

export interface ApplyOutcome {
  readonly result: ReconcileResult | ReconcileSlice;
  /** Where the wanted state came from, or for clean where the old one went. */
  readonly snapshot?: SnapshotRef | undefined;
}

/** Opens what an apply needs, lets the command do its work, and tells the result. */
export async function runApply(
  context: CommandContext,
  options: ApplyArguments,
  task: ApplyTask,
): Promise<CommandResult> {
  checkArguments(options);
  const scratch = new ScratchFolder();
  const keepsPasswords = options.passwordFile !== undefined && !options.dryRun;
  const passwords = keepsPasswords ? await createPasswordFile(options.passwordFile) : undefined;
  try {
    const gateways = composeGateways(targetSurroundings(context, options));
    // A pool that is not there is found out before a vault is made for it.
    if (task.createVault) await gateways.forPool(options.pool).send('DescribeUserPool', { poolId: options.pool });
    const vault = await openVault(context, options, task, scratch);
    const plan = new WaitingPlan();
    const { result, snapshot } = await task.work({
      vault,
      gateways,
      deps: reconcileDependencies(gateways.forPool(options.pool), vault, surroundingsOf(context, options)),
      applyOptions: applyOptionsOf(context, options, { task, plan, passwords }),
      hasNothingToDo: () => plan.hasNothingToDo,
    });
    if (!result.done) throw new BackupError('internal', 'The apply stopped without a deadline');
    return commandResult(context, options, task.command, {
      result,
      snapshot,
      counts: gateways.counts(),
      findings: plan.findings,
    });
  } finally {
    await passwords?.close();
    await scratch.remove();
  }
}

interface OptionParts {
  readonly task: ApplyTask;
  readonly plan: WaitingPlan;
  readonly passwords: PasswordFile | undefined;
}

function applyOptionsOf(
  context: CommandContext,
  options: ApplyArguments,
  { task, plan, passwords }: OptionParts,
): ApplyOptions {
  return {
    ...choicesOf(options),
    target: options.pool,
    signal: context.signal,
    onFinding: (finding) => plan.add(finding),
    confirm: (report, confirmation) => {
      plan.close(confirmation);
      const { findings } = plan;
      return confirmPlan(context, options, { command: task.command, plan: report, confirmation, findings });
    },
    ...(passwords && { keepPassword: (password) => passwords.keep(password) }),
  };
}

/** What becomes known of a plan while it is made. */
class WaitingPlan {
  readonly findings: Finding[] = [];
  hasNothingToDo = false;
  #isClosed = false;

  add(finding: Finding): void {
    if (!this.#isClosed && this.findings.length < MAX_FINDINGS) this.findings.push(finding);
  }

  /** The plan is shown: where it is made again, it names the same users again. */
  close(confirmation: Confirmation): void {
    this.#isClosed = true;
    this.hasNothingToDo = confirmation === 'none';
  }
}

/** More than anybody reads; all of them are in the findings file. */
export const MAX_FINDINGS = 10_000;

function targetSurroundings(context: CommandContext, options: ApplyArguments) {
  const profile = options.targetProfile ?? options.profile;
  return { ...surroundingsOf(context, options), ...(profile !== undefined && { profile }) };
}

/** A dry run writes nothing, not even an empty vault: where there is none, a folder that goes away stands in. */
async function openVault(
  context: CommandContext,
  options: ApplyArguments,
  { createVault }: ApplyTask,
  scratch: ScratchFolder,
): Promise<Vault> {
  const create = createVault && !options.dryRun;
  try {
    return await openVaultOf(context, options, { create, poolId: options.pool });
  } catch (error) {
    if (!createVault || create || !isBackupError(error, 'vault-not-found')) throw error;
    return composeVault(await scratch.make(), { create: true });
  }
}

class ScratchFolder {
  #path: string | undefined;

  async make(): Promise<string> {
    this.#path = await mkdtemp(join(tmpdir(), 'cognito-backup-dry-run-'));
    return this.#path;
  }

  async remove(): Promise<void> {
    if (this.#path !== undefined) await rm(this.#path, { recursive: true, force: true });
  }
}

function commandResult(
  context: CommandContext,
  options: ApplyArguments,
  command: ApplyCommand,
  parts: ApplyDocumentParts & { readonly findings: readonly Finding[] },
): CommandResult {
  const { result, findings, snapshot } = parts;
  const { out, outWidth: width } = context.terminal;
  const details = options.details === true;
  return {
    exitCode: isWhole(result) ? EXIT.done : EXIT.partial,
    document: applyDocument({ ...parts, findings: details ? findings : undefined }),
    lines: result.dryRun
      ? planLines(result.plan, { command, findings, details, width, dryRun: true }, out)
      : resultLines(result, { command, snapshot, suggest: context.suggest, passwordFile: options.passwordFile }, out),
  };
}

/** A dry run is whole whatever it predicts. */
export function isWhole(result: Pick<ReconcileResult, 'dryRun' | 'failed' | 'conflicts' | 'remaining'>): boolean {
  const { dryRun, failed, conflicts, remaining } = result;
  return dryRun || failed + conflicts + remaining.missing + remaining.extra + remaining.changed === 0;
}
