import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parsePoolId } from '../../src/model/ids.ts';
import { cleanPool } from '../../src/operations/clean.ts';
import { mirrorSnapshot } from '../../src/operations/mirror.ts';
import { ordinaryPool } from '../../src/simulator/seeds/ordinary-pool.ts';
import { plantSeed } from '../../src/simulator/seeds/plant-seed.ts';
import { setUpWorkbench, type Workbench } from '../support/workbench.ts';

const SEED = ordinaryPool({ users: 30, groups: 2, seed: 3, model: 'email' });
const MINUTE_MS = 60_000;

describe('whoever comes after the plan that is confirmed', () => {
  let bench: Workbench;
  beforeEach(async () => {
    bench = await setUpWorkbench();
  });
  afterEach(() => bench.close());

  const signUp = (poolId: string, name: string, ageMs = 0): string =>
    bench.simulator.pool(poolId).addUser({
      status: 'CONFIRMED',
      createdAt: Date.now() - ageMs,
      attributes: [
        ['email', `${name}@example.org`],
        ['email_verified', 'true'],
      ],
    }).sub;
  /** The service's clock shows whole seconds. */
  const nextSecond = () => new Promise((resolve) => setTimeout(resolve, 1_100));

  it('is not deleted by a clean, whose backup does not hold them', async () => {
    const target = parsePoolId(plantSeed(bench.simulator, SEED));
    let newcomer = '';
    const result = await cleanPool(bench.deps, {
      target,
      confirm: async () => true,
      backUpFirst: async () => {
        await bench.snapshotOf(target);
        newcomer = signUp(target, 'newcomer');
        await nextSecond();
      },
    });
    expect(result).toMatchObject({ done: true, conflicts: 1 });
    expect([...bench.simulator.pool(target).users()].map(({ sub }) => sub)).toEqual([newcomer]);
  });

  it.each([
    ['just', 0],
    ['so long ago that listings had to show them', 2 * MINUTE_MS],
  ])('is not deleted by a mirror when they were made %s, beyond what was confirmed', async (_when, ageMs) => {
    const source = plantSeed(bench.simulator, SEED);
    const target = parsePoolId(plantSeed(bench.simulator, { ...SEED, groups: [], users: [] }));
    const reader = await bench.snapshotOf(source);
    const verified = await bench.verified(reader);
    const newcomers: string[] = [];
    const result = await mirrorSnapshot(bench.deps, {
      reader,
      verified,
      target,
      maxDeletes: 0,
      confirm: async () => {
        for (const name of ['one', 'two']) newcomers.push(signUp(target, name, ageMs));
        await nextSecond();
        return true;
      },
    });
    expect(result.counts.deleteUsers).toBe(0);
    for (const sub of newcomers) expect(bench.simulator.pool(target).user(sub)).toBeDefined();
  });
});
