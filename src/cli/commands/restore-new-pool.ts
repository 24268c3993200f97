import { composeGateways, reconcileDependencies } from '../../compose.ts';
import { regionOfPool } from '../../model/ids.ts';
import type { NewPoolPreview, NewPoolResult } from '../../operations/new-pool/new-pool-result.ts';
import type { Finding } from '../../operations/reconcile/make-plan.ts';
import { restoreToNewPool } from '../../operations/new-pool/new-pool.ts';
import type { SnapshotReader } from '../../snapshot/snapshot-reader.ts';
import { resolveSnapshot } from '../../snapshot/resolve-snapshot.ts';
import type { Vault } from '../../snapshot/vault.ts';
import { checkArguments, choicesOf } from '../apply-arguments.ts';
import { isWhole, MAX_FINDINGS } from '../apply-session.ts';
import { ask } from '../ask.ts';
import type { CommandContext, CommandResult } from '../command.ts';
import { confirmationStep } from '../confirmation.ts';
import { logForDebugging } from '../debugging.ts';
import { checkEnvFile, envLines, writeEnvFile } from '../env-file.ts';
import { EXIT } from '../exit-codes.ts';
import { newPoolDocument } from '../new-pool-document.ts';
import { newPoolOptions, type NewPoolArguments } from '../new-pool-arguments.ts';
import { createPasswordFile, type PasswordFile } from '../password-file.ts';
import { readProviderSecrets } from '../provider-secrets.ts';
import { readableFile } from '../readable-file.ts';
import { openVerified } from '../../operations/verify/open-verified.ts';
import { poolOfName } from '../snapshot-source.ts';
import { openVaultOf, storageSurroundings, surroundingsOf } from '../surroundings.ts';
import { newPoolPlanLines, newPoolResultLines } from '../views/new-pool-view.ts';
import { throwIfInterrupted } from '../../runtime/interruption.ts';

/** Makes a new pool from a snapshot, which is verified whole before anything of it is used. */
export async function restoreNewPool(
  context: CommandContext,
  name: string,
  options: NewPoolArguments,
): Promise<CommandResult> {
  checkArguments({ ...options, pool: options.newPool as never });
  const keepsPasswords = options.passwordFile !== undefined && !options.dryRun;
  const passwords = keepsPasswords ? await createPasswordFile(options.passwordFile) : undefined;
  try {
    const { vault, reader } = await openSnapshotOf(context, name, options);
    return await carryOut(context, options, { vault, reader, passwords });
  } finally {
    await passwords?.close();
  }
}

/** `--region` is where the pool is made; the vault's Region is another matter. */
async function openSnapshotOf(
  context: CommandContext,
  name: string,
  { region: _ofThePool, ...options }: NewPoolArguments,
) {
  const vault = await openVaultOf(context, options, { poolId: poolOfName(name) });
  const { observer, signal } = context;
  const ref = await resolveSnapshot(vault, name, { signal });
  const { reader } = await openVerified(vault, ref, { observer, signal });
  return { vault, reader };
}

interface Opened {
  readonly vault: Vault;
  readonly reader: SnapshotReader;
  readonly passwords: PasswordFile | undefined;
}

async function carryOut(
  context: CommandContext,
  options: NewPoolArguments,
  { vault, reader, passwords }: Opened,
): Promise<CommandResult> {
  const { signal } = context;
  const snapshot = `${reader.ref.poolId}@${reader.ref.id}`;
  const { writeEnv: envFile, hashes, providerSecrets } = options;
  if (envFile !== undefined && !options.dryRun) await checkEnvFile(envFile, snapshot);
  const region = options.region ?? regionOfPool(reader.ref.poolId);
  const profile = options.targetProfile ?? options.profile;
  const surroundings = { ...surroundingsOf(context, options), ...(profile !== undefined && { profile }) };
  const gateways = composeGateways(surroundings);
  const { dryRun: _asked, ...users } = choicesOf({ ...options, pool: options.newPool as never });
  const hashFile =
    hashes === undefined ? undefined : await readableFile(hashes, storageSurroundings(context, options), signal);
  const findings: Finding[] = [];
  const result = await restoreToNewPool(reconcileDependencies(gateways.forRegion(region), vault, surroundings), {
    ...newPoolOptions(options),
    reader,
    region,
    signal,
    dryRun: options.dryRun === true,
    ...(providerSecrets !== undefined && { providerSecrets: await readProviderSecrets(providerSecrets, signal) }),
    users: {
      ...users,
      onFinding: (finding) => {
        if (findings.length < MAX_FINDINGS) findings.push(finding);
      },
      ...(hashFile && { hashFile }),
      ...(passwords && { keepPassword: (password) => passwords.keep(password) }),
    },
    confirm: (preview) => confirm(context, options, { preview, findings }),
  });
  if (envFile !== undefined && result.made) {
    const { handOver, clientSecrets } = result.made;
    await writeEnvFile(envFile, envLines(handOver, { snapshot, secrets: clientSecrets }));
  }
  logForDebugging(result.made?.failures.flatMap(({ error }) => error ?? []) ?? [], context.terminal);
  const { out, outWidth: width } = context.terminal;
  const details = options.details === true;
  return {
    exitCode: isComplete(result) ? EXIT.done : EXIT.partial,
    schema: 'restore-new-pool',
    document: newPoolDocument(result, { counts: gateways.counts(), findings: details ? findings : undefined }),
    lines: result.made
      ? newPoolResultLines(result, result.made, { envFile, width }, out)
      : newPoolPlanLines(result, { dryRun: true, width, details, findings }, out),
  };
}

/** Predicted losses are part of it; whatever else differs is not. */
function isComplete({ made }: NewPoolResult): boolean {
  if (!made) return true;
  return made.failures.length + made.differences.length === 0 && (!made.users || isWhole(made.users));
}

interface Shown {
  readonly preview: NewPoolPreview;
  readonly findings: readonly Finding[];
}

async function confirm(
  context: CommandContext,
  options: NewPoolArguments,
  { preview, findings }: Shown,
): Promise<boolean> {
  const { terminal, output, signal } = context;
  const { name } = preview.plan;
  const given = { yes: options.yes === true, confirm: undefined, target: name, interactive: terminal.interactive };
  const isAsked = terminal.interactive && confirmationStep('yes', given) !== 'proceed';
  if (!output.quiet || isAsked) {
    for (const line of [
      '',
      ...newPoolPlanLines(
        preview,
        { width: terminal.errWidth, details: options.details === true, findings },
        terminal.err,
      ),
      '',
    ]) {
      terminal.log(line);
    }
  }
  const step = confirmationStep('yes', given);
  if (step === 'proceed') return true;
  const isConfirmed = await ask(context, step, { id: preview.resumes ?? '', name });
  throwIfInterrupted(signal);
  return isConfirmed;
}
