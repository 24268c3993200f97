import fc, { type Scheduler } from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withChecks } from '../../src/cognito/checked.ts';
import type { CognitoGateway, OperationName } from '../../src/cognito/gateway.ts';
import { isBackupError } from '../../src/model/errors.ts';
import { parsePoolId } from '../../src/model/ids.ts';
import { backupPool, type BackupResult } from '../../src/operations/backup/backup.ts';
import { cleanPool } from '../../src/operations/clean.ts';
import type { ReconcileDependencies } from '../../src/operations/reconcile/dependencies.ts';
import { restoreSnapshot } from '../../src/operations/restore.ts';
import { listSnapshots } from '../../src/operations/snapshots/list-snapshots.ts';
import { verifySnapshot } from '../../src/operations/verify/verify-snapshot.ts';
import { decodeLease } from '../../src/runs/lease-file.ts';
import { leaseKey } from '../../src/runs/run-keys.ts';
import { manualRuntime, type ManualRuntime } from '../../src/runtime/manual-runtime.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { ordinaryPool } from '../../src/simulator/seeds/ordinary-pool.ts';
import { plantSeed } from '../../src/simulator/seeds/plant-seed.ts';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.ts';
import { openSnapshot, type SnapshotReader } from '../../src/snapshot/snapshot-reader.ts';
import { openVault } from '../../src/snapshot/vault.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { memoryStorage, type MemoryStorage } from '../fakes/memory-storage.ts';
import { sampleGroup, samplePool, sampleUsers } from '../fakes/sample-pool.ts';
import { poolHandlers, scriptedGateway } from '../fakes/scripted-gateway.ts';
import { directGateway } from '../kills/direct-gateway.ts';
import { compareGroups, comparePools } from '../support/compare-pools.ts';
import { effort } from '../support/effort.ts';
import { afterRest, type TakeTurn, yieldingGateway, yieldingStorage } from './yielding.ts';

const MINUTE_MS = 60_000;
const POOL = samplePool();
const USERS = sampleUsers(40);

/** Where one of two runs that race has come to: an error other than `locked` fails the test. */
async function outcomeOf<T>(work: Promise<T>): Promise<T | 'locked'> {
  try {
    return await work;
  } catch (error) {
    if (isBackupError(error, 'locked')) return 'locked';
    throw error;
  }
}

const turnsOf =
  (scheduler: Scheduler, who: string): TakeTurn =>
  (what) =>
    scheduler.schedule(Promise.resolve(), `${who} ${what}`);

describe('two backups of one pool, whatever the order of their calls', () => {
  const seconds = { count: 0 };
  const backUp = async (storage: Storage, runtime: ManualRuntime): Promise<BackupResult> => {
    const content = {
      pool: samplePool({ estimatedUsers: USERS.length }),
      users: USERS,
      groups: [sampleGroup('admins'), sampleGroup('others')],
      members: new Map([['admins', USERS.slice(0, 12).map(({ sub }) => sub)]]),
      pageSize: 7,
    };
    const gateway = scriptedGateway(poolHandlers(content), () => runtime.now());
    const vault = await openVault(storage, { runtime, create: true });
    return backupPool({ gateway, vault, runtime, observer: () => {} }, { poolId: POOL.id, listing: 'single' });
  };

  const race = async (scheduler: Scheduler, storage: MemoryStorage, runtime: ManualRuntime): Promise<number> => {
    const runs = ['A', 'B'].map((who) => outcomeOf(backUp(yieldingStorage(storage, turnsOf(scheduler, who)), runtime)));
    const outcomes = await scheduler.waitFor(Promise.all(runs));
    const done = outcomes.filter((outcome) => outcome !== 'locked');
    expect(done.length, 'nobody came through').toBeGreaterThan(0);
    for (const result of done) expect(result).toMatchObject({ done: true, totals: { users: USERS.length } });
    return new Set(done.map(({ snapshot }) => snapshot.id)).size;
  };

  const expectWhole = async (storage: Storage, runtime: ManualRuntime, expected: number): Promise<void> => {
    const vault = await openVault(storage, { runtime });
    const whole = (await listSnapshots(vault)).filter(({ status }) => status !== 'unfinished');
    expect(whole).toHaveLength(expected);
    for (const { id } of whole) {
      expect(await verifySnapshot(vault, { poolId: POOL.id, id })).toMatchObject({ ok: true, problems: [] });
    }
  };

  it('started at once leave whole snapshots alone', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler({ act: afterRest }), async (scheduler) => {
        const [storage, runtime] = [memoryStorage(), manualRuntime('2026-11-22T12:00:00.000Z', (seconds.count += 1))];
        await expectWhole(storage, runtime, await race(scheduler, storage, runtime));
      }),
      { numRuns: effort({ ordinary: 40, long: 3_000 }) },
    );
  });

  it('that go on with one unfinished snapshot make one of it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler({ act: afterRest }), fc.nat({ max: 6 }), async (scheduler, write) => {
        const [storage, runtime] = [memoryStorage(), manualRuntime()];
        storage.beforeWrite = (_key, at) => {
          if (at >= 4 + write) throw new Error('killed');
        };
        await backUp(storage, runtime).catch(() => undefined);
        storage.beforeWrite = () => undefined;
        const before = new Map(storage.objects);
        runtime.advance(1_000);
        const made = await race(scheduler, storage, runtime);
        await expectWhole(storage, runtime, made);
        for (const [key, bytes] of before) {
          if (key.endsWith('.gz')) expect(storage.objects.get(key), 'a part was replaced').toEqual(bytes);
        }
      }),
      { numRuns: effort({ ordinary: 40, long: 3_000 }) },
    );
  });
});

