import { afterEach, beforeEach, expect, it } from 'vitest';
import { plantEverythingPool } from '../../src/simulator/seeds/everything-pool.ts';
import { newPoolBench, type NewPoolBench } from './new-pool-bench.ts';

let bench: NewPoolBench;
beforeEach(async () => {
  bench = await newPoolBench();
});
afterEach(() => bench.close());

const READS_BEFORE = ['ListUserPools', 'DescribeUserPool', 'DescribeUserPoolDomain', 'GetProvisionedLimit'];

it('the plan of a new pool counts the calls for its configuration as they are made', async () => {
  const { poolId } = plantEverythingPool(bench.simulator);
  const reader = await bench.snapshotOf(poolId);
  const options = { scope: 'configuration', domains: { prefix: 'elsewhere', custom: false }, triggers: false } as const;
  const { price } = await bench.restore(reader, { ...options, dryRun: true });
  bench.simulator.resetCounters();

  const { made } = await bench.restore(reader, options);

  expect(made?.failures).toEqual([]);
  const { calls, callsByCategory } = bench.simulator.counters;
  const looks = READS_BEFORE.reduce((sum, name) => sum + (calls[name] ?? 0), 0);
  const counted = Object.values(price.callsByCategory).reduce((sum, count) => sum + count, 0);
  const took = Object.values(callsByCategory).reduce((sum, count) => sum + count, 0) - looks;
  // One of them is a look at the pool, and one at its domain.
  expect(counted).toBe(took + 2);
  expect(price.callsByCategory['UserPoolClientUpdate']).toBe(calls['CreateUserPoolClient']);
  expect(price.callsByCategory['UserPoolResourceUpdate']).toBe(callsByCategory['UserPoolResourceUpdate']);
});

it('counts in that no operation on a pool goes faster than five a second, groups included', async () => {
  const poolId = bench.createPool({});
  for (let number = 0; number < 49; number += 1) {
    bench.configure(poolId, 'CreateUserPoolClient', { ClientName: `c${number}` });
    bench.simulator.pool(poolId).addGroup({ name: `g${number}` });
  }
  const { price, users } = await bench.restore(await bench.snapshotOf(poolId), { dryRun: true });
  const secondsOf = (calls: number): number => calls / (5 * 0.98);
  expect(users?.durationMs).toBe(Math.ceil(secondsOf(49) * 1_000));
  // Made, and read back side by side; the rest are single calls.
  expect(price.durationMs - (users?.durationMs ?? 0)).toBeGreaterThan(2 * secondsOf(49) * 1_000);
  expect(price.durationMs - (users?.durationMs ?? 0)).toBeLessThan((2 * secondsOf(49) + 2) * 1_000);
});
