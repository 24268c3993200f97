import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parsePoolId } from '../../src/model/ids.ts';
import { cleanPool } from '../../src/operations/clean.ts';
import { restoreSnapshot } from '../../src/operations/restore.ts';
import { ordinaryPool } from '../../src/simulator/seeds/ordinary-pool.ts';
import { plantSeed } from '../../src/simulator/seeds/plant-seed.ts';
import { comparePools } from '../support/compare-pools.ts';
import { setUpWorkbench, type Workbench } from '../support/workbench.ts';

const ROLE = 'arn:aws:iam::123456789012:role/cognito-import';
const yes = async (): Promise<boolean> => true;
const seed = ordinaryPool({ users: 25, groups: 3, seed: 11, model: 'email' });
/** 30 s of Cognito's time: the workbench waits a twentieth of it. */
const LAG_MS = 1_500;

describe('an apply whose writes the listings show late', () => {
  let bench: Workbench;
  beforeEach(async () => {
    bench = await setUpWorkbench({ lagMs: LAG_MS });
  });
  afterEach(() => bench.close());

  it.each([
    ['api', {}],
    ['import jobs', { importRole: ROLE }],
  ])('restores by %s, takes the lag for no difference, and does nothing twice', async (_name, engine) => {
    const source = plantSeed(bench.simulator, seed);
    const standby = plantSeed(bench.simulator, { ...seed, groups: [], users: [] });
    const reader = await bench.snapshotOf(source);
    const result = await restoreSnapshot(bench.deps, { reader, target: parsePoolId(standby), confirm: yes, ...engine });
    expect(comparePools(bench.simulator, source, standby, { by: 'contact' })).toEqual([]);
    expect(result).toMatchObject({ done: true, failed: 0, remaining: { missing: 0, extra: 0, changed: 0 } });
    if (result.done) expect(result.counts).toEqual(result.planned);
  });

  it('cleans', async () => {
    const target = plantSeed(bench.simulator, seed);
    const result = await cleanPool(bench.deps, { target: parsePoolId(target), confirm: yes });
    expect(result).toMatchObject({ done: true, failed: 0, remaining: { missing: 0, extra: 0, changed: 0 } });
    if (result.done) expect(result.counts).toEqual(result.planned);
  });
});
