import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parsePoolId } from '../../src/model/ids.ts';
import { cleanPool } from '../../src/operations/clean.ts';
import { mirrorSnapshot } from '../../src/operations/mirror.ts';
import type { ReconcileDependencies } from '../../src/operations/reconcile/dependencies.ts';
import { restoreSnapshot } from '../../src/operations/restore.ts';
import { ordinaryPool } from '../../src/simulator/seeds/ordinary-pool.ts';
import { plantSeed } from '../../src/simulator/seeds/plant-seed.ts';
import { compareGroups, comparePools } from '../support/compare-pools.ts';
import { countingWrites, dyingGateway } from '../support/dying-gateway.ts';
import { setUpWorkbench, type Workbench } from '../support/workbench.ts';

const ROLE = 'arn:aws:iam::123456789012:role/cognito-import';
const yes = async (): Promise<boolean> => true;
const seed = ordinaryPool({ users: 12, groups: 3, seed: 7, model: 'email' });

describe('an apply killed at any write and run again', () => {
  let bench: Workbench;
  let source: string;
  let standby: string;

  beforeEach(async () => {
    bench = await setUpWorkbench();
    source = plantSeed(bench.simulator, seed);
  });
  afterEach(() => bench.close());

  const emptyStandby = (): string => plantSeed(bench.simulator, { ...seed, groups: [], users: [] });
  const runs = {
    'restore by api': async (deps: ReconcileDependencies) =>
      restoreSnapshot(deps, { reader: await bench.snapshotOf(source), target: parsePoolId(standby), confirm: yes }),
    'restore by import job': async (deps: ReconcileDependencies) =>
      restoreSnapshot(deps, {
        reader: await bench.snapshotOf(source),
        target: parsePoolId(standby),
        confirm: yes,
        importRole: ROLE,
      }),
    mirror: async (deps: ReconcileDependencies) => {
      const reader = await bench.snapshotOf(source);
      const verified = await bench.verified(reader);
      return mirrorSnapshot(deps, { reader, verified, target: parsePoolId(standby), confirm: yes });
    },
  };

  it.each(Object.entries(runs))('%s ends in the same state', async (_name, run) => {
    standby = emptyStandby();
    const counting = countingWrites(bench.gateway);
    await run({ ...bench.deps, gateway: counting.gateway });
    const total = counting.writes();
    expect(total).toBeGreaterThan(3);
    const step = Math.max(1, Math.floor(total / 7));
    for (let k = 1; k <= total; k += step) {
      for (const when of ['before', 'after'] as const) {
        standby = emptyStandby();
        const dying = { ...bench.deps, gateway: dyingGateway(bench.gateway, k, when) };
        await expect(run(dying)).rejects.toThrow('killed here');
        const result = await run(bench.deps);
        expect(comparePools(bench.simulator, source, standby, { by: 'contact' }), `killed ${when} write ${k}`).toEqual(
          [],
        );
        expect(compareGroups(bench.simulator, source, standby)).toEqual([]);
        expect(result).toMatchObject({ done: true, failed: 0, remaining: { missing: 0, extra: 0, changed: 0 } });
        const lockedOut = [...bench.simulator.pool(standby).users()].filter(
          (user) => user.status === 'FORCE_CHANGE_PASSWORD',
        );
        expect(lockedOut, `locked out after a kill ${when} write ${k}`).toEqual([]);
      }
    }
    expect(bench.simulator.counters.messages.causedByAdmin).toBe(0);
  });

  it('clean empties the pool in the end', async () => {
    for (const k of [1, 4, 9, 13]) {
      const target = plantSeed(bench.simulator, seed);
      const run = (gateway = bench.gateway as ReconcileDependencies['gateway']) =>
        cleanPool({ ...bench.deps, gateway }, { target: parsePoolId(target), confirm: yes });
      await expect(run(dyingGateway(bench.gateway, k, 'after'))).rejects.toThrow('killed here');
      const result = await run();
      expect(bench.simulator.pool(target).size).toBe(0);
      expect(bench.simulator.pool(target).groups()).toEqual([]);
      expect(result).toMatchObject({ done: true, remaining: { missing: 0, extra: 0, changed: 0 } });
    }
  });
});