describe('two applies on one target, whatever the order of their calls and however long they stand still', () => {
  const seed = ordinaryPool({ users: 6, groups: 2, seed: 5, model: 'email' });
  const clock = manualRuntime();
  let simulator: Simulator;
  let source: string;
  let reader: SnapshotReader;
  beforeAll(async () => {
    simulator = await startSimulator({ quotaScale: 'unlimited', clock: () => clock.now().getTime() });
    source = plantSeed(simulator, seed);
    const storage = memoryStorage();
    const vault = await openVault(storage, { runtime: clock, create: true });
    const gateway = directGateway(simulator, () => clock.now().getTime());
    const poolId = parsePoolId(source);
    const { snapshot } = await backupPool(
      { gateway, vault, runtime: clock, observer: () => {} },
      { poolId, listing: 'single' },
    );
    reader = await openSnapshot(vault, { poolId, id: snapshot.id });
  });
  afterAll(() => simulator.stop());

  interface Race {
    readonly scheduler: Scheduler;
    readonly storage: MemoryStorage;
    readonly target: string;
    /** Who stands still, until the promise resolves. */
    readonly still: Map<string, Promise<void>>;
    /** Writes that went out without the lease. */
    readonly breaches: string[];
  }

  const bare = (): CognitoGateway => directGateway(simulator, () => clock.now().getTime());

  /** Right when a write goes out, the lease has to be its run's own. */
  const watched = ({ storage, target, breaches }: Race, who: string): CognitoGateway => {
    const gateway = bare();
    return {
      ...gateway,
      send: (operation, request, signal) => {
        // No two calls meet Cognito in one millisecond: what a run creates is younger than its start.
        clock.advance(1);
        if (isMutation(operation)) {
          const lease = decodeLease(storage.objects.get(leaseKey(parsePoolId(target))) ?? new Uint8Array());
          const isOwn = lease?.state === 'held' && lease.owner.startsWith(Buffer.from(who).toString('hex'));
          // Not thrown: the run would stop with an error of its own.
          if (!isOwn) breaches.push(`${who} ${operation}`);
        }
        return gateway.send(operation, request, signal);
      },
    };
  };

  /** What a run draws at random begins with its name: the owner of a lease, for one. */
  const runtimeOf = (who: string): Runtime => ({
    ...clock,
    randomBytes: (size) => Buffer.concat([Buffer.from(who), clock.randomBytes(size)]).subarray(0, size),
  });

  const dependenciesOf = (race: Race, who: string): ReconcileDependencies => {
    const takeTurn: TakeTurn = async (what) => {
      await turnsOf(race.scheduler, who)(what);
      await race.still.get(who);
    };
    return {
      gateway: yieldingGateway(withChecks(watched(race, who)), takeTurn),
      rate: async () => 1_000,
      storage: yieldingStorage(race.storage, takeTurn),
      runtime: runtimeOf(who),
      observer: () => {},
    };
  };

  const restore = (race: Race, who: string): Promise<unknown> =>
    restoreSnapshot(dependenciesOf(race, who), {
      reader,
      target: parsePoolId(race.target),
      confirm: async () => true,
    });
  const clean = (race: Race, who: string): Promise<unknown> =>
    cleanPool(dependenciesOf(race, who), { target: parsePoolId(race.target), confirm: async () => true });

  /** A run that is refused is started again, a few times. */
  const insist = async ({ scheduler }: Race, who: string, work: () => Promise<unknown>): Promise<void> => {
    for (let attempt = 0; attempt < 6; attempt += 1) {
      if ((await outcomeOf(work())) !== 'locked') return;
      for (let n = 0; n < 4; n += 1) await turnsOf(scheduler, who)('waits');
    }
  };

  /** Lets A, and later B, stand still for longer than a lease lives, while the other one goes on for some turns. */
  const stallBoth = async ({ scheduler, still }: Race): Promise<void> => {
    const turns = async (count: number): Promise<void> => {
      for (let n = 0; n < count; n += 1) await turnsOf(scheduler, 'clock')('ticks');
    };
    for (const who of ['A', 'B']) {
      await turns(4);
      const { promise, resolve } = withResolvers();
      still.set(who, promise);
      clock.advance(6 * MINUTE_MS);
      await turns(40);
      still.delete(who);
      resolve();
    }
  };

  const expectRestoredBy = async (race: Race): Promise<void> => {
    const storage = race.storage;
    const again = { gateway: bare(), rate: async () => 1_000, storage, runtime: clock, observer: () => {} };
    // Whoever stood still to the end has let go of nothing.
    clock.advance(10 * MINUTE_MS);
    expect(
      await restoreSnapshot(again, { reader, target: parsePoolId(race.target), confirm: async () => true }),
    ).toMatchObject({ done: true, failed: 0, remaining: { missing: 0, changed: 0 } });
    expect(comparePools(simulator, source, race.target, { by: 'contact' })).toEqual([]);
    expect(compareGroups(simulator, source, race.target)).toEqual([]);
    const users = [...simulator.pool(race.target).users()];
    expect(users.filter(({ status }) => status === 'FORCE_CHANGE_PASSWORD')).toEqual([]);
    expect(users).toHaveLength(
      seed.users.filter(({ status }) => status !== 'UNCONFIRMED' && status !== 'EXTERNAL_PROVIDER').length,
    );
  };

  it.each([
    ['two restores', restore, restore],
    ['a restore and a clean', restore, clean],
  ] as const)(
    '%s: none writes without the lease, and a run afterwards finds nothing wrong',
    async (_, first, second) => {
      await fc.assert(
        fc.asyncProperty(fc.scheduler({ act: afterRest }), async (scheduler) => {
          const target = plantSeed(simulator, { ...seed, users: seed.users.slice(0, 2) });
          const race: Race = { scheduler, storage: memoryStorage(), target, still: new Map(), breaches: [] };
          const runs = [
            insist(race, 'A', () => first(race, 'A')),
            insist(race, 'B', () => second(race, 'B')),
            stallBoth(race),
          ];
          await scheduler.waitFor(Promise.all(runs));
          expect(race.breaches).toEqual([]);
          await expectRestoredBy(race);
        }),
        { numRuns: effort({ ordinary: 20, long: 1_000 }) },
      );
    },
  );
});

/** Node 20 has no Promise.withResolvers. */
function withResolvers(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

function isMutation(operation: OperationName): boolean {
  return (
    /^(Create|Update|Delete|Start|Add)/.test(operation) ||
    (operation.startsWith('Admin') && !operation.startsWith('AdminGet'))
  );
}
