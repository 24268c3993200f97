import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { plantEverythingPool } from '../../src/simulator/seeds/everything-pool.ts';
import { hostilePool } from '../../src/simulator/seeds/hostile-pool.ts';
import { mixedPool } from '../../src/simulator/seeds/mixed-pool.ts';
import { ordinaryPool } from '../../src/simulator/seeds/ordinary-pool.ts';
import { plantSeed } from '../../src/simulator/seeds/plant-seed.ts';
import { WITHHELD } from '../../src/plan/drill/harmless-pool.ts';
import { drillBench, type DrillBench } from './drill-bench.ts';

const ROLE = 'arn:aws:iam::210987654321:role/role-of-another-account';

/** Of the hostile and the mixed pool. */
const FOREIGN = new Map([[ROLE, ROLE]]);

let bench: DrillBench;
beforeEach(async () => {
  bench = await drillBench();
});
afterEach(async () => {
  expect(bench.simulator.counters.messages.byCause).toEqual({});
  expect(bench.simulator.counters.triggersFired).toBe(0);
  await bench.close();
});

describe('a drill', () => {
  it.each([
    ['hostile', () => hostilePool()],
    ['mixed', () => mixedPool({ users: 60, groups: 4 })],
    ['email', () => ordinaryPool({ users: 40, groups: 3, seed: 1, model: 'email' })],
    ['alias', () => ordinaryPool({ users: 40, groups: 3, seed: 1, model: 'alias' })],
    ['phone', () => ordinaryPool({ users: 40, groups: 3, seed: 1, model: 'phone' })],
  ] as const)('of a pool of the kind %s is passed, and leaves nothing', async (_kind, seed) => {
    const poolId = plantSeed(bench.simulator, seed());
    const before = bench.poolNames();
    const { outcome } = await bench.pass(await bench.snapshotOf(poolId), { arns: FOREIGN });
    expect(outcome).toMatchObject({ pool: { fate: 'deleted' }, signIn: { outcome: 'signed-in' } });
    expect(bench.poolNames()).toEqual(before);
  });

  it('of a pool that uses everything is passed', async () => {
    const { poolId } = plantEverythingPool(bench.simulator);
    const before = bench.poolNames();
    const { outcome, preview } = await bench.pass(await bench.snapshotOf(poolId));
    expect(preview.withheld).toEqual(Object.keys(WITHHELD).filter((kind) => kind !== 'sign-up'));
    expect(outcome).toMatchObject({ pool: { fate: 'deleted' }, signIn: { outcome: 'signed-in' } });
    expect(bench.poolNames()).toEqual(before);
  });
});
