import { afterAll, beforeAll, expect, it } from 'vitest';
import { ordinaryPool } from '../../src/simulator/seeds/ordinary-pool.ts';
import { plantSeed } from '../../src/simulator/seeds/plant-seed.ts';
import { startFunctions, type Functions } from '../lambda/functions.ts';
import { startCliBench, type CliBench, type JsonResult } from '../support/cli.ts';
import { compareGroups, comparePools } from '../support/compare-pools.ts';
import { startHoldingProxy } from '../support/holding-proxy.ts';
import { onRealS3, openRealBucket, realS3Environment, type RealBucket } from './real-s3.ts';

const SEED = ordinaryPool({ users: 130, groups: 5, seed: 11, model: 'username' });
const FAST = ['--max-rps', '1000'];
const NOTHING_LEFT = { failed: 0, conflicts: 0, remaining: { missing: 0, extra: 0, changed: 0 } };

onRealS3('the main job', () => {
  let bucket: RealBucket;
  let bench: CliBench;
  let source: string;
  const emptied: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    bucket = await openRealBucket();
    bench = await startCliBench();
    source = plantSeed(bench.simulator, SEED);
  });
  afterAll(async () => {
    for (const empty of emptied) await empty();
    await bucket?.close();
    await bench?.close();
  });

  const newVault = (): string => {
    const { prefix, close } = bucket.fresh();
    emptied.push(close);
    return `s3://${bucket.bucket}/${prefix}`;
  };
  const env = (): Record<string, string | undefined> => realS3Environment(bucket, bench.simulator.endpoint);
  const json = (...args: string[]): Promise<JsonResult> => bench.json(args, { env: env() });
  const emptyPool = (): string => plantSeed(bench.simulator, { ...SEED, users: [], groups: [] });

  it('backs up, verifies, restores and finds nothing left to do', async () => {
    const [vault, standby] = [newVault(), emptyPool()];
    expect((await json('backup', '--pool', source, '--vault', vault)).exitCode).toBe(0);
    expect((await json('verify', 'latest', '--vault', vault, '--pool', source)).exitCode).toBe(0);
    const restore = await json('restore', 'latest', '--vault', vault, '--pool', standby, '--yes', ...FAST);
    expect(restore).toMatchObject({ exitCode: 0, document: NOTHING_LEFT });
    expect(comparePools(bench.simulator, source, standby)).toEqual([]);
    expect(compareGroups(bench.simulator, source, standby)).toEqual([]);
  });

  it('goes on with a backup that was killed, and the snapshot verifies', async () => {
    const vault = newVault();
    const proxy = await startHoldingProxy(bucket.s3.endpoint);
    try {
      const reached = proxy.hold(/PUT .*\/users\//, 3, 'before');
      const run = bench.start(['backup', '--pool', source, '--vault', vault, '--listing', 'sharded'], {
        env: { ...env(), AWS_ENDPOINT_URL_S3: proxy.endpoint },
      });
      await Promise.race([reached, run.result]);
      run.kill('SIGKILL');
      expect((await run.result).signal).toBe('SIGKILL');
    } finally {
      await proxy.stop();
    }
    expect((await json('backup', '--pool', source, '--vault', vault, '--listing', 'sharded')).exitCode).toBe(0);
    expect((await json('verify', 'latest', '--vault', vault, '--pool', source)).exitCode).toBe(0);
  });

  it('takes two backups at once into one new vault, and both verify', async () => {
    const vault = newVault();
    const runs = await Promise.all([1, 2].map(() => json('backup', '--pool', source, '--vault', vault)));
    expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    const snapshots = runs.map(({ document }) => document['snapshot'].id as string);
    for (const id of new Set(snapshots)) {
      expect((await json('verify', id, '--vault', vault, '--pool', source)).exitCode).toBe(0);
    }
  });

  it('exports and imports through the functions, over several deadlines', async () => {
    let functions: Functions | undefined;
    try {
      const vault = newVault();
      const cognito = bench.simulator.endpoint;
      functions = await startFunctions(realS3Environment(bucket, cognito));
      const exported = await functions.export.callUntilDone(
        { poolId: source, vault },
        { checks: 15 },
        { mostCalls: 20 },
      );
      expect(exported.answers.length).toBeGreaterThan(1);
      expect(exported.answer).toMatchObject({ done: true, status: 'complete', totals: { users: SEED.users.length } });
      const standby = emptyPool();
      const event = { target: standby, vault, snapshot: exported.answer['snapshot'].id };
      const imported = await functions.import.callUntilDone(event, { checks: 120 }, { mostCalls: 20 });
      expect(imported.answer).toMatchObject(NOTHING_LEFT);
      expect(comparePools(bench.simulator, source, standby)).toEqual([]);
    } finally {
      await functions?.stop();
    }
  });
});
