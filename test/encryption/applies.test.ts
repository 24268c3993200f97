import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parsePoolId, type PoolId } from '../../src/model/ids.ts';
import { backupPool } from '../../src/operations/backup/backup.ts';
import { cleanPool } from '../../src/operations/clean.ts';
import { mirrorSnapshot } from '../../src/operations/mirror.ts';
import { restoreSnapshot } from '../../src/operations/restore.ts';
import { verifySnapshot } from '../../src/operations/verify/verify-snapshot.ts';
import { knownPairs } from '../../src/runs/known-pairs.ts';
import { realRuntime } from '../../src/runtime/real-runtime.ts';
import { mixedPool } from '../../src/simulator/seeds/mixed-pool.ts';
import { plantSeed } from '../../src/simulator/seeds/plant-seed.ts';
import { openSnapshot, type SnapshotReader } from '../../src/snapshot/snapshot-reader.ts';
import type { Vault } from '../../src/snapshot/vault.ts';
import { collect } from '../fakes/collect.ts';
import { comparePools } from '../support/compare-pools.ts';
import { setUpWorkbench, type Workbench } from '../support/workbench.ts';
import {
  filesBelow,
  keyFolder,
  KMS_KEY,
  testKms,
  vaultWith,
  type KeyFolder,
  type TestKms,
} from './encryption-bench.ts';
import type { KeyOptions } from '../../src/encryption/open-keys.ts';

const SEED = mixedPool({ users: 60, groups: 4 });

let bench: Workbench;
let keys: KeyFolder;
let kms: TestKms;
let source: PoolId;
let target: PoolId;

beforeEach(async () => {
  bench = await setUpWorkbench();
  keys = await keyFolder();
  kms = testKms();
  source = parsePoolId(plantSeed(bench.simulator, SEED));
  target = parsePoolId(bench.simulator.createPool({ ...SEED.config }));
});
afterEach(async () => {
  await keys.remove();
  await bench.close();
});

const opened = (options: KeyOptions): Promise<Vault> => vaultWith(bench.deps.storage, options, kms);

async function snapshotOf(vault: Vault, poolId: PoolId): Promise<SnapshotReader> {
  const { gateway, deps } = bench;
  const { snapshot } = await backupPool(
    { gateway, vault, runtime: realRuntime, observer: deps.observer },
    { poolId, listing: 'auto' },
  );
  return openSnapshot(vault, { poolId, id: snapshot.id });
}

const confirm = async (): Promise<boolean> => true;
const applied = (vault: Vault) => ({ ...bench.deps, vault });

/** Everybody and every group of the source, as no file of the vault may hold them. */
async function expectSealed(): Promise<void> {
  const people = [...bench.simulator.pool(source).users()];
  const canaries = people.flatMap(({ username, sub, attributes }) => [
    sub,
    ...(username.length > 7 ? [username] : []),
    ...attributes.filter(([name]) => name === 'email' || name === 'phone_number').map(([, value]) => value),
  ]);
  expect(canaries.length).toBeGreaterThan(100);
  for (const [path, bytes] of await filesBelow(bench.folder)) {
    expect(
      canaries.filter((canary) => bytes.includes(canary)),
      path,
    ).toEqual([]);
    expect(bytes.subarray(0, 2).toString('hex'), path).not.toBe('1f8b');
    if (path.includes('.jsonl')) expect(path).toMatch(/\.jsonl\.gz\.age$/);
    if (path.endsWith('.age')) expect(bytes.subarray(0, 22).toString()).toBe('age-encryption.org/v1\n');
  }
}

