import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ordinaryPool } from '../../src/simulator/seeds/ordinary-pool.ts';
import { plantSeed } from '../../src/simulator/seeds/plant-seed.ts';
import { startCliBench, type CliBench, type CliResult, type JsonResult, type RunningCli } from '../support/cli.ts';
import { compareGroups, comparePools } from '../support/compare-pools.ts';
import { startHoldingProxy, type HoldingProxy } from '../support/holding-proxy.ts';
import { errorDocument } from './json-contract.ts';

const FAST = ['--max-rps', '1000'];
const NOTHING_LEFT = { failed: 0, remaining: { missing: 0, extra: 0, changed: 0 } };

/** When a run is ended: at the nth request of that name, before it reaches the service or after it was carried out. */
type Moment = readonly [name: string | RegExp, nth: number, when: 'before' | 'after'];

const ordinary = ordinaryPool({ users: 24, groups: 3, seed: 7, model: 'email' });
const seed = { ...ordinary, users: ordinary.users.map((user, at) => ({ ...user, enabled: at % 7 !== 3 })) };
/** Several pages of users. */
const large = ordinaryPool({ users: 260, groups: 3, seed: 8, model: 'username' });

/** One case with pools, vault and way to the simulator of its own, so that several can run side by side. */
interface Scene {
  readonly standby: string;
  readonly vault: string;
  readonly proxy: HoldingProxy;
}

