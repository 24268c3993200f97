import { parsePoolId, type PoolId } from '../../src/model/ids.ts';
import type { NewPoolResult } from '../../src/operations/new-pool/new-pool-result.ts';
import { restoreToNewPool, type RestoreNewPoolOptions } from '../../src/operations/new-pool/new-pool.ts';
import type { ReconcileDependencies } from '../../src/operations/reconcile/dependencies.ts';
import type { SnapshotReader } from '../../src/snapshot/snapshot-reader.ts';
import { setUpWorkbench, type Workbench } from '../support/workbench.ts';

export type Made = NonNullable<NewPoolResult['made']>;
export type Options = Partial<RestoreNewPoolOptions>;

/** A simulator whose pools are furnished by requests of AWS's own, and restores into new ones. */
export interface NewPoolBench extends Workbench {
  /** Carries out one operation for the pool, and answers as the service would. */
  configure(poolId: string, operation: string, request: object): Record<string, unknown>;
  createPool(request: object): PoolId;
  describe(poolId: string): Record<string, unknown>;
  restore(reader: SnapshotReader, options?: Options, deps?: Partial<ReconcileDependencies>): Promise<NewPoolResult>;
  /** Backs the pool up and restores it; fails where anything differs that was not predicted. */
  roundTrip(poolId: string, options?: Options): Promise<NewPoolResult & { readonly made: Made }>;
  /** Ids of the pools of that name. */
  poolsNamed(name: string): readonly string[];
}

export async function newPoolBench(): Promise<NewPoolBench> {
  const bench = await setUpWorkbench();
  const { simulator } = bench;
  const configure = (poolId: string, operation: string, request: object): Record<string, unknown> =>
    simulator.configure(operation, { UserPoolId: poolId, ...request });
  const restore: NewPoolBench['restore'] = (reader, options = {}, deps = {}) =>
    restoreToNewPool(
      { ...bench.deps, ...deps },
      { reader, name: 'risen', region: simulator.region, confirm: async () => true, ...options },
    );
  return {
    ...bench,
    configure,
    createPool: (request) => {
      const { UserPool } = simulator.configure('CreateUserPool', { PoolName: 'old', ...request });
      return parsePoolId((UserPool as { readonly Id: string }).Id);
    },
    describe: (poolId) => configure(poolId, 'DescribeUserPool', {})['UserPool'] as Record<string, unknown>,
    restore,
    roundTrip: async (poolId, options) => {
      const result = await restore(await bench.snapshotOf(poolId), options);
      const { made } = result;
      if (!made) throw new Error('Nothing was made');
      const wrong = [...made.failures, ...made.differences];
      if (wrong.length > 0) throw new Error(`Not as predicted: ${JSON.stringify(wrong)}`);
      return { ...result, made };
    },
    poolsNamed: (name) => {
      const { UserPools } = simulator.configure('ListUserPools', { MaxResults: 60 });
      return (UserPools as readonly { readonly Id: string; readonly Name: string }[])
        .filter((pool) => pool.Name === name)
        .map(({ Id }) => Id);
    },
  };
}
