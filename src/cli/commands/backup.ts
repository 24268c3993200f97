import { listAll } from '../../cognito/listing.ts';
import { composeGateways, type Gateways } from '../../compose.ts';
import { callsSince } from '../../model/call-counts.ts';
import { BackupError, isBackupError } from '../../model/errors.ts';
import type { PoolId } from '../../model/ids.ts';
import { backupPool, type BackupOptions } from '../../operations/backup/backup.ts';
import { refusePlainSecrets } from '../../operations/backup/refuse-plain-secrets.ts';
import { refuseSecondPass } from '../../operations/backup/refuse-second-pass.ts';
import { throwIfInterrupted } from '../../runtime/interruption.ts';
import type { Vault } from '../../snapshot/vault.ts';
import { ask } from '../ask.ts';
import type { CommandContext, CommandResult, OutputOptions } from '../command.ts';
import { EXIT, exitCodeOf } from '../exit-codes.ts';
import { namedRegion, openVaultOf, surroundingsOf, type AwsOptions, type VaultOptions } from '../surroundings.ts';
import {
  backupLines,
  backupsLines,
  type FailedBackup,
  type FinishedBackup,
  type PoolBackup,
} from '../views/backup-view.ts';

export interface BackupArguments extends OutputOptions, AwsOptions, VaultOptions {
  readonly pool?: readonly PoolId[];
  readonly allPools?: true;
  readonly listing: NonNullable<BackupOptions['listing']>;
  readonly secondPass?: true;
  readonly includeSecrets?: true;
  readonly deep?: true;
  readonly yes?: true;
}

/** Backs one pool up, or several one after another; one that fails does not keep the others from being backed up. */
export async function backup(context: CommandContext, options: BackupArguments): Promise<CommandResult> {
  refuseSecondPass(options);
  const isEncrypted =
    !options.unencrypted && (options.encryptTo ?? options.kmsKey ?? options.passphraseFile) !== undefined;
  refusePlainSecrets({ includeSecrets: options.includeSecrets ?? false, isEncrypted });
  const gateways = composeGateways(surroundingsOf(context, options));
  const pools = await poolsOf(context, options, gateways);
  const vault = await openOrMakeVault(context, options, { gateways, pools });
  const { listing, secondPass = false, includeSecrets = false, deep = false } = options;
  const how = { listing, secondPass, includeSecrets, deep, isConfirmed: options.yes === true };
  if (!options.allPools && pools.length === 1 && pools[0]) {
    const done = await backUpOne(context, { gateways, vault, ...how, poolId: pools[0] });
    const view = { location: vault.storage.location, suggest: context.suggest };
    const lines = backupLines(done, view, context.terminal.out);
    return { exitCode: exitCodeOfStatus(done.status), document: { ...done }, lines };
  }
  return backUpAll(context, { gateways, vault, ...how, pools });
}

async function poolsOf(
  { signal }: CommandContext,
  options: BackupArguments,
  gateways: Gateways,
): Promise<readonly PoolId[]> {
  const named = [...new Set(options.pool ?? [])];
  if (named.length > 0 === (options.allPools === true)) {
    throw new BackupError('usage', named.length > 0 ? 'Both --pool and --all-pools are given' : 'No pool is named', {
      hint: 'Name pools with --pool ID (more than once for several), or take all of a Region with --all-pools',
    });
  }
  if (named.length > 0) return named;
  const region = namedRegion(options);
  if (region === undefined) {
    throw new BackupError('usage', 'All pools of which Region?', { hint: 'Give --region or set AWS_REGION' });
  }
  const pools: PoolId[] = [];
  for await (const { id } of listAll(gateways.forRegion(region), 'ListUserPools', {}, signal)) pools.push(id);
  if (pools.length === 0) {
    throw new BackupError('pool-not-found', `There is no user pool in ${region}`, {
      hint: 'Check --region and --profile',
    });
  }
  return pools;
}

/** A vault is made for a pool that answers: a mistyped id leaves none behind. */
async function openOrMakeVault(
  context: CommandContext,
  options: BackupArguments,
  { gateways, pools }: { readonly gateways: Gateways; readonly pools: readonly PoolId[] },
): Promise<Vault> {
  const [poolId, ...others] = pools;
  try {
    return await openVaultOf(context, options, { poolId });
  } catch (error) {
    if (!isBackupError(error, 'vault-not-found')) throw error;
    if (poolId && others.length === 0) {
      await gateways.forPool(poolId).send('DescribeUserPool', { poolId }, context.signal);
    }
    return openVaultOf(context, options, { create: true, poolId });
  }
}

