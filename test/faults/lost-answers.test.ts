import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parsePoolId } from '../../src/model/ids.ts';
import { backupPool } from '../../src/operations/backup/backup.ts';
import { cleanPool } from '../../src/operations/clean.ts';
import type { ReconcileDependencies } from '../../src/operations/reconcile/dependencies.ts';
import { restoreSnapshot } from '../../src/operations/restore.ts';
import { ordinaryPool, type OrdinaryPoolOptions } from '../../src/simulator/seeds/ordinary-pool.ts';
import { plantSeed } from '../../src/simulator/seeds/plant-seed.ts';
import { openSnapshot } from '../../src/snapshot/snapshot-reader.ts';
import { openVault } from '../../src/snapshot/vault.ts';
import { memoryStorage } from '../fakes/memory-storage.ts';
import { compareGroups, comparePools } from '../support/compare-pools.ts';
import { setUpBrokenLine, type BrokenLine } from './broken-line.ts';
import { ROLE } from './every-operation.ts';

const WRITES = [
  'CreateGroup',
  'DeleteGroup',
  'AdminCreateUser',
  'AdminSetUserPassword',
  'AdminDisableUser',
  'AdminDeleteUser',
  'AdminAddUserToGroup',
  'CreateUserImportJob',
  'ImportUpload',
  'StartUserImportJob',
];
const LOST_EACH = 4;
const yes = async (): Promise<boolean> => true;

/** Each kind of write, whose first answers are all lost; the listings may show what was written only later. */
describe.each([0, 20_000])('answers lost while listings lag by up to %s ms', (lagMs) => {
  let line: BrokenLine;
  let deps: ReconcileDependencies;
  beforeEach(async () => {
    line = await setUpBrokenLine({ lagMs });
    const { runtime } = line;
    const gateway = line.gateway();
    const { storage } = await openVault(memoryStorage(), { runtime, create: true });
    deps = {
      gateway,
      rate: (category) => gateway.governor.rate(category),
      storage,
      runtime,
      observer: () => undefined,
    };
  });
  afterEach(async () => {
    expect(line.simulator.counters.messages.causedByAdmin).toBe(0);
    await line.stop();
  });

  const loseAnswers = (): void => {
    line.proxy.reset();
    line.proxy.arm(
      ...WRITES.map((operation) => ({ kind: 'reset-after', operation, nth: 1, times: LOST_EACH }) as const),
    );
  };

  async function restoreWithLosses(model: OrdinaryPoolOptions['model'], engine: object) {
    const seed = ordinaryPool({ users: 14, groups: 3, seed: 5, model });
    const source = plantSeed(line.simulator, seed);
    const standby = plantSeed(line.simulator, { ...seed, groups: [], users: [] });
    const vault = await openVault(deps.storage, { runtime: line.runtime });
    const poolId = parsePoolId(source);
    const taken = await backupPool({ ...deps, vault }, { poolId });
    const reader = await openSnapshot(vault, { poolId, id: taken.snapshot.id });
    loseAnswers();
    const result = await restoreSnapshot(deps, { reader, target: parsePoolId(standby), confirm: yes, ...engine });
    expect(line.proxy.fired()).toBeGreaterThanOrEqual(2 * LOST_EACH);
    return { source, standby, result };
  }

  it.each([
    ['username', 'api', {}],
    ['email', 'api', {}],
    ['alias', 'api', {}],
    ['email', 'import job', { importRole: ROLE }],
  ] as const)(
    'a restore into a pool with sign-in by %s, by %s, takes its own users for its own',
    async (model, _name, engine) => {
      const { source, standby, result } = await restoreWithLosses(model, engine);
      const by = model === 'email' ? 'contact' : 'username';
      expect(comparePools(line.simulator, source, standby, { by })).toEqual([]);
      expect(compareGroups(line.simulator, source, standby)).toEqual([]);
      expect(result).toMatchObject({
        done: true,
        failed: 0,
        conflicts: 0,
        remaining: { missing: 0, extra: 0, changed: 0 },
      });
      // What follows a job may be done twice where the listing shows a user, but not yet what became of it.
      const isExact = lagMs === 0 || !('importRole' in engine);
      if (result.done && isExact) expect(result.counts).toEqual(result.planned);
      const lockedOut = [...line.simulator.pool(standby).users()].filter(
        ({ status }) => status === 'FORCE_CHANGE_PASSWORD',
      );
      expect(lockedOut).toEqual([]);
    },
  );

  it('a clean takes who is gone for deleted', async () => {
    const target = plantSeed(line.simulator, ordinaryPool({ users: 14, groups: 3, seed: 5, model: 'username' }));
    loseAnswers();
    const result = await cleanPool(deps, { target: parsePoolId(target), confirm: yes });
    expect(line.simulator.pool(target).size).toBe(0);
    expect(result).toMatchObject({ done: true, failed: 0, remaining: { missing: 0, extra: 0, changed: 0 } });
    if (result.done) expect(result.counts).toEqual(result.planned);
  });
});
