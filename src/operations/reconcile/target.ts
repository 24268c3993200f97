import { listAll } from '../../cognito/listing.ts';
import { readGroups } from '../../cognito/read-pool.ts';
import { isBackupError } from '../../model/errors.ts';
import type { Group } from '../../model/group.ts';
import type { PoolId } from '../../model/ids.ts';
import type { PoolDescription } from '../../model/pool.ts';
import type { RestorableFactor } from '../../model/user.ts';
import type { ReconcileDependencies } from './dependencies.ts';

/** What a plan needs to know of the target besides its users. */
export interface Target {
  readonly pool: PoolDescription;
  readonly groups: readonly Group[];
  readonly providers: ReadonlySet<string>;
  /** Second factors that it offers and an administrator can turn on for a user; none where they were not asked for. */
  readonly factors: ReadonlySet<RestorableFactor>;
  /** Columns of the target's import file; `undefined` unless import jobs may be used. */
  readonly importHeader: readonly string[] | undefined;
}

export async function describeTarget(
  { gateway, observer }: ReconcileDependencies,
  poolId: PoolId,
  options: { readonly importJobs: boolean; readonly isDeep: boolean; readonly signal?: AbortSignal | undefined },
): Promise<Target> {
  const { signal } = options;
  const pool = await gateway.send('DescribeUserPool', { poolId }, signal);
  const groups = await readGroups(gateway, poolId, signal);
  const importHeader = options.importJobs ? await gateway.send('GetCSVHeader', { poolId }, signal) : undefined;
  const factors = options.isDeep ? await offeredFactors({ gateway, observer }, poolId, signal) : new Set<never>();
  const providers = new Set<string>();
  try {
    for await (const name of listAll(gateway, 'ListIdentityProviders', { poolId }, signal)) providers.add(name);
  } catch (error) {
    // Only links depend on it, and they are then counted as losses. An outage is no reason to lose them: run again.
    if (!isBackupError(error, 'not-authorized', 'rejected')) throw error;
    observer({
      kind: 'warning',
      code: 'providers-unknown',
      message: 'The identity providers of the target could not be listed: links to them are not restored',
    });
  }
  return { pool, groups, providers, factors, importHeader };
}

async function offeredFactors(
  { gateway, observer }: Pick<ReconcileDependencies, 'gateway' | 'observer'>,
  poolId: PoolId,
  signal: AbortSignal | undefined,
): Promise<ReadonlySet<RestorableFactor>> {
  try {
    const mfa = await gateway.send('GetUserPoolMfaConfig', { poolId }, signal);
    const offered = new Set<RestorableFactor>();
    if (mfa['SmsMfaConfiguration'] !== undefined) offered.add('SMS_MFA');
    if (mfa['EmailMfaConfiguration'] !== undefined) offered.add('EMAIL_OTP');
    return offered;
  } catch (error) {
    if (!isBackupError(error, 'not-authorized', 'rejected')) throw error;
    observer({
      kind: 'warning',
      code: 'factors-unknown',
      message: 'The MFA settings of the target could not be read: no second factor is turned on again',
    });
    return new Set();
  }
}
