import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newAgeKey } from '../../src/encryption/age.ts';
import { KeyRing } from '../../src/encryption/key-ring.ts';
import { noKeys } from '../../src/encryption/vault-keys.ts';
import { BackupError, isBackupError } from '../../src/model/errors.ts';
import { backupPool, type BackupResult } from '../../src/operations/backup/backup.ts';
import { manualRuntime } from '../../src/runtime/manual-runtime.ts';
import { SeededRandom } from '../../src/simulator/seeded-random.ts';
import { openVault, type Vault } from '../../src/snapshot/vault.ts';
import { memoryStorage, type MemoryStorage } from '../fakes/memory-storage.ts';
import { sweep } from '../fuzz/sweep.ts';
import { checkSnapshot, type Tally } from './check-snapshot.ts';
import { ShiftingPool } from './shifting-pool.ts';
import { Unrest } from './unrest.ts';

const HOUR_MS = 3_600_000;

/** Where a run ends before its time, and how long it is until the next begins. */
const stop = fc.record({
  how: fc.constantFrom('deadline', 'interrupted', 'killed at a call', 'killed before a write', 'killed after a write'),
  nth: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 90 })),
  pauseMs: fc.constantFrom(0, 0, 30_000, HOUR_MS - 1, 2 * HOUR_MS, 25 * HOUR_MS),
});

const scenario = fc.record({
  seed: fc.nat(),
  stableUsers: fc.integer({ min: 0, max: 40 }),
  volatileUsers: fc.integer({ min: 0, max: 30 }),
  stableGroups: fc.integer({ min: 0, max: 10 }),
  volatileGroups: fc.integer({ min: 0, max: 5 }),
  lagMs: fc.constantFrom(0, 300, 5_000, 30_000),
  stepMs: fc.constantFrom(1, 200, 3_000),
  pageSize: fc.integer({ min: 1, max: 12 }),
  changesACall: fc.integer({ min: 0, max: 4 }),
  moves: fc.boolean(),
  stops: fc.array(stop, { maxLength: 4 }),
});
interface Kind {
  readonly listing: 'single' | 'sharded';
  /** To a key that the backup itself does not have: what it wrote it cannot read again. */
  readonly encrypted: boolean;
}
type Scenario = Kind & (typeof scenario extends fc.Arbitrary<infer Value> ? Value : never);
type Stop = Scenario['stops'][number];

const KINDS: readonly (readonly [name: string, kind: Kind, runs: { ordinary: number; long: number }])[] = [
  ['in one chain', { listing: 'single', encrypted: false }, { ordinary: 40, long: 800 }],
  ['in shards', { listing: 'sharded', encrypted: false }, { ordinary: 30, long: 500 }],
  ['in one chain, encrypted', { listing: 'single', encrypted: true }, { ordinary: 10, long: 100 }],
  ['in shards, encrypted', { listing: 'sharded', encrypted: true }, { ordinary: 6, long: 60 }],
];

describe('a backup of a pool that changes while it is listed', () => {
  const sum: Tally = { unchanged: 0, changed: 0, missed: 0, memberships: 0, orphans: 0 };

  it.each(KINDS)(
    '%s, killed and resumed, captures the unchanged exactly once and nobody twice',
    async (name, kind, runs) => {
      await fc.assert(
        fc.asyncProperty(scenario, async (given) => {
          const { problems, tally } = await play({ ...given, ...kind });
          expect(problems).toEqual([]);
          for (const key of Object.keys(sum) as (keyof Tally)[]) sum[key] += tally[key];
        }),
        sweep(`fuzzy listing ${name}`, runs),
      );
    },
  );

  it('met every kind of record in these runs', () => {
    process.stdout.write(`fuzzy listing: ${JSON.stringify(sum)}\n`);
    for (const count of Object.values(sum)) expect(count).toBeGreaterThan(0);
  });
});

