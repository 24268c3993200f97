import { listAll } from '../../cognito/listing.ts';
import { readGroups } from '../../cognito/read-pool.ts';
import { isBackupError } from '../../model/errors.ts';
import type { Group } from '../../model/group.ts';
import type { PoolId } from '../../model/ids.ts';
import type { PoolDescription } from '../../model/pool.ts';
import type { ReconcileDependencies } from './dependencies.ts';

/** What a plan needs to know of the target besides its users. */
export interface Target {
  readonly pool: PoolDescription;
  readonly groups: readonly Group[];
  readonly providers: ReadonlySet<string>;
  /** Columns of the target's import file; `undefined` unless import jobs may be used. */
  readonly importHeader: readonly string[] | undefined;
}

export async function describeTarget(
  { gateway, observer }: ReconcileDependencies,
  poolId: PoolId,
  options: { readonly importJobs: boolean; readonly signal?: AbortSignal },
): Promise<Target> {
  const { signal } = options;
  const pool = await gateway.send('DescribeUserPool', { poolId }, signal);
  const groups = await readGroups(gateway, poolId, signal);
  const importHeader = options.importJobs ? await gateway.send('GetCSVHeader', { poolId }, signal) : undefined;
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
  return { pool, groups, providers, importHeader };
}
