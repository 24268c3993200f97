import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { parsePoolId } from '../../src/model/ids.ts';
import type { BackupResult } from '../../src/operations/backup/backup.ts';
import { listSnapshots } from '../../src/operations/snapshots/list-snapshots.ts';
import { verifySnapshot } from '../../src/operations/verify/verify-snapshot.ts';
import { runsOf } from '../../src/runs/run-record.ts';
import { realRuntime } from '../../src/runtime/real-runtime.ts';
import { ordinaryPool } from '../../src/simulator/seeds/ordinary-pool.ts';
import { plantSeed } from '../../src/simulator/seeds/plant-seed.ts';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.ts';
import { openVault, type Vault } from '../../src/snapshot/vault.ts';
import { openStorage } from '../../src/storage/open-storage.ts';
import { collect } from '../contracts/storage.contract.ts';
import { compareGroups, comparePools } from '../support/compare-pools.ts';
import { effort } from '../support/effort.ts';
import { startHoldingProxy, type HoldingProxy } from '../support/holding-proxy.ts';
import { openRaceTrack, type RaceTrack } from './racers.ts';
import type { RaceAnswer } from './race-task.ts';
import { stubAws } from '../support/environment.ts';

const ROUNDS = effort({ ordinary: 1, long: 25 });
const LEASE_MS = 2_000;
const onLinux = process.platform === 'linux';
type Moment = readonly [operation: string, nth: number];
const everyMoment: readonly Moment[] = [
  ['CreateGroup', 1],
  ['AdminCreateUser', 1],
  ['AdminCreateUser', 9],
  ['AdminSetUserPassword', 4],
  ['AdminDisableUser', 1],
  ['AdminAddUserToGroup', 2],
];
/** Where an owner stands still: while it waits for the slot of its nth call. */
const moments: { readonly local: readonly Moment[]; readonly s3: readonly Moment[] } = {
  local: effort({ ordinary: [everyMoment[2]!], long: everyMoment }),
  s3: effort({ ordinary: [everyMoment[5]!], long: everyMoment }),
};
const MUTATION = /^(Create|Update|Delete|Admin(?!Get|List)|Start)/;
const seed = ordinaryPool({ users: 40, groups: 3, seed: 11, model: 'email' });
/** Whom a restore leaves as they are: nobody who waits for a password of his own. */
const present = seed.users.slice(0, 20).filter(({ status }) => status !== 'FORCE_CHANGE_PASSWORD');
/** More than one page, so that two backups have time to meet. */
const large = ordinaryPool({ users: 200, groups: 3, seed: 12, model: 'username' });

stubAws();

let track: RaceTrack;
let simulator: Simulator;
let proxy: HoldingProxy;
let folder: string;
let vaults = 0;
beforeAll(async () => {
  track = await openRaceTrack();
  simulator = await startSimulator({ quotaScale: 'unlimited', latencyMs: 5 });
  simulator.s3.putBucket('bucket');
  vi.stubEnv('AWS_ENDPOINT_URL_S3', simulator.endpoint);
  proxy = await startHoldingProxy(simulator.endpoint);
  folder = await mkdtemp(join(tmpdir(), 'races-vault-'));
});
afterAll(async () => {
  await track?.close();
  await proxy?.stop();
  await simulator?.stop();
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});
afterEach(() => track.endAll());

const succeeded = (answers: readonly RaceAnswer[]): readonly RaceAnswer[] =>
  answers.filter((answer) => 'value' in answer);
const snapshotsOf = (answers: readonly RaceAnswer[]): ReadonlySet<unknown> =>
  new Set(succeeded(answers).map((answer) => 'value' in answer && (answer.value as BackupResult).snapshot.id));
const expectDoneOrLocked = (answers: readonly RaceAnswer[]): void => {
  for (const answer of answers) {
    if ('code' in answer) expect(answer).toMatchObject({ code: 'locked' });
    else expect(answer.value).toMatchObject({ done: true });
  }
  expect(succeeded(answers).length, 'nobody came through').toBeGreaterThan(0);
};

