import { beforeEach, describe, expect, it } from 'vitest';
import { parsePoolId } from '../../src/model/ids.ts';
import type { User } from '../../src/model/user.ts';
import { readRunFile } from '../../src/runs/run-files.ts';
import { runPartKey, runRecordKey } from '../../src/runs/run-keys.ts';
import { loadRun } from '../../src/runs/run-record.ts';
import { manualRuntime, type ManualRuntime } from '../../src/runtime/manual-runtime.ts';
import { openVault, type Vault } from '../../src/snapshot/vault.ts';
import { collect } from '../fakes/collect.ts';
import { memoryStorage, type MemoryStorage } from '../fakes/memory-storage.ts';
import { samplePool, sampleUser } from '../fakes/sample-pool.ts';
import { RUN_TARGET, sampleRun } from '../fakes/sample-run.ts';
import { sampleSnapshot } from '../fakes/sample-snapshot.ts';
import { backUp, erase, EVE, keysNaming, mapLine, OTHERS, plantRun, TRACES, usernamesIn } from './erasing-vault.ts';

const THIRD = parsePoolId('eu-central-1_ThirdPool');
/** Sorts after the others. */
const FOURTH = parsePoolId('eu-central-1_ZFourthPo');
/** Eve as she lives on in the target of a restore, and in a mirror of that. */
const TWIN: User = { ...EVE, sub: 'ee000001-0000-4000-8000-000000000001', username: 'twin-username' };
const TRIPLET: User = { ...EVE, sub: 'ee000002-0000-4000-8000-000000000002', username: 'triplet-username' };
const [BOB, CAROL] = OTHERS as readonly [User, User];

let storage: MemoryStorage;
let runtime: ManualRuntime;
let vault: Vault;

beforeEach(async () => {
  storage = memoryStorage();
  runtime = manualRuntime();
  vault = await openVault(storage, { create: true, runtime });
});

const source = (user: User) => ({ username: user.username, sub: user.sub, status: user.status });

describe('erase in the files of runs', () => {
  it('drops the lines about the user, by sub or by name, and keeps the others', async () => {
    await backUp({ vault, runtime });
    const run = await plantRun(vault, sampleRun(1), {
      map: [mapLine(BOB, CAROL.sub), mapLine(EVE, TWIN.sub)],
      failures: [
        { step: 'AdminCreateUser', reason: 'r', hint: 'h', source: { username: 'EVE@canary.example' } },
        { step: 'AdminCreateUser', reason: 'r', hint: 'h', source: { username: BOB.username } },
      ],
      findings: [
        { finding: 'remaining', kind: 'extra', targetUsername: EVE.username },
        { finding: 'remaining', kind: 'missing', source: source(EVE) },
        { finding: 'remaining', kind: 'missing', group: 'a' },
      ],
    });
    const result = await erase({ vault, runtime });
    expect(result.users).toMatchObject({ asked: 1, found: 1, alsoKnownAs: 1, remembered: 2 });
    const target = result.pools.find(({ poolId }) => poolId === RUN_TARGET);
    expect(target?.runs).toEqual([{ id: run.id, fate: 'rewritten', done: true, lines: 4, reason: null }]);
    expect(await keysNaming(storage, [...TRACES, 'EVE@', TWIN.sub])).toEqual([]);
    const now = (await loadRun(storage, run))!;
    expect(await collect(readRunFile(storage, now.map))).toEqual([mapLine(BOB, CAROL.sub)]);
    expect(await collect(readRunFile(storage, now.failures))).toMatchObject([{ source: { username: BOB.username } }]);
    expect(await collect(readRunFile(storage, now.findings))).toMatchObject([{ group: 'a' }]);
    expect((await erase({ vault, runtime })).pools.flatMap(({ runs }) => runs)).toMatchObject([{ fate: 'untouched' }]);
  });

  it('leaves lines about somebody else of the same name, who has a sub of their own', async () => {
    await backUp({ vault, runtime });
    const namesake = { ...source(BOB), username: EVE.username };
    const run = await plantRun(vault, sampleRun(1), { failures: [{ step: 's', source: namesake }] });
    await erase({ vault, runtime });
    expect((await loadRun(storage, run))?.failures).toEqual(run.failures);
  });

  it('shortens a plan that was interrupted, and counts its rows for an import job', async () => {
    await backUp({ vault, runtime });
    const entry = (user: User) => ({
      kind: 'create-user',
      engine: 'import-job',
      source: source(user),
      attributes: user.attributes,
    });
    const open = sampleRun(1, { state: 'open', importRows: 2 });
    const run = await plantRun(vault, open, { plan: [entry(EVE), entry(BOB)] });
    await erase({ vault, runtime });
    const now = (await loadRun(storage, run))!;
    expect(now.importRows).toBe(1);
    expect(await collect(readRunFile(storage, now.plan))).toMatchObject([{ source: { sub: BOB.sub } }]);
    expect(await keysNaming(storage)).toEqual([]);
  });

  it('removes what runs have left that never began, and what no record names', async () => {
    await backUp({ vault, runtime });
    const run = await plantRun(vault, sampleRun(1), { map: [mapLine(EVE, TWIN.sub)] });
    const left = [runPartKey(run, 'plan-9', 1), runPartKey(sampleRun(2), 'plan-1', 1)];
    for (const key of left) await storage.put(key, storage.objects.get(run.map[0]!.key)!);
    await erase({ vault, runtime });
    for (const key of left) expect(storage.objects.has(key)).toBe(false);
  });

  it('says which runs it could not read', async () => {
    await backUp({ vault, runtime });
    const run = await plantRun(vault, sampleRun(1), { map: [mapLine(EVE, TWIN.sub)] });
    storage.objects.get(run.map[0]!.key)![30]! ^= 1;
    const result = await erase({ vault, runtime });
    expect(result.complete).toBe(false);
    expect(result.pools.flatMap(({ runs }) => runs)).toMatchObject([
      { fate: 'unreadable', reason: 'damaged', done: false },
    ]);
  });
});

