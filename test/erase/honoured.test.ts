import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parsePoolId, type PoolId } from '../../src/model/ids.ts';
import { diff } from '../../src/operations/diff/diff.ts';
import { exportSnapshot, EXPORT_FORMATS } from '../../src/operations/export/export.ts';
import { mirrorSnapshot } from '../../src/operations/mirror.ts';
import type { ReconcileResult } from '../../src/operations/reconcile/requests.ts';
import { restoreSnapshot } from '../../src/operations/restore.ts';
import { showUser } from '../../src/operations/snapshots/show.ts';
import { liveSide, snapshotSide } from '../../src/operations/values/diff-side.ts';
import { verifyPool } from '../../src/operations/verify/verify-pool.ts';
import { realRuntime } from '../../src/runtime/real-runtime.ts';
import { ordinaryPool } from '../../src/simulator/seeds/ordinary-pool.ts';
import { plantSeed } from '../../src/simulator/seeds/plant-seed.ts';
import { rememberErased } from '../../src/snapshot/erasure-ledger.ts';
import { openSnapshot, type SnapshotReader } from '../../src/snapshot/snapshot-reader.ts';
import { openLocalFolder } from '../../src/storage/local-folder.ts';
import { setUpWorkbench, type Workbench } from '../support/workbench.ts';

const yes = async (): Promise<boolean> => true;
const USERS = 30;
const SEED = ordinaryPool({ users: USERS, groups: 3, seed: 3, model: 'username' });

/** The ledger alone, as it is where every snapshot is locked: what the parts hold is left as it is. */
describe('somebody in the ledger, but still in the snapshot', () => {
  let bench: Workbench;
  let source: PoolId;
  let target: PoolId;
  let reader: SnapshotReader;
  let erased: { readonly username: string; readonly sub: string; readonly email: string };

  beforeEach(async () => {
    bench = await setUpWorkbench();
    source = parsePoolId(plantSeed(bench.simulator, SEED));
    target = parsePoolId(plantSeed(bench.simulator, { ...SEED, groups: [], users: [] }));
    const { ref } = await bench.snapshotOf(source);
    const person = [...bench.simulator.pool(source).users()].find(
      ({ groups, status, enabled }) => groups.length > 0 && status === 'CONFIRMED' && enabled,
    )!;
    const email = person.attributes.find(([name]) => name === 'email')![1];
    erased = { username: person.username, sub: person.sub, email };
    await rememberErased({ vault: bench.vault, runtime: realRuntime }, { subs: [erased.sub], pool: null });
    reader = await openSnapshot(bench.vault, ref);
    bench.events.length = 0;
  });
  afterEach(() => bench.close());

  const namesIn = (poolId: PoolId): readonly string[] =>
    [...bench.simulator.pool(poolId).users()].map(({ username }) => username);
  const leftOut = { kind: 'left-out', reason: 'erased', users: 1 };

  it('is not restored, by no engine and under no choice, and the plan says how many were left out', async () => {
    for (const existing of ['skip', 'update'] as const) {
      const result = (await restoreSnapshot(bench.deps, { reader, target, confirm: yes, existing })) as ReconcileResult;
      expect(result).toMatchObject({ done: true, plan: { erasedUsers: 1 }, remaining: { missing: 0, changed: 0 } });
      expect(result.failed).toBe(0);
    }
    expect(namesIn(target)).not.toContain(erased.username);
    expect(namesIn(target).length).toBeGreaterThan(USERS / 2);
    expect(bench.events).toContainEqual(leftOut);
  });

  it('cannot be asked for by name', async () => {
    const options = { reader, target, confirm: yes, onlyUsers: [erased.username] };
    await expect(restoreSnapshot(bench.deps, options)).rejects.toMatchObject({ code: 'user-not-found' });
  });

  it('is deleted by a mirror, under its guards', async () => {
    const standby = parsePoolId(plantSeed(bench.simulator, SEED));
    const verified = await bench.verified(reader);
    expect(verified).toMatchObject({ ok: true, checked: { totals: { users: USERS } } });
    const asked: string[] = [];
    const confirm = async (_plan: unknown, confirmation: string): Promise<boolean> => asked.push(confirmation) > 0;
    await mirrorSnapshot(bench.deps, { reader, verified, target: standby, confirm });
    expect(asked).toEqual(['pool-id']);
    expect(namesIn(standby)).not.toContain(erased.username);
  });

  it.each(EXPORT_FORMATS)('is in no file of an export as %s', async (format) => {
    const folder = join(bench.folder, 'out');
    const out = await openLocalFolder(folder, { runtime: realRuntime, create: true });
    const { observer } = bench.deps;
    const result = await exportSnapshot({ reader, runtime: realRuntime, observer }, { format, out });
    expect(result).toMatchObject({ users: USERS - 1, erasedUsers: 1 });
    expect(bench.events).toContainEqual(leftOut);
    const files = (await readdir(folder)).filter((name) => /\.(csv|jsonl)$/.test(name));
    expect(files.length).toBeGreaterThan(2);
    for (const name of files) {
      const text = await readFile(join(folder, name), 'utf8');
      for (const value of Object.values(erased)) expect(text, name).not.toContain(value);
    }
  });

  it('is not shown, and differs from a pool that still has them', async () => {
    await expect(showUser(bench.vault, { ref: reader.ref, key: erased.sub })).rejects.toMatchObject({
      code: 'user-not-found',
    });
    const before = await snapshotSide(reader);
    const found = await diff(realRuntime, before, await liveSide(bench.gateway, source));
    expect([found.added, found.removed, found.changed, before.erasedUsers?.()]).toEqual([1, 0, 0, 1]);
    const compared = await verifyPool({ gateway: bench.gateway, runtime: realRuntime }, reader, { poolId: source });
    expect(compared).toMatchObject({ differences: { missing: 0, extra: 1, changed: 0 }, erasedUsers: 1 });
  });

  it('is in no plan that goes on: one made before is made anew', async () => {
    const early = await openSnapshot(bench.vault, reader.ref);
    const other = [...bench.simulator.pool(source).users()].find(({ sub }) => sub !== erased.sub)!;
    let spent = false;
    const slice = { target, deadline: () => spent, confirm: async () => (spent = true) };
    const first = await restoreSnapshot(bench.deps, { reader: early, ...slice });
    if (first.done) throw new Error('The slice was not cut');
    await rememberErased({ vault: bench.vault, runtime: realRuntime }, { subs: [other.sub], pool: null });
    const later = { reader: await openSnapshot(bench.vault, reader.ref), target, confirm: yes };
    const { continuation } = first;
    await expect(restoreSnapshot(bench.deps, { ...later, continuation })).rejects.toMatchObject({ code: 'usage' });
    expect(await restoreSnapshot(bench.deps, later)).toMatchObject({ done: true, plan: { erasedUsers: 2 } });
    expect(namesIn(target)).not.toContain(other.username);
  });

  it('stops everything where the ledger is damaged, and verify proves the bytes all the same', async () => {
    await bench.vault.storage.delete('erasures/key.json');
    const blind = await openSnapshot(bench.vault, reader.ref);
    const damaged = { code: 'damaged' };
    await expect(restoreSnapshot(bench.deps, { reader: blind, target, confirm: yes })).rejects.toMatchObject(damaged);
    await expect(snapshotSide(blind).then(({ readUsers }) => readUsers(async () => undefined))).rejects.toMatchObject(
      damaged,
    );
    expect(namesIn(target)).toEqual([]);
    expect((await bench.verified(reader)).ok).toBe(true);
  });
});
