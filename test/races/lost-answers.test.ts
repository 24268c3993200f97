import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { parsePoolId } from '../../src/model/ids.ts';
import { backupPool } from '../../src/operations/backup/backup.ts';
import type { ReconcileDependencies } from '../../src/operations/reconcile/dependencies.ts';
import { restoreSnapshot } from '../../src/operations/restore.ts';
import { listSnapshots } from '../../src/operations/snapshots/list-snapshots.ts';
import { verifySnapshot } from '../../src/operations/verify/verify-snapshot.ts';
import { ordinaryPool } from '../../src/simulator/seeds/ordinary-pool.ts';
import { plantSeed } from '../../src/simulator/seeds/plant-seed.ts';
import type { Bucket } from '../../src/simulator/s3/bucket.ts';
import { openSnapshot } from '../../src/snapshot/snapshot-reader.ts';
import { openVault, type Vault } from '../../src/snapshot/vault.ts';
import { openStorage } from '../../src/storage/open-storage.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { text } from '../contracts/storage.contract.ts';
import { compareGroups, comparePools } from '../support/compare-pools.ts';
import { countingWrites } from '../support/dying-gateway.ts';
import { hurriedRuntime, setUpWorkbench, type Workbench } from '../support/workbench.ts';
import { startDroppingProxy, type DropOptions, type DroppingProxy } from './dropping-proxy.ts';

const seed = ordinaryPool({ users: 12, groups: 2, seed: 3, model: 'email' });
const NOBODY = /^never$/;

let bench: Workbench;
let proxy: DroppingProxy;
let bucket: Bucket;
let storage: Storage;
let prefix: string;
let vaults = 0;
beforeAll(async () => {
  bench = await setUpWorkbench();
  bucket = bench.simulator.s3.putBucket('bucket');
  proxy = await startDroppingProxy(bench.simulator.endpoint);
  vi.stubEnv('AWS_ENDPOINT_URL_S3', proxy.endpoint);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await proxy?.stop();
  await bench?.close();
});
beforeEach(async () => {
  proxy.drop(NOBODY);
  prefix = `vault-${(vaults += 1)}`;
  storage = await openStorage(`s3://bucket/${prefix}`, { runtime: hurriedRuntime, region: 'eu-central-1' });
});

const contentOf = async (key: string): Promise<string> => Buffer.from((await storage.get(key))!.bytes).toString();
/** Somebody else replaces an object, past the proxy. */
const replaceBy = (key: string, bytes: string): void => {
  const there = bucket.get(`${prefix}/${key}`);
  if (!there) throw new Error(`Nothing at ${key}`);
  bucket.put(`${prefix}/${key}`, { ...there, bytes: Buffer.from(bytes), etag: '"theirs"', checksums: [] });
};

describe.each([1, 3])('a write that was carried out and whose answer was lost %i times', (times) => {
  it('is known again by putIfAbsent', async () => {
    const lost = proxy.drop(/^PUT .*\/key/, { times });
    const stored = await storage.putIfAbsent('key', text('mine'));
    expect(lost()).toBe(times);
    expect(stored).toEqual(await storage.head('key'));
    expect(await storage.putIfAbsent('key', text('other'))).toBeUndefined();
  });

  it('is known again by putIfMatch', async () => {
    const { etag } = await storage.put('key', text('first'));
    const lost = proxy.drop(/^PUT .*\/key/, { times });
    const stored = await storage.putIfMatch('key', text('mine'), etag);
    expect(lost()).toBe(times);
    expect(stored).toEqual(await storage.head('key'));
    expect(await storage.putIfMatch('key', text('other'), etag)).toBeUndefined();
  });

  it('is no error of delete', async () => {
    await storage.put('key', text('first'));
    const lost = proxy.drop(/^DELETE .*\/key/, { times });
    await storage.delete('key');
    expect(lost()).toBe(times);
    expect(await storage.head('key')).toBeUndefined();
  });
});

describe('a write whose answer was lost, and which somebody else replaced meanwhile', () => {
  it.each(['theirs', 'min!'])('is lost to putIfAbsent (they wrote %j)', async (theirs) => {
    proxy.drop(/^PUT .*\/key/, { meanwhile: () => replaceBy('key', theirs) });
    expect(await storage.putIfAbsent('key', text('mine'))).toBeUndefined();
    expect(await contentOf('key')).toBe(theirs);
  });

  it.each(['theirs', 'min!'])('is lost to putIfMatch (they wrote %j)', async (theirs) => {
    const { etag } = await storage.put('key', text('first'));
    proxy.drop(/^PUT .*\/key/, { meanwhile: () => replaceBy('key', theirs) });
    expect(await storage.putIfMatch('key', text('mine'), etag)).toBeUndefined();
    expect(await contentOf('key')).toBe(theirs);
  });
});

const backUp = async (vault: Vault, pool: string) =>
  backupPool(
    { gateway: bench.gateway, vault, runtime: hurriedRuntime, observer: () => {} },
    { poolId: parsePoolId(pool), listing: 'single' },
  );