async function play(given: Scenario): ReturnType<typeof checkSnapshot> {
  const random = new SeededRandom(given.seed);
  const runtime = manualRuntime('2026-11-22T12:00:00.250Z', given.seed);
  const storage = slowly(memoryStorage(), random);
  const keys = given.encrypted ? await newAgeKey() : undefined;
  const choice = keys && { choice: { recipients: [keys.recipient] } };
  // Each run is a process of its own.
  const openAnew = (): Promise<Vault> =>
    openVault(storage, { create: true, runtime, keys: { ...noKeys(), ...choice } });
  const check = async (result: BackupResult): ReturnType<typeof checkSnapshot> => {
    const ring = new KeyRing(keys ? { keys: [keys] } : {});
    const vault = await openVault(storage, { runtime, keys: { ...noKeys(), ring } });
    return checkSnapshot(pool, { vault, ref: refOf(result), lagMs: given.lagMs });
  };
  const pool = new ShiftingPool({ runtime, random, ...given });
  const unrest = new Unrest(pool, { random, ...given });
  const churn = (): void => {
    for (let left = random.below(given.changesACall + 1); left > 0; left -= 1) unrest.change();
  };
  runtime.advance(2 * given.lagMs);
  for (let before = 0; before < 5; before += 1) {
    churn();
    runtime.advance(random.below(given.lagMs + 1));
  }

  const run = async (stopping?: Stop): Promise<BackupResult | undefined> => {
    const vault = await openAnew();
    const { options, observeCall } = arm(stopping, storage);
    pool.onCall = () => {
      churn();
      observeCall();
    };
    const dependencies = { gateway: pool.gateway, vault, runtime, observer: () => undefined };
    try {
      return await backupPool(dependencies, { poolId: pool.description.id, listing: given.listing, ...options });
    } catch (error) {
      // A service that keeps its word is never taken for a broken one.
      if (error === KILLED || isBackupError(error, 'interrupted', 'token-expired')) return undefined;
      throw error;
    } finally {
      storage.beforeWrite = () => undefined;
      storage.afterWrite = () => undefined;
    }
  };
  for (const stopping of given.stops) {
    const result = await run(stopping);
    if (result?.done) return check(result);
    runtime.advance(stopping.pauseMs);
    churn();
  }
  // A chain that expired too often is given up, and the run after it begins anew.
  const result = (await run()) ?? (await run());
  if (!result?.done) throw new Error('The backup did not end');
  return check(result);
}

/** Answers of a real storage come back in any order. */
function slowly(storage: MemoryStorage, random: SeededRandom): MemoryStorage {
  const { get, putIfAbsent } = storage;
  const wait = async (): Promise<void> => {
    for (let turns = random.below(40); turns > 0; turns -= 1) await Promise.resolve();
  };
  storage.get = async (...call) => {
    await wait();
    return get(...call);
  };
  storage.putIfAbsent = async (...call) => {
    await wait();
    return putIfAbsent(...call);
  };
  return storage;
}

const KILLED = new BackupError('internal', 'The process was killed here');

function refOf({ poolId, snapshot }: BackupResult) {
  return { poolId, id: snapshot.id };
}

/** Makes one run end early: a killed process neither calls nor writes any more; the other two stop in good order. */
function arm(stopping: Stop | undefined, storage: MemoryStorage) {
  const controller = new AbortController();
  const from = storage.writes.length;
  let calls = 0;
  let pages = 0;
  let dead = false;
  const die = (): never => {
    dead = true;
    throw KILLED;
  };
  storage.beforeWrite = (_key, write) => {
    if (dead || (stopping?.how === 'killed before a write' && write - from >= stopping.nth % 30)) die();
  };
  storage.afterWrite = (_key, write) => {
    if (stopping?.how === 'killed after a write' && write - from >= stopping.nth % 30) die();
  };
  return {
    observeCall: () => {
      calls += 1;
      if (dead || (stopping?.how === 'killed at a call' && calls >= stopping.nth)) die();
      if (stopping?.how === 'interrupted' && calls >= stopping.nth) controller.abort();
    },
    options: {
      signal: controller.signal,
      ...(stopping?.how === 'deadline' && { deadline: () => (pages += 1) >= stopping.nth }),
    },
  };
}
