import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { restoreToNewPool, type RestoreNewPoolOptions } from '../../src/operations/new-pool/new-pool.ts';
import { plantEverythingPool, type EverythingPool } from '../../src/simulator/seeds/everything-pool.ts';
import type { SnapshotReader } from '../../src/snapshot/snapshot-reader.ts';
import { setUpWorkbench, type Workbench } from '../support/workbench.ts';

let bench: Workbench;
let source: EverythingPool;

beforeEach(async () => {
  bench = await setUpWorkbench();
  source = plantEverythingPool(bench.simulator);
});
afterEach(() => bench.close());

function deletePool({ poolId }: EverythingPool): void {
  const send = (operation: string, request: object): unknown =>
    bench.simulator.configure(operation, { UserPoolId: poolId, ...request });
  send('UpdateUserPool', { DeletionProtection: 'INACTIVE' });
  for (const Domain of ['everything', 'login.example.com']) send('DeleteUserPoolDomain', { Domain });
  send('DeleteUserPool', {});
}

const PROVIDER_SECRETS = new Map(
  ['Google', 'Facebook', 'LoginWithAmazon', 'Entra'].map((name) => [name, { client_secret: 'social-secret' }] as const),
).set('SignInWithApple', { private_key: 'APPLE-PRIVATE-KEY' } as never);

function restore(reader: SnapshotReader, options: Partial<RestoreNewPoolOptions> = {}) {
  return restoreToNewPool(bench.deps, {
    reader,
    name: 'risen',
    region: bench.simulator.region,
    providerSecrets: PROVIDER_SECRETS,
    confirm: async () => true,
    ...options,
  });
}

describe('a pool that has everything, deleted and restored as a new one', () => {
  it('differs in nothing that was not predicted', async () => {
    const reader = await bench.snapshotOf(source.poolId);
    deletePool(source);

    const { made, plan } = await restore(reader);

    expect(made?.failures).toEqual([]);
    expect(made?.differences).toEqual([]);
    expect(made?.users?.remaining).toEqual({ missing: 0, extra: 0, changed: 0 });
    console.log(
      JSON.stringify(plan.losses),
      JSON.stringify(made?.handOver, null, 1),
      made?.users?.losses,
      made?.notCompared,
    );
  });
});