describe('somebody who was restored elsewhere', () => {
  const snapshotOf = (id: typeof THIRD, user: User) =>
    sampleSnapshot({ vault, runtime }, { pool: samplePool({ id, arn: `arn:x:${id}` }), users: [user, sampleUser(9)] });

  beforeEach(async () => {
    await backUp({ vault, runtime });
    await plantRun(vault, sampleRun(1, { target: THIRD, source: RUN_TARGET }), { map: [mapLine(TWIN, TRIPLET.sub)] });
    await plantRun(vault, sampleRun(2), { map: [mapLine(EVE, TWIN.sub)] });
  });

  it('is erased under every sub, in the snapshots of every pool', async () => {
    const second = await snapshotOf(RUN_TARGET, TWIN);
    const third = await snapshotOf(THIRD, TRIPLET);
    const result = await erase({ vault, runtime });
    expect(result).toMatchObject({
      complete: true,
      users: { alsoKnownAs: 2, remembered: 3 },
      counts: { rewritten: 3 },
    });
    expect(await keysNaming(storage, [...TRACES, TWIN.sub, TRIPLET.sub, 'twin-', 'triplet-'])).toEqual([]);
    for (const { poolId } of [second, third]) {
      const [ref] = await vault.snapshots(poolId);
      expect(await usernamesIn(vault, ref!)).toEqual(['user-9']);
    }
  });

  it('is found from the other end too', async () => {
    const result = await erase({ vault, runtime }, { subs: [TRIPLET.sub] });
    expect(result).toMatchObject({ users: { found: 1, alsoKnownAs: 2 }, counts: { rewritten: 1 } });
    expect(await keysNaming(storage)).toEqual([]);
  });

  it('is found in the plan of a run that has not ended, whose map is not written yet', async () => {
    const entry = { kind: 'update-user', source: source(EVE), sub: TWIN.sub, username: TWIN.username };
    const run = await plantRun(vault, sampleRun(2, { state: 'open' }), { plan: [entry] });
    expect(run.map).toEqual([]);
    const second = await snapshotOf(RUN_TARGET, TWIN);
    expect((await erase({ vault, runtime })).users).toMatchObject({ alsoKnownAs: 2 });
    expect(await vault.snapshots(RUN_TARGET)).not.toContainEqual(second);
    expect(await keysNaming(storage, [...TRACES, TWIN.sub, 'twin-'])).toEqual([]);
  });

  it('is followed by what a map says before the place where it is damaged', async () => {
    // Met last of all, behind the run that knows the third pool's.
    const run = await plantRun(vault, sampleRun(3, { target: FOURTH }), { map: [mapLine(EVE, TWIN.sub)], plan: [{}] });
    storage.objects.get(run.plan[0]!.key)![15]! ^= 1;
    await storage.delete(runRecordKey(sampleRun(2)));
    expect((await erase({ vault, runtime })).users).toMatchObject({ alsoKnownAs: 2, remembered: 3 });
  });

  it('is left alone in other pools where one pool is named, but no reader brings them back', async () => {
    const third = await snapshotOf(THIRD, TRIPLET);
    const result = await erase({ vault, runtime }, { poolId: samplePool().id });
    expect(result.pools.map(({ poolId }) => poolId)).toEqual([samplePool().id]);
    expect(await vault.snapshots(THIRD)).toEqual([third]);
    expect(await usernamesIn(vault, third)).toEqual(['user-9']);
  });
});
