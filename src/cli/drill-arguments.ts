import { composeGateways, reconcileDependencies, type Gateways, type Surroundings } from '../compose.ts';
import type { DrillDependencies } from '../operations/drill/dependencies.ts';
import type { Vault } from '../snapshot/vault.ts';
import type { CommandContext, OutputOptions } from './command.ts';
import { surroundingsOf, type AwsOptions, type VaultOptions } from './surroundings.ts';

export interface DrillArguments extends OutputOptions, AwsOptions, VaultOptions {
  readonly out: string;
  readonly sample?: number;
  readonly keep?: true;
  readonly mapArn?: readonly (readonly [old: string, now: string])[];
  readonly targetProfile?: string;
  readonly dryRun?: true;
  readonly yes?: true;
  readonly removeLeftovers?: true;
}

/** Gateways of the account in which the scratch pool is, and what a drill is given. */
export function drillParts(
  context: CommandContext,
  options: DrillArguments,
  { vault, region }: { readonly vault: Vault; readonly region: string },
): { readonly gateways: Gateways; readonly deps: DrillDependencies } {
  const profile = options.targetProfile ?? options.profile;
  const surroundings: Surroundings = {
    ...surroundingsOf(context, options),
    ...(profile !== undefined && { profile }),
  };
  const gateways = composeGateways(surroundings);
  return { gateways, deps: { ...reconcileDependencies(gateways.forRegion(region), vault, surroundings), vault } };
}