describe('an apply of an encrypted snapshot', () => {
  it('restores with the private key alone, encrypts the map for the same, and passes over one that does not open', async () => {
    const key = await keys.newKey('key');
    await snapshotOf(await opened({ encryptTo: [key.recipient] }), source);
    const vault = await opened({ identities: [key.file] });
    const [ref] = await vault.snapshots(source);
    const reader = await openSnapshot(vault, ref!);
    const result = await restoreSnapshot(applied(vault), { reader, target, confirm });
    expect(result).toMatchObject({ done: true, failed: 0 });
    expect(comparePools(bench.simulator, source, target)).toEqual([]);
    await expectSealed();

    const names = [...(await filesBelow(bench.folder)).keys()].filter((path) => path.includes('/runs/'));
    expect(names.filter((path) => path.includes('/map-')).length).toBe(1);
    expect((await collect(knownPairs(vault.storage, source, target, { vault }))).length).toBeGreaterThan(40);
    const unreadable: string[] = [];
    const options = { vault: await opened({}), onUnreadable: (id: string) => void unreadable.push(id) };
    expect(await collect(knownPairs(vault.storage, source, target, options))).toEqual([]);
    expect(await collect(knownPairs(vault.storage, source, target))).toEqual([]);
    expect(unreadable).toHaveLength(1);
  });

  it('writes nothing with a wrong key or with none', async () => {
    const key = await keys.newKey('key');
    const other = await keys.newKey('other');
    const { ref } = await snapshotOf(await opened({ encryptTo: [key.recipient] }), source);
    const before = [...(await filesBelow(bench.folder)).keys()];
    bench.simulator.resetCounters();
    for (const [options, code] of [
      [{}, 'key-missing'],
      [{ identities: [other.file] }, 'key-wrong'],
    ] as const) {
      const vault = await opened(options);
      const reader = await openSnapshot(vault, ref);
      await expect(restoreSnapshot(applied(vault), { reader, target, confirm })).rejects.toMatchObject({ code });
      await expect(verifySnapshot(vault, ref)).rejects.toMatchObject({ code });
    }
    expect([...(await filesBelow(bench.folder)).keys()]).toEqual(before);
    expect(bench.simulator.counters.calls).toEqual({});
  });

  it('mirrors and cleans with public keys alone, as long as one process takes the snapshot and reads it', async () => {
    const key = await keys.newKey('key');
    const vault = await opened({ encryptTo: [key.recipient] });
    const reader = await snapshotOf(vault, source);
    const verified = await verifySnapshot(vault, reader.ref);
    expect(await mirrorSnapshot(applied(vault), { reader, verified, target, confirm })).toMatchObject({ failed: 0 });
    expect(comparePools(bench.simulator, source, target)).toEqual([]);
    await cleanPool(applied(vault), {
      target,
      confirm,
      backUpFirst: async () => void (await snapshotOf(vault, target)),
    });
    expect(bench.simulator.pool(target).size).toBe(0);
    await expectSealed();
  });

  it('goes on in slices where KMS gives the next one the key, and is refused where nothing would', async () => {
    const vault = await opened({ kmsKey: KMS_KEY });
    const { ref } = await snapshotOf(vault, source);
    let calls = 0;
    const deadline = (): boolean => (calls += 1) > 20;
    const first = await restoreSnapshot(applied(vault), {
      reader: await openSnapshot(vault, ref),
      target,
      confirm,
      deadline,
    });
    if (first.done) throw new Error('It should have stopped');
    calls = -10_000;
    const later = await opened({});
    const { continuation } = first;
    const reader = await openSnapshot(later, ref);
    const second = await restoreSnapshot(applied(later), { reader, target, confirm, deadline, continuation });
    expect(second).toMatchObject({ done: true, failed: 0 });
    expect(comparePools(bench.simulator, source, target)).toEqual([]);
    await expectSealed();

    const key = await keys.newKey('key');
    const withoutKms = await opened({ encryptTo: [key.recipient] });
    const sliced = { target, confirm, deadline };
    await expect(cleanPool(applied(withoutKms), sliced)).rejects.toMatchObject({ code: 'refused' });
  });

  it('is refused where it would write in the clear about a pool whose snapshots are encrypted', async () => {
    const key = await keys.newKey('key');
    await snapshotOf(await opened({ encryptTo: [key.recipient] }), source);
    const before = [...(await filesBelow(bench.folder)).keys()];
    const plain = await opened({});
    await expect(cleanPool(applied(plain), { target: source, confirm })).rejects.toMatchObject({ code: 'refused' });
    expect([...(await filesBelow(bench.folder)).keys()]).toEqual(before);
  });
});