interface Task {
  readonly gateways: Gateways;
  readonly vault: Vault;
  readonly listing: NonNullable<BackupOptions['listing']>;
  readonly secondPass: boolean;
  readonly includeSecrets: boolean;
  readonly deep: boolean;
  /** Whether the price of a deep backup was accepted in advance. */
  readonly isConfirmed: boolean;
}

async function backUpOne(
  context: CommandContext,
  { gateways, vault, isConfirmed, ...options }: Task & { readonly poolId: PoolId },
): Promise<FinishedBackup> {
  const { runtime, observer, signal } = context;
  const { poolId } = options;
  const gateway = gateways.forPool(poolId);
  const before = gateways.counts();
  const result = await backupPool(
    {
      gateway,
      vault,
      runtime,
      observer,
      callCounts: () => gateways.counts(),
      rate: (category, calls) => gateway.governor.rate(category, calls),
    },
    { ...options, signal, approveDeep: (_price, pool) => approveDeep(context, isConfirmed, pool) },
  );
  if (!result.done) throw new BackupError('internal', 'The backup stopped without a deadline');
  const after = gateways.counts();
  return {
    snapshot: { ...result.snapshot },
    poolId,
    status: result.status,
    totals: result.totals,
    configuration: result.configuration,
    notCaptured: result.notCaptured,
    ...(result.secondPass && { secondPass: result.secondPass }),
    calls: callsSince(before.calls, after.calls),
    throttles: after.throttles - before.throttles,
    durationMs: Math.round(result.durationMs),
    warnings: result.warnings,
  };
}

async function backUpAll(
  context: CommandContext,
  { pools, ...task }: Task & { readonly pools: readonly PoolId[] },
): Promise<CommandResult> {
  const startedMs = context.runtime.monotonicMs();
  const backups: PoolBackup[] = [];
  for (const poolId of pools) {
    try {
      backups.push(await backUpOne(context, { ...task, poolId }));
    } catch (error) {
      if (!concernsOnePool(error)) throw error;
      context.observer({ kind: 'warning', code: error.code, message: `Pool ${poolId}: ${error.message}` });
      const { code, message, hint } = error;
      backups.push({ poolId, status: 'failed', error: { code, message, hint: hint ?? null } });
    }
  }
  const durationMs = Math.round(context.runtime.monotonicMs() - startedMs);
  const { calls, throttles } = task.gateways.counts();
  const status = worstOf(backups);
  return {
    exitCode: exitCodeOfAll(backups),
    document: { status, backups, calls, throttles, durationMs },
    lines: backupsLines(
      backups,
      { durationMs, throttles, location: task.vault.storage.location },
      context.terminal.out,
    ),
  };
}

/** The price stands on the screen by now. Throws `refused` where nobody can be asked, `interrupted`. */
async function approveDeep(
  context: CommandContext,
  isConfirmed: boolean,
  pool: { readonly id: string; readonly name: string },
): Promise<boolean> {
  if (isConfirmed) return true;
  if (!context.terminal.interactive) {
    throw new BackupError('refused', 'Not confirmed: a deep backup may be billed, and nobody can be asked here', {
      hint: 'Its price stands above; confirm it with --yes',
    });
  }
  const isApproved = await ask(context, 'ask-yes', pool);
  throwIfInterrupted(context.signal);
  return isApproved;
}

/** What would stop the next pool just as well is no reason to go on. */
function concernsOnePool(error: unknown): error is BackupError {
  return isBackupError(
    error,
    'pool-not-found',
    'not-authorized',
    'listing-broken',
    'token-expired',
    'rejected',
    'locked',
  );
}

function worstOf(backups: readonly PoolBackup[]): PoolBackup['status'] {
  for (const status of ['failed', 'suspect'] as const) {
    if (backups.some((one) => one.status === status)) return status;
  }
  return 'complete';
}

function exitCodeOfAll(backups: readonly PoolBackup[]): number {
  const failed = backups.filter((one): one is FailedBackup => one.status === 'failed');
  if (failed[0] && failed.length === backups.length) return exitCodeOf(failed[0].error.code);
  return worstOf(backups) === 'complete' ? EXIT.done : EXIT.partial;
}

function exitCodeOfStatus(status: FinishedBackup['status']): number {
  return status === 'suspect' ? EXIT.partial : EXIT.done;
}
