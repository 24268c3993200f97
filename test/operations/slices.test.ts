import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CognitoGateway } from '../../src/cognito/gateway.ts';
import { parsePoolId } from '../../src/model/ids.ts';
import { cleanPool } from '../../src/operations/clean.ts';
import type { Continuation } from '../../src/operations/reconcile/requests.ts';
import { restoreSnapshot, type RestoreOptions } from '../../src/operations/restore.ts';
import { ordinaryPool } from '../../src/simulator/seeds/ordinary-pool.ts';
import { plantSeed } from '../../src/simulator/seeds/plant-seed.ts';
import { comparePools } from '../support/compare-pools.ts';
import { dyingGateway } from '../support/dying-gateway.ts';
import { refusingGateway } from '../support/refusing-gateway.ts';
import { setUpWorkbench, type Workbench } from '../support/workbench.ts';

const SEED = ordinaryPool({ users: 12, groups: 3, seed: 5, model: 'email' });
const yes = async (): Promise<boolean> => true;

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

  const cutAfter = (entries: number) => {
    let asked = 0;
    return () => (asked += 1) > entries;
  };

  it('answers the same when its last slice is called again, though a user is refused', async () => {
    const reader = await bench.snapshotOf(plantSeed(bench.simulator, SEED));
    const target = parsePoolId(plantSeed(bench.simulator, { ...SEED, groups: [], users: [] }));
    const deps = { ...bench.deps, gateway: refusingGateway(bench.gateway, 'AdminAddUserToGroup') };
    const restore = (options: Partial<RestoreOptions>) =>
      restoreSnapshot(deps, { reader, target, confirm: yes, ...options });
    const slice = await restore({ deadline: cutAfter(5) });
    if (slice.done) throw new Error('It was not cut');
    const first = await restore({ continuation: slice.continuation });
    const again = await restore({ continuation: slice.continuation });
    expect(first).toMatchObject({ done: true, remaining: { changed: 1 } });
    expect(again).toMatchObject({ done: true, remaining: { changed: 1 } });
    expect(await restore({})).toMatchObject({ done: true });
  });

  it('is open again while its last slice writes once more', async () => {
    const reader = await bench.snapshotOf(plantSeed(bench.simulator, SEED));
    const target = parsePoolId(plantSeed(bench.simulator, { ...SEED, groups: [], users: [] }));
    const restore = (options: Partial<RestoreOptions>, gateway: CognitoGateway = bench.gateway) =>
      restoreSnapshot({ ...bench.deps, gateway }, { reader, target, confirm: yes, ...options });
    const slice = await restore({ deadline: cutAfter(5) });
    if (slice.done) throw new Error('It was not cut');
    await restore({ continuation: slice.continuation });
    const pool = bench.simulator.pool(target);
    pool.removeUser([...pool.users()].find(({ status, enabled }) => status === 'CONFIRMED' && enabled)!.sub);
    const again = restore({ continuation: slice.continuation }, dyingGateway(bench.gateway, 1, 'after'));
    await expect(again).rejects.toThrow();
    expect(await restore({})).toMatchObject({ done: true });
    expect([...pool.users()].filter(({ status }) => status === 'FORCE_CHANGE_PASSWORD')).toEqual([]);
  });

  it('deletes nobody who was brought back between two slices', async () => {
    const seed = ordinaryPool({ users: 60, groups: 0, seed: 9, model: 'username' });
    const target = parsePoolId(plantSeed(bench.simulator, seed));
    const reader = await bench.snapshotOf(target);
    const slice = await cleanPool(bench.deps, { target, confirm: yes, deadline: cutAfter(10) });
    if (slice.done) throw new Error('It was not cut');
    await restoreSnapshot(bench.deps, { reader, target, confirm: yes });
    const restored = bench.simulator.pool(target).size;
    const { continuation } = slice;
    await expect(cleanPool(bench.deps, { target, confirm: yes, continuation })).rejects.toMatchObject({
      code: 'refused',
    });
    expect(bench.simulator.pool(target).size).toBe(restored);
  });
});