describe('a command that is ended and run again', () => {
  let bench: CliBench;
  let source: string;
  const proxies: HoldingProxy[] = [];

  beforeAll(async () => {
    bench = await startCliBench();
    source = plantSeed(bench.simulator, seed);
    await json(['backup', '--pool', source, '--vault', 'vault', ...FAST]);
  });
  afterAll(async () => {
    expect(bench.simulator.counters.messages.causedByAdmin).toBe(0);
    await Promise.all(proxies.map((proxy) => proxy.stop()));
    await bench.close();
  });

  const json = (args: readonly string[]): Promise<JsonResult> => bench.json(args);

  const setUp = async (): Promise<Scene> => {
    const proxy = await startHoldingProxy(bench.simulator.endpoint);
    const standby = plantSeed(bench.simulator, { ...seed, groups: [], users: [] });
    return { proxy, standby, vault: `vault-${proxies.push(proxy)}` };
  };

  const startUntil = async ({ proxy }: Scene, args: readonly string[], moment: Moment): Promise<RunningCli> => {
    const reached = proxy.hold(...moment);
    const run = bench.start(args, { env: { AWS_ENDPOINT_URL: proxy.endpoint } });
    await Promise.race([reached, endedFirst(run.result)]);
    return run;
  };

  const killAt = async (scene: Scene, args: readonly string[], moment: Moment): Promise<void> => {
    const run = await startUntil(scene, args, moment);
    run.kill('SIGKILL');
    expect(await run.result).toMatchObject({ signal: 'SIGKILL', stdout: '' });
  };

  const expectEqualPools = ({ standby }: Scene): void => {
    const { simulator } = bench;
    expect(comparePools(simulator, source, standby, { by: 'contact' })).toEqual([]);
    expect(compareGroups(simulator, source, standby)).toEqual([]);
    const users = [...simulator.pool(standby).users()];
    const wanted = seed.users.filter(({ status }) => status !== 'UNCONFIRMED' && status !== 'EXTERNAL_PROVIDER');
    expect(users, 'somebody is there twice').toHaveLength(wanted.length);
    expect(users.filter(({ status }) => status === 'FORCE_CHANGE_PASSWORD')).toEqual([]);
  };

  // Every other command, and a folder for the vault: random-kills.test.ts; every moment: test/kills.
  describe.concurrent('by a kill in a backup to S3', () => {
    const moments: readonly Moment[] = [
      ['DescribeUserPool', 1, 'after'],
      ['ListUsers', 2, 'before'],
      ['ListUsers', 4, 'after'],
      ['ListUsersInGroup', 1, 'after'],
      [/^PUT .*\/checkpoint\.json/, 1, 'before'],
      [/^PUT .*\/users\//, 1, 'after'],
      [/^PUT .*\/manifest\.json/, 1, 'before'],
      [/^DELETE .*\/checkpoint\.json/, 1, 'before'],
    ];

    it.each(moments)('at %s %i (%s)', async (...moment) => {
      const scene = await setUp();
      const pool = plantSeed(bench.simulator, large);
      const at = ['--vault', `s3://bucket/${scene.vault}`];
      const args = ['backup', '--pool', pool, ...at, ...FAST];
      await killAt(scene, args, moment);
      expect(await json(args)).toMatchObject({ exitCode: 0, document: { totals: { users: large.users.length } } });
      const keys = bench.simulator.s3.buckets.get('bucket')?.keys ?? [];
      const manifests = keys.filter((key) => key.startsWith(`${scene.vault}/`) && key.endsWith('/manifest.json'));
      expect(manifests).toHaveLength(String(moment[0]).includes('DELETE') ? 2 : 1);
      expect(await json(['verify', 'latest', ...at, '--pool', pool])).toMatchObject({
        exitCode: 0,
        document: { ok: true, differences: { missing: 0, extra: 0, changed: 0 } },
      });
    });
  });

  describe.concurrent('with Ctrl-C', () => {
    it.each([
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ] as const)('stops a restore with %s, says what to do, and goes on', async (signal, exitCode) => {
      const scene = await setUp();
      const args = ['restore', 'latest', '--pool', scene.standby, '--vault', 'vault', '--yes', ...FAST];
      const run = await startUntil(scene, [...args, '--json'], ['AdminCreateUser', 9, 'after']);
      run.kill(signal);
      const stopped = await run.result;
      expect(stopped.exitCode).toBe(exitCode);
      expect(errorDocument.parse(JSON.parse(stopped.stdout))).toMatchObject({ code: 'interrupted' });
      expect(stopped.stderr).toMatch(/run the same command again/);
      const again = await json(args);
      expect(again).toMatchObject({ exitCode: 0, document: NOTHING_LEFT });
      expect(again.stderr).toMatch(/Going on with the run \S+ that was interrupted/);
      expectEqualPools(scene);
    });

    it('stops a backup, which goes on where it was', async () => {
      const scene = await setUp();
      const args = ['backup', '--pool', plantSeed(bench.simulator, large), '--vault', scene.vault, ...FAST];
      const run = await startUntil(scene, args, ['ListUsers', 3, 'before']);
      run.kill('SIGINT');
      expect(await run.result).toMatchObject({ exitCode: 130, stdout: '' });
      const again = await json(args);
      expect(again).toMatchObject({ exitCode: 0, document: { totals: { users: large.users.length } } });
      expect(again.stderr).toMatch(/Going on with the backup \S+ that was interrupted/);
    });

    it('ends at once when pressed again', async () => {
      const scene = await setUp();
      const at = ['--vault', `s3://bucket/${scene.vault}`];
      await json(['backup', '--pool', source, ...at, ...FAST]);
      const args = ['restore', 'latest', '--pool', scene.standby, ...at, '--yes', ...FAST];
      const run = await startUntil(scene, args, ['AdminCreateUser', 3, 'before']);
      // What the first one asks for, putting things in order, is held up.
      const tidying = scene.proxy.hold(/^(GET|PUT|DELETE) /, 1, 'before');
      run.kill('SIGINT');
      await tidying;
      expect(run.ended()).toBe(false);
      expect(run.stderr()).toContain('Once more stops at once');
      run.kill('SIGINT');
      expect((await run.result).exitCode).toBe(130);
      expect(await json(args)).toMatchObject({ exitCode: 0, document: NOTHING_LEFT });
      expectEqualPools(scene);
    });
  });
});

/** A run that ends before the moment comes would leave the test waiting. */
async function endedFirst(result: Promise<CliResult>): Promise<never> {
  const { exitCode, stderr } = await result;
  throw new Error(`The command ended with ${exitCode} before the moment came:\n${stderr.slice(-2_000)}`);
}
