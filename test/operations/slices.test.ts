import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parsePoolId } from '../../src/model/ids.ts';
import type { Continuation } from '../../src/operations/reconcile/requests.ts';
import { restoreSnapshot } from '../../src/operations/restore.ts';
import { ordinaryPool } from '../../src/simulator/seeds/ordinary-pool.ts';
import { plantSeed } from '../../src/simulator/seeds/plant-seed.ts';
import { comparePools } from '../support/compare-pools.ts';
import { setUpWorkbench, type Workbench } from '../support/workbench.ts';

describe('an apply cut into slices', () => {
  let bench: Workbench;
  beforeEach(async () => {
    bench = await setUpWorkbench();
  });
  afterEach(() => bench.close());

  it('goes on where the slice before stopped, and adds up its counts', async () => {
    const seed = ordinaryPool({ users: 1_200, groups: 6, seed: 9, model: 'username' });
    const source = plantSeed(bench.simulator, seed);
    const target = parsePoolId(plantSeed(bench.simulator, { ...seed, groups: [], users: [] }));
    const reader = await bench.snapshotOf(source);
    let continuation: Continuation | undefined;
    let slices = 0;
    for (;;) {
      slices += 1;
      let asked = 0;
      const result = await restoreSnapshot(bench.deps, {
        reader,
        target,
        confirm: async () => true,
        deadline: () => (asked += 1) > 400,
        ...(continuation && { continuation }),
      });
      if (result.done) {
        expect(comparePools(bench.simulator, source, target)).toEqual([]);
        expect(result).toMatchObject({ failed: 0, remaining: { missing: 0, extra: 0, changed: 0 } });
        expect(result.counts.createUsers).toBe(result.planned.createUsers);
        break;
      }
      continuation = JSON.parse(JSON.stringify(result.continuation)) as Continuation;
      expect(slices).toBeLessThan(10);
    }
    expect(slices).toBeGreaterThan(2);
  });

  it('finds users whom a lagging listing hides, without creating anybody twice', async () => {
    await bench.close();
    bench = await setUpWorkbench({ lagMs: 1_500 });
    const seed = ordinaryPool({ users: 40, groups: 3, seed: 4, model: 'email' });
    const source = plantSeed(bench.simulator, seed);
    const target = parsePoolId(plantSeed(bench.simulator, { ...seed, groups: [], users: [] }));
    const reader = await bench.snapshotOf(source);
    const result = await restoreSnapshot(bench.deps, { reader, target, confirm: async () => true });
    expect(comparePools(bench.simulator, source, target, { by: 'contact' })).toEqual([]);
    expect(result).toMatchObject({ done: true, failed: 0, remaining: { missing: 0, extra: 0, changed: 0 } });
  });
});
