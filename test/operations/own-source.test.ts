import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parsePoolId } from '../../src/model/ids.ts';
import type { ReconcileDependencies } from '../../src/operations/reconcile/dependencies.ts';
import { restoreSnapshot } from '../../src/operations/restore.ts';
import { readRunFile } from '../../src/runs/run-files.ts';
import { runsOf } from '../../src/runs/run-record.ts';
import { ordinaryPool } from '../../src/simulator/seeds/ordinary-pool.ts';
import { plantSeed } from '../../src/simulator/seeds/plant-seed.ts';
import type { SnapshotReader } from '../../src/snapshot/snapshot-reader.ts';
import { comparePools } from '../support/compare-pools.ts';
import { dyingGateway } from '../support/dying-gateway.ts';
import { setUpWorkbench, type Workbench } from '../support/workbench.ts';

const seed = ordinaryPool({ users: 30, groups: 3, seed: 11, model: 'email' });
const NOTHING_LEFT = { done: true, failed: 0, conflicts: 0, remaining: { missing: 0, extra: 0, changed: 0 } };

describe('restore into the pool that lost its users', () => {
  let bench: Workbench;
  let pool: string;
  let before: string;
  let reader: SnapshotReader;

  beforeEach(async () => {
    bench = await setUpWorkbench();
    pool = plantSeed(bench.simulator, seed);
    before = plantSeed(bench.simulator, seed);
    reader = await bench.snapshotOf(pool);
    const users = [...bench.simulator.pool(pool).users()].filter(({ status }) => status !== 'UNCONFIRMED');
    for (const user of users.slice(0, 8)) bench.simulator.pool(pool).removeUser(user.sub);
  });
  afterEach(() => bench.close());

  const restore = (deps: ReconcileDependencies = bench.deps) =>
    restoreSnapshot(deps, { reader, target: parsePoolId(pool), confirm: async () => true });
  const halfMade = () =>
    [...bench.simulator.pool(pool).users()].filter(
      ({ status, sub }) => status === 'FORCE_CHANGE_PASSWORD' && !snapshotSubs.has(sub),
    );
  let snapshotSubs = new Set<string>();
  beforeEach(async () => {
    snapshotSubs = new Set();
    for await (const { sub } of reader.users()) snapshotSubs.add(sub);
  });

  it('brings them back without conflicts, maps them, and has nothing to do the next time', async () => {
    expect(await restore()).toMatchObject({ ...NOTHING_LEFT, counts: { createUsers: 8 } });
    expect(comparePools(bench.simulator, before, pool, { by: 'contact' })).toEqual([]);
    for await (const run of runsOf(bench.deps.storage, parsePoolId(pool))) {
      let pairs = 0;
      for await (const pair of readRunFile<{ sourceSub: string; targetSub: string }>(bench.deps.storage, run.map)) {
        expect(pair.targetSub).not.toBe(pair.sourceSub);
        pairs += 1;
      }
      expect(pairs).toBe(8);
    }
    expect(await restore()).toMatchObject({ ...NOTHING_LEFT, planned: { createUsers: 0 } });
    expect(await restore()).toMatchObject({ ...NOTHING_LEFT, planned: { createUsers: 0 } });
  });

  it.each([
    [1, 'after'],
    [2, 'before'],
    [9, 'after'],
    [14, 'before'],
  ] as const)('finishes whom a kill at write %i (%s) left half-made', async (k, when) => {
    await expect(restore({ ...bench.deps, gateway: dyingGateway(bench.gateway, k, when) })).rejects.toThrow(
      'killed here',
    );
    expect(await restore()).toMatchObject(NOTHING_LEFT);
    expect(halfMade()).toEqual([]);
    expect(comparePools(bench.simulator, before, pool, { by: 'contact' })).toEqual([]);
  });

  it('still leaves alone whom somebody else created anew', async () => {
    const [gone] = seed.users.filter(({ status }) => status === undefined || status === 'CONFIRMED');
    const email = gone?.attributes?.find(([name]) => name === 'email')?.[1] ?? '';
    bench.simulator.pool(pool).removeUser(email);
    bench.simulator.pool(pool).addUser({ attributes: [['email', email]], createdAt: Date.now() - 60_000 });
    expect(await restore()).toMatchObject({ done: true, conflicts: 1, remaining: { missing: 0 } });
  });
});
