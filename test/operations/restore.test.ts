import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parsePoolId } from '../../src/model/ids.ts';
import { restoreSnapshot } from '../../src/operations/restore.ts';
import { mixedPool } from '../../src/simulator/seeds/mixed-pool.ts';
import { plantSeed } from '../../src/simulator/seeds/plant-seed.ts';
import { compareGroups, comparePools } from '../support/compare-pools.ts';
import { setUpWorkbench, type Workbench } from '../support/workbench.ts';

const ROLE = 'arn:aws:iam::123456789012:role/cognito-import';
const yes = async (): Promise<boolean> => true;

describe('restore into another pool', () => {
  let bench: Workbench;
  let source: string;
  let standby: string;

  beforeEach(async () => {
    bench = await setUpWorkbench();
    const seed = mixedPool({ users: 300, groups: 10 });
    source = plantSeed(bench.simulator, seed);
    standby = plantSeed(bench.simulator, { ...seed, groups: [], users: [] });
    bench.simulator.resetCounters();
  });
  afterEach(() => bench.close());

  it.each([
    ['api', {}],
    ['auto with import jobs', { importRole: ROLE }],
  ] as const)('brings back every user it can by %s', async (_name, engine) => {
    const reader = await bench.snapshotOf(source);
    const result = await restoreSnapshot(bench.deps, {
      reader,
      target: parsePoolId(standby),
      confirm: yes,
      ...engine,
    });

    expect(comparePools(bench.simulator, source, standby)).toEqual([]);
    expect(compareGroups(bench.simulator, source, standby)).toEqual([]);
    expect(result).toMatchObject({
      done: true,
      failed: 0,
      conflicts: 0,
      remaining: { missing: 0, extra: 0, changed: 0 },
    });
    expect(bench.simulator.counters.messages.causedByAdmin).toBe(0);
    for (const [username, links] of [
      ['linked-once', 1],
      ['linked-five-times', 5],
    ] as const) {
      const identities = bench.simulator
        .pool(standby)
        .user(username)
        ?.attributes.find(([name]) => name === 'identities');
      expect(JSON.parse(identities?.[1] ?? '[]')).toHaveLength(links);
    }
  });

  it('that finds nothing to do lists the target once', async () => {
    const reader = await bench.snapshotOf(source);
    const request = { reader, target: parsePoolId(standby), confirm: yes };
    await restoreSnapshot(bench.deps, request);

    const before = bench.gateway.counts().calls['UserList'] ?? 0;
    await restoreSnapshot(bench.deps, { ...request, dryRun: true });
    const onePlan = (bench.gateway.counts().calls['UserList'] ?? 0) - before;
    const result = await restoreSnapshot(bench.deps, request);
    expect(result).toMatchObject({ done: true, remaining: { missing: 0, extra: 0, changed: 0 } });
    expect((bench.gateway.counts().calls['UserList'] ?? 0) - before).toBe(2 * onePlan);
  });
});
