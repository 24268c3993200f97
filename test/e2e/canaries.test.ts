import { mkdir, readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plantSeed } from '../../src/simulator/seeds/plant-seed.ts';
import { filesBelow } from '../canaries/canary-bench.ts';
import { markedName } from '../canaries/marks.ts';
import { emptyPool, markedPool } from '../canaries/marked-pool.ts';
import { expectNobody, Net } from '../canaries/net.ts';
import { startCliBench, type CliBench, type CliResult } from '../support/cli.ts';
import { startHoldingProxy, type HoldingProxy } from '../support/holding-proxy.ts';

const ROLE = 'arn:aws:iam::123456789012:role/cognito-import';
const FAST = ['--max-rps', '1000'];

/** Through the built command, with a folder for temporary files that is looked into while it runs and afterwards. */
describe('the built command, on a pool full of marks,', () => {
  const net = new Net();
  let bench: CliBench;
  let proxy: HoldingProxy;
  let source: string;
  let temporary: string;
  const pools: string[] = [];

  beforeAll(async () => {
    bench = await startCliBench();
    proxy = await startHoldingProxy(bench.simulator.endpoint);
    temporary = bench.path('tmp');
    await mkdir(temporary);
    source = plant('full');
    expectNobodyIn(await run('backup', '--pool', source, '--vault', 'vault', ...FAST));
  });
  afterAll(async () => {
    await proxy.stop();
    await bench.close();
  });

  const env = () => ({ TMPDIR: temporary, AWS_ENDPOINT_URL: proxy.endpoint });
  const run = (...args: readonly string[]): Promise<CliResult> => bench.run(args, { env: env() });
  const plant = (kind: 'full' | 'empty'): string => {
    const id = plantSeed(bench.simulator, kind === 'full' ? markedPool() : emptyPool());
    pools.push(id);
    return id;
  };

  function expectNobodyIn(result: CliResult): void {
    for (const id of pools) net.add(...[...bench.simulator.pool(id).users()].map(({ sub }) => sub));
    expectNobody(net, [
      { name: 'stdout', text: result.stdout },
      { name: 'stderr', text: result.stderr },
    ]);
  }

  it('prints nobody, and leaves nothing where temporary files go', async () => {
    const pool = plant('empty');
    const restored = await run(
      'restore',
      'latest',
      '--vault',
      'vault',
      '--pool',
      pool,
      '--yes',
      '--import-role',
      ROLE,
      ...FAST,
    );
    expect([0, 3], restored.stderr).toContain(restored.exitCode);
    expect(bench.simulator.pool(pool).user(markedName('plain'))).toBeDefined();
    expectNobodyIn(restored);
    const cleaned = await run('clean', '--pool', pool, '--confirm', pool, '--vault', 'vault', '--json', ...FAST);
    expect(cleaned.exitCode, cleaned.stderr).toBe(0);
    expectNobodyIn(cleaned);
    const examined = await run('doctor', '--pool', source, '--target', pool, '--vault', 'vault', ...FAST);
    expect(examined.exitCode, examined.stderr).toBe(0);
    expectNobodyIn(examined);
    expect(await readdir(temporary)).toEqual([]);
  });

  it('drills without naming anybody, in its evidence neither', async () => {
    const out = bench.path('evidence');
    await mkdir(out);
    const role = 'arn:aws:iam::999999999999:role/foreign';
    const args = ['--vault', 'vault', '--yes', '--out', out, '--map-arn', `${role}=${role}`, ...FAST];
    const drilled = await run('drill', `${source}@latest`, ...args);
    expect([0, 6], drilled.stderr).toContain(drilled.exitCode);
    expectNobodyIn(drilled);
    const files = await filesBelow(out);
    expect(files).toHaveLength(2);
    expectNobody(
      net,
      files.map(({ path, text }) => ({ name: path, text })),
    );
    expect(await readdir(temporary)).toEqual([]);
  });

  it.each([
    ['SIGINT', 'AdminCreateUser', 'api'],
    ['SIGKILL', 'AdminCreateUser', 'api'],
    ['SIGINT', 'StartUserImportJob', 'auto'],
    ['SIGKILL', 'StartUserImportJob', 'auto'],
  ] as const)(
    'ended by %s at %s: what stands in temporary files meanwhile and afterwards names nobody',
    async (signal, operation, engine) => {
      const pool = plant('empty');
      const held = proxy.hold(operation, 1, 'before');
      const args = [
        'restore',
        `${source}@latest`,
        '--vault',
        'vault',
        '--pool',
        pool,
        '--yes',
        '--engine',
        engine,
        ...FAST,
      ];
      const running = bench.start([...args, ...(engine === 'auto' ? ['--import-role', ROLE] : [])], { env: env() });
      await Promise.race([held, running.result]);
      await expectTemporariesSealed();
      running.kill(signal);
      expectNobodyIn(await running.result);
      await expectTemporariesSealed();
      if (signal === 'SIGINT') expect(await readdir(temporary)).toEqual([]);
      expectNobody(
        net,
        (await filesBelow(bench.path('vault')))
          .filter(({ path }) => path.endsWith('.json'))
          .map(({ path, text }) => ({ name: path, text })),
      );
    },
  );

  async function expectTemporariesSealed(): Promise<void> {
    const files = await filesBelow(temporary);
    expectNobody(
      net,
      files.map(({ path, text }) => ({ name: path, text: `${path}\n${text}` })),
    );
    expect(files.filter(({ mode }) => mode !== 0o600)).toEqual([]);
  }
});