describe.each(['local', 's3'] as const)('on a vault that is %s', (kind) => {
  let location: string;
  let vault: Vault;
  beforeEach(async () => {
    const name = `${kind}-${(vaults += 1)}`;
    location = kind === 'local' ? join(folder, name) : `s3://bucket/${name}`;
    const storage = await openStorage(location, { runtime: realRuntime, region: simulator.region, create: true });
    vault = await openVault(storage, { runtime: realRuntime, create: true });
  });
  const start = (endpoint = simulator.endpoint) => track.start(location, { endpoint });

  const expectValidSnapshots = async (pool: string): Promise<number> => {
    const poolId = parsePoolId(pool);
    const snapshots = (await listSnapshots(vault)).filter(({ status }) => status !== 'unfinished');
    for (const { id } of snapshots) {
      expect(await verifySnapshot(vault, { poolId, id })).toMatchObject({ ok: true, problems: [] });
    }
    expect(snapshots.map((snapshot) => 'totals' in snapshot && snapshot.totals.users)).toEqual(
      snapshots.map(() => large.users.length),
    );
    return snapshots.length;
  };

  describe.each(['single', 'sharded'] as const)('two backups of one pool, listing %s', (listing) => {
    it('started at once: each makes a snapshot or stops with locked, and every snapshot is whole', async () => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const pool = plantSeed(simulator, large);
        const racers = [start(), start(), start()];
        const answers = await Promise.all(racers.map((racer) => racer.do({ kind: 'backup', pool, listing })));
        expectDoneOrLocked(answers);
        // Two may bring one snapshot to its end, when they would have written the same manifest to the byte.
        expect(await expectValidSnapshots(pool)).toBe(snapshotsOf(answers).size);
        await track.endAll();
        for await (const { key } of vault.storage.list('pools/')) await vault.storage.delete(key);
      }
    });

    it('that find one unfinished snapshot: one ends it, the other stops with locked', async () => {
      const pool = plantSeed(simulator, large);
      const first = start(proxy.endpoint);
      const reached = proxy.hold('ListUsers', 2, 'after');
      void first.do({ kind: 'backup', pool, listing });
      await reached;
      // The first resumer stands still in the middle of its listing, where the second one takes the snapshot over.
      await first.end();
      const [unfinished] = await listSnapshots(vault);
      // The first one's calls may still be on their way through its proxy.
      const own = await startHoldingProxy(simulator.endpoint);
      const slow = start(own.endpoint);
      const answer = slow.do({ kind: 'backup', pool, listing, maxRps: 4 });
      while (!own.passed.includes('ListUsers')) await sleep(5);
      slow.kill('SIGSTOP');
      const other = await start().do({ kind: 'backup', pool, listing });
      expect(other).toMatchObject({ value: { done: true, snapshot: { id: unfinished!.id } } });
      slow.kill('SIGCONT');
      expect(await answer).toMatchObject({ code: 'locked' });
      expect(await expectValidSnapshots(pool)).toBe(1);
      expect(await listSnapshots(vault)).toHaveLength(1);
      await own.stop();
    });
  });

  describe('applies', () => {
    let source: string;
    let snapshot: string;
    let target: string;
    beforeEach(async () => {
      source = plantSeed(simulator, seed);
      target = plantSeed(simulator, { ...seed, groups: [], users: [] });
      const taken = await start().do({ kind: 'backup', pool: source, listing: 'single' });
      snapshot = (taken as { readonly value: { readonly snapshot: { readonly id: string } } }).value.snapshot.id;
    });

    const expectRestored = async (): Promise<void> => {
      expect(comparePools(simulator, source, target, { by: 'contact' })).toEqual([]);
      expect(compareGroups(simulator, source, target)).toEqual([]);
      const users = [...simulator.pool(target).users()];
      const wanted = seed.users.filter(({ status }) => status !== 'UNCONFIRMED' && status !== 'EXTERNAL_PROVIDER');
      expect(users, 'somebody is there twice').toHaveLength(wanted.length);
      expect(users.filter(({ status }) => status === 'FORCE_CHANGE_PASSWORD')).toEqual([]);
      for (const run of await collect(runsOf(vault.storage, parsePoolId(target)))) expect(run.state).toBe('done');
    };

    it('at once on one target: one stops with locked and hears who holds it, or they run one after the other', async () => {
      for (let round = 0; round < ROUNDS; round += 1) {
        target = plantSeed(simulator, { ...seed, groups: [], users: [] });
        const racers = [start(), start(), start()];
        const answers = await Promise.all(
          racers.map((racer) => racer.do({ kind: 'restore', source, snapshot, target })),
        );
        expectDoneOrLocked(answers);
        for (const answer of answers) {
          if ('code' in answer)
            expect(answer.message).toMatch(/by process|\(process \d+ on |another run has just taken it/);
        }
        await expectRestored();
      }
    });

    it('a restore against a clean: whoever comes through leaves what it says, and a restore afterwards is whole', async () => {
      for (let round = 0; round < ROUNDS; round += 1) {
        target = plantSeed(simulator, { ...seed, users: present });
        const [restore, clean] = [start(), start()];
        const answers = await Promise.all([
          restore.do({ kind: 'restore', source, snapshot, target }),
          clean.do({ kind: 'clean', target }),
        ]);
        expectDoneOrLocked(answers);
        if (succeeded(answers).length === 1) {
          if ('value' in answers[1]) expect(simulator.pool(target).size).toBe(0);
          else await expectRestored();
        }
        expect(await restore.do({ kind: 'restore', source, snapshot, target })).toMatchObject({
          value: { done: true },
        });
        await expectRestored();
      }
    });

    const stallAt = async (stall: { readonly operation: string; readonly nth: number }, leaseMs: number) => {
      const racer = start(proxy.endpoint);
      const task = { kind: 'restore', source, snapshot, target, leaseMs } as const;
      expect(await racer.do({ ...task, stall })).toEqual({ value: 'stalls' });
      const answer = racer.next();
      while (!(await isStopped(racer.pid))) await sleep(5);
      return { racer, answer, task };
    };

    it.runIf(onLinux)('an owner that stands still within its lease is waited for, and goes on', async () => {
      const { racer, answer, task } = await stallAt({ operation: 'AdminCreateUser', nth: 5 }, 600_000);
      const holder = expect.stringContaining(`a restore run holds it until`);
      expect(await start().do(task)).toMatchObject({ code: 'locked', message: holder });
      expect(await start().do({ kind: 'clean', target })).toMatchObject({
        code: 'locked',
        message: expect.stringContaining(`(process ${racer.pid} on `),
      });
      racer.kill('SIGCONT');
      expect(await answer).toMatchObject({ value: { done: true, failed: 0 } });
      await expectRestored();
    });

    it.runIf(onLinux).each(moments[kind])(
      'an owner that stands still at %s %i for longer than its lease writes nothing when it wakes up',
      async (operation, nth) => {
        const { racer, answer, task } = await stallAt({ operation, nth }, LEASE_MS);
        await sleep(LEASE_MS + 1_000);
        expect(await start().do(task)).toMatchObject({ value: { done: true, failed: 0 } });
        await expectRestored();
        const from = proxy.passed.length;
        const record = await recordBytes();
        racer.kill('SIGCONT');
        expect(await answer).toMatchObject({ code: 'locked' });
        expect(proxy.passed.slice(from).filter((name) => MUTATION.test(name))).toEqual([]);
        expect(await recordBytes()).toEqual(record);
        await expectRestored();
      },
    );

    const recordBytes = async (): Promise<readonly string[]> => {
      const contents: string[] = [];
      for await (const { key } of vault.storage.list(`runs/${target}/`)) {
        contents.push(`${key} ${Buffer.from((await vault.storage.get(key))!.bytes).toString('base64')}`);
      }
      return contents;
    };
  });
});

/** Whether a process was stopped by a signal. Source: proc(5). */
async function isStopped(pid: number): Promise<boolean> {
  return / T /.test((await readFile(`/proc/${pid}/stat`, 'utf8')).slice(0, 40));
}