describe('a backup', () => {
  let vault: Vault;
  let pool: string;
  beforeEach(async () => {
    vault = await openVault(storage, { runtime: hurriedRuntime, create: true });
    pool = plantSeed(bench.simulator, seed);
  });

  const cases: readonly (readonly [RegExp, DropOptions])[] = [
    [/^PUT .*\/pool\.json/, {}],
    [/^PUT .*\/checkpoint\.json/, {}],
    [/^PUT .*\/checkpoint\.json/, { times: 3 }],
    [/^PUT .*\/users\//, {}],
    [/^PUT .*\/manifest\.json/, {}],
    [/^PUT .*\/manifest\.json/, { times: 3 }],
    [/^DELETE .*\/checkpoint\.json/, {}],
    [/^(PUT|DELETE) /, { every: 2 }],
  ];
  it.each(cases)('whose answers to %s are lost (%o) makes one whole snapshot', async (name, options) => {
    const lost = proxy.drop(name, options);
    const result = await backUp(vault, pool);
    expect(lost()).toBeGreaterThan(0);
    expect(result).toMatchObject({ done: true, totals: { users: seed.users.length } });
    expect(await listSnapshots(vault)).toHaveLength(1);
    const ref = { poolId: parsePoolId(pool), id: result.snapshot.id };
    expect(await verifySnapshot(vault, ref)).toMatchObject({ ok: true, problems: [] });
  });

  it.each(['manifest.json', 'checkpoint.json'])('does not take the %s of another run for its own', async (file) => {
    proxy.drop(new RegExp(`^PUT .*/${file}`), { meanwhile: () => replaceBy(keyOf(file), '{"theirs":true}') });
    await expect(backUp(vault, pool)).rejects.toMatchObject({ code: 'locked' });
    expect(await contentOf(keyOf(file))).toBe('{"theirs":true}');
  });

  const keyOf = (file: string): string => {
    const key = bucket.keys.find((name) => name.startsWith(`${prefix}/`) && name.endsWith(`/${file}`));
    return (key ?? '').slice(prefix.length + 1);
  };
});

describe('a restore', () => {
  let deps: ReconcileDependencies;
  let restore: (using?: ReconcileDependencies) => ReturnType<typeof restoreSnapshot>;
  let source: string;
  let target: string;
  beforeEach(async () => {
    source = plantSeed(bench.simulator, seed);
    target = plantSeed(bench.simulator, { ...seed, groups: [], users: [] });
    const vault = await openVault(storage, { runtime: hurriedRuntime, create: true });
    const { snapshot } = await backUp(vault, source);
    const reader = await openSnapshot(vault, { poolId: parsePoolId(source), id: snapshot.id });
    deps = { ...bench.deps, storage };
    restore = (using = deps) =>
      restoreSnapshot(using, { reader, target: parsePoolId(target), confirm: async () => true });
  });

  const cases: readonly (readonly [RegExp, DropOptions])[] = [
    [/^PUT .*\/locks\//, {}],
    [/^PUT .*\/locks\//, { every: 2 }],
    [/^PUT .*\/run\.json/, {}],
    [/^PUT .*\/run\.json/, { times: 3 }],
    [/^PUT .*\/plan-/, {}],
    [/^DELETE .*\/plan-/, {}],
    [/^(PUT|DELETE) /, { every: 2 }],
  ];
  it.each(cases)('whose answers to %s are lost (%o) ends as ever, and lets its lock go', async (name, options) => {
    const lost = proxy.drop(name, options);
    expect(await restore()).toMatchObject({ done: true, failed: 0, remaining: { missing: 0, changed: 0 } });
    expect(lost()).toBeGreaterThan(0);
    expect(comparePools(bench.simulator, source, target, { by: 'contact' })).toEqual([]);
    expect(compareGroups(bench.simulator, source, target)).toEqual([]);
    expect(JSON.parse(await contentOf(`locks/${target}.json`))).toMatchObject({ state: 'free', generation: 1 });
  });

  it.each([
    ['lease', /^PUT .*\/locks\//, () => `locks/${target}.json`],
    ['record', /^PUT .*\/run\.json/, () => runKey()],
  ] as const)('does not take the %s of another run for its own, and writes nothing', async (_, name, key) => {
    const holder = {
      owner: 'other',
      command: 'clean',
      host: 'elsewhere',
      pid: 1,
      expiresAt: '2999-01-01T00:00:00.000Z',
    };
    proxy.drop(name, { meanwhile: () => replaceBy(key(), JSON.stringify(holder)) });
    const { gateway, writes } = countingWrites(bench.gateway);
    await expect(restore({ ...deps, gateway })).rejects.toMatchObject({ code: 'locked' });
    expect(writes()).toBe(0);
    expect(JSON.parse(await contentOf(key()))).toEqual(holder);
  });

  const runKey = (): string => {
    const key = bucket.keys.find((name) => name.startsWith(`${prefix}/runs/`) && name.endsWith('/run.json'));
    return (key ?? '').slice(prefix.length + 1);
  };
});
