import { composeGateways, namedVault, type Gateways } from '../../compose.ts';
import type { PoolId } from '../../model/ids.ts';
import { examinePool, type DoctorDependencies, type DoctorResult } from '../../operations/doctor/doctor.ts';
import type { CommandContext, CommandResult, OutputOptions } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { storageSurroundings, surroundingsOf, vaultFlag, type AwsOptions, type VaultOptions } from '../surroundings.ts';
import { doctorLines } from '../views/doctor-view.ts';

export interface DoctorArguments extends OutputOptions, AwsOptions, VaultOptions {
  readonly pool: PoolId;
  readonly target?: PoolId;
  readonly targetProfile?: string;
  /** Milliseconds. */
  readonly maxAge: number;
  readonly strict?: true;
  readonly policy?: readonly string[];
}

/** Looks a pool, its vault and a target over, and says what it means. */
export async function doctor(context: CommandContext, options: DoctorArguments): Promise<CommandResult> {
  const { signal, terminal } = context;
  const gateways = composeGateways(surroundingsOf(context, options));
  const result = await examinePool(dependenciesOf(context, options, gateways), {
    poolId: options.pool,
    maxAgeMs: options.maxAge,
    signal,
    ...(options.target !== undefined && { target: options.target }),
  });
  const { calls, throttles } = gateways.counts();
  const view = { vaultFlag: vaultFlag(options), policies: options.policy ?? [], width: terminal.outWidth };
  return {
    exitCode: isBad(result, options) ? EXIT.partial : EXIT.done,
    document: { ...result, calls, throttles },
    lines: doctorLines(result, view, terminal.out),
  };
}

function isBad({ level }: DoctorResult, { strict }: DoctorArguments): boolean {
  return level === 'problem' || (strict === true && level === 'warning');
}

function dependenciesOf(context: CommandContext, options: DoctorArguments, gateways: Gateways): DoctorDependencies {
  const { runtime, observer } = context;
  const { pool, target, targetProfile, vault } = options;
  const gateway = gateways.forPool(pool);
  const profile = targetProfile ?? options.profile;
  const ofTarget =
    targetProfile === undefined
      ? gateways
      : composeGateways({ ...surroundingsOf(context, options), ...(profile !== undefined && { profile }) });
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
