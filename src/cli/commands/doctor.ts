import { composeGateways, namedVault, type Gateways } from '../../compose.ts';
import { BackupError } from '../../model/errors.ts';
import { regionOfPool, type PoolId } from '../../model/ids.ts';
import { examinePool, type DoctorDependencies, type DoctorResult } from '../../operations/doctor/doctor.ts';
import { probeService, type ProbeResult } from '../../operations/doctor/probe/probe.ts';
import { throwIfInterrupted } from '../../runtime/interruption.ts';
import { ask } from '../ask.ts';
import type { CommandContext, CommandResult, OutputOptions } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { storageSurroundings, surroundingsOf, type AwsOptions, type VaultOptions } from '../surroundings.ts';
import { doctorLines } from '../views/doctor-view.ts';

export interface DoctorArguments extends OutputOptions, AwsOptions, VaultOptions {
  readonly pool: PoolId;
  readonly target?: PoolId;
  readonly targetProfile?: string;
  /** Milliseconds. */
  readonly maxAge: number;
  readonly strict?: true;
  readonly policy?: readonly string[];
  readonly probe?: true;
  readonly yes?: true;
  readonly importRole?: string;
}

/** Looks a pool, its vault and a target over, and says what it means. */
export async function doctor(context: CommandContext, options: DoctorArguments): Promise<CommandResult> {
  const { signal, terminal } = context;
  checkArguments(options);
  const region = options.region ?? regionOfPool(options.pool);
  if (options.probe) await confirmProbe(context, options, region);
  const gateways = composeGateways(surroundingsOf(context, options));
  const target = targetGateways(context, options, gateways);
  const result = await examinePool(dependenciesOf(context, options, { gateways, target }), {
    poolId: options.pool,
    maxAgeMs: options.maxAge,
    signal,
    ...(options.target !== undefined && { target: options.target }),
  });
  const probe = options.probe ? await runProbe(context, options, gateways, region) : undefined;
  const { calls, throttles } = gateways.counts();
  const view = { suggest: context.suggest, policies: options.policy ?? [], width: terminal.outWidth };
  return {
    exitCode: isBad(result, probe, options) ? EXIT.partial : EXIT.done,
    document: { ...result, probe: probe ?? null, calls, throttles },
    lines: doctorLines(result, probe, view, terminal.out),
  };
}

/** Throws `usage`. */
function checkArguments({ probe, yes, importRole, target, targetProfile }: DoctorArguments): void {
  if (!probe && (yes ?? importRole) !== undefined) {
    throw new BackupError('usage', `${yes ? '--yes' : '--import-role'} is given, but nothing is probed`, {
      hint: 'Add --probe, or leave it out: without it nothing is written that could be confirmed',
    });
  }
  if (target === undefined && targetProfile !== undefined) {
    throw new BackupError('usage', '--target-profile is given, but no target is', { hint: 'Add --target ID' });
  }
}

/** Before anything else is done. Throws `refused`, `interrupted`. */
async function confirmProbe(
  context: CommandContext,
  { yes, pool, importRole }: DoctorArguments,
  region: string,
): Promise<void> {
  if (yes) return;
  const { terminal, signal } = context;
  const refused = (message: string) =>
    new BackupError('refused', message, { hint: 'Confirm it with --yes, or leave --probe out; nothing was written' });
  if (!terminal.interactive) throw refused('Not confirmed: --probe makes a pool, and nobody can be asked here');
  terminal.log(`--probe makes a pool of its own in ${region}, with ${usersOfProbe(importRole)}, and deletes it again.`);
  const isConfirmed = await ask(context, 'ask-yes', { id: pool, name: `a scratch pool in ${region}` });
  throwIfInterrupted(signal);
  if (!isConfirmed) throw refused('Not confirmed: no pool was made');
}

function usersOfProbe(importRole: string | undefined): string {
  const count = importRole === undefined ? 'a hundred' : 'three hundred';
  return `${count} users whose addresses nobody has (AWS may bill them as monthly active)`;
}

function runProbe(
  { runtime, observer, signal }: CommandContext,
  { pool, importRole }: DoctorArguments,
  gateways: Gateways,
  region: string,
): Promise<ProbeResult> {
  const options = { region, signal, ...(importRole !== undefined && { importRole }) };
  return probeService({ gateway: gateways.forPool(pool), runtime, observer }, options);
}

function isBad({ level }: DoctorResult, probe: ProbeResult | undefined, { strict }: DoctorArguments): boolean {
  if (probe && probe.remains !== null) return true;
  return level === 'problem' || (strict === true && level === 'warning');
}

/** The target may be in another account. */
function targetGateways(
  context: CommandContext,
  { targetProfile, ...options }: DoctorArguments,
  gateways: Gateways,
): Gateways {
  if (targetProfile === undefined) return gateways;
  return composeGateways({ ...surroundingsOf(context, options), profile: targetProfile });
}

function dependenciesOf(
  context: CommandContext,
  options: DoctorArguments,
  { gateways, target: ofTarget }: { readonly gateways: Gateways; readonly target: Gateways },
): DoctorDependencies {
  const { runtime, observer } = context;
  const { pool, target, vault } = options;
  const gateway = gateways.forPool(pool);
  const isNamed = vault !== undefined && vault !== '';
  return {
    gateway,
    quota: (category, signal) => gateway.governor.quota(category, signal),
    runtime,
    observer,
    ...(target !== undefined && { targetGateway: ofTarget.forPool(target) }),
    ...(isNamed && { vault: namedVault(vault, storageSurroundings(context, options, pool)) }),
  };
}
