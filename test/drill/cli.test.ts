import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ordinaryPool } from '../../src/simulator/seeds/ordinary-pool.ts';
import { plantSeed } from '../../src/simulator/seeds/plant-seed.ts';
import { drillDocument } from '../e2e/json-contract.ts';
import { isMutation } from '../support/dying-gateway.ts';
import { startHoldingProxy } from '../support/holding-proxy.ts';
import { startCliBench, type CliBench } from '../support/cli.ts';

const run = promisify(execFile);
const FAST = ['--max-rps', '1000'];
const KEY = ['--passphrase-file', 'passphrase.txt'];
const seed = (users: number) => ordinaryPool({ users, groups: 2, seed: 3, model: 'email' });

let bench: CliBench;
let source: string;
const drill = (...args: readonly string[]): string[] => ['drill', ...args, '--vault', 'vault', ...FAST];

beforeAll(async () => {
  bench = await startCliBench();
  source = plantSeed(bench.simulator, seed(80));
  await writeFile(bench.path('passphrase.txt'), 'correct horse battery staple\n');
  await mkdir(bench.path('out'));
  expect((await bench.run(['keygen', '--out', 'signing.pem'])).exitCode).toBe(0);
  await backUp(source);
});
afterAll(async () => {
  expect(bench.simulator.counters.messages.byCause).toEqual({});
  await bench.close();
});

async function backUp(pool: string, ...args: readonly string[]): Promise<string> {
  const { document, stderr } = await bench.json(['backup', '--pool', pool, '--vault', 'vault', ...FAST, ...args]);
  expect(document['snapshot']?.id, stderr).toBeTypeOf('string');
  return `${pool}@${document['snapshot'].id}`;
}

function pools(): readonly string[] {
  const { UserPools } = bench.simulator.configure('ListUserPools', { MaxResults: 60 });
  return (UserPools as readonly { readonly Name: string }[]).map(({ Name }) => Name);
}

function mutations(): number {
  const { calls } = bench.simulator.counters;
  return Object.entries(calls).reduce((sum, [name, count]) => sum + (isMutation(name as never) ? count : 0), 0);
}

describe('drill, by the command', () => {
  const refusals: Record<string, () => Promise<{ args: readonly string[]; exitCode: number; says: string }>> = {
    'no snapshot': async () => ({ args: drill(), exitCode: 2, says: '--remove-leftovers' }),
    'a snapshot and --remove-leftovers': async () => ({
      args: drill('latest', '--remove-leftovers'),
      exitCode: 2,
      says: '--remove-leftovers',
    }),
    'no answer to its question': async () => ({ args: drill(`${source}@latest`), exitCode: 2, says: '--yes' }),
    'no key': async () => {
      const name = await backUp(plantSeed(bench.simulator, seed(2)), ...KEY);
      return { args: drill(name, '--yes'), exitCode: 5, says: '--passphrase-file' };
    },
    'no trusted signature': async () => ({
      args: drill(`${source}@latest`, '--yes', '--verify-key', 'signing.pem.pub'),
      exitCode: 5,
      says: 'not signed',
    }),
    'a sample of nobody': async () => ({
      args: drill(`${source}@latest`, '--yes', '--sample', '0'),
      exitCode: 2,
      says: '--sample',
    }),
    'no folder for its evidence': async () => ({
      args: drill(`${source}@latest`, '--yes', '--out', 'nowhere'),
      exitCode: 7,
      says: '--out',
    }),
    'an empty snapshot': async () => ({
      args: drill(await backUp(plantSeed(bench.simulator, { ...seed(1), users: [] })), '--yes'),
      exitCode: 2,
      says: 'empty snapshot',
    }),
    'a suspect snapshot': async () => {
      const pool = plantSeed(bench.simulator, seed(120));
      await backUp(pool);
      for (const { username } of [...bench.simulator.pool(pool).users()].slice(0, 100)) {
        bench.simulator.pool(pool).removeUser(username);
      }
      return { args: drill(await backUp(pool), '--yes'), exitCode: 2, says: 'suspect snapshot' };
    },
    'a damaged snapshot': async () => {
      const pool = plantSeed(bench.simulator, seed(5));
      const [, id = ''] = (await backUp(pool)).split('@');
      const file = bench.path('vault', 'pools', pool, 'snapshots', id, 'groups.jsonl.gz');
      const bytes = await readFile(file);
      bytes[20] = (bytes[20] ?? 0) ^ 1;
      await writeFile(file, bytes);
      return { args: drill(`${pool}@latest`, '--yes'), exitCode: 5, says: 'damaged' };
    },
  };

  it.each(Object.keys(refusals))('refuses with %s, before anything was changed', async (what) => {
    const { args, exitCode, says } = await refusals[what]!();
    const before = { pools: pools(), mutations: mutations(), files: await readdir(bench.path('vault')) };
    const result = await bench.run(args);
    expect(result.exitCode, result.stderr).toBe(exitCode);
    expect(result.stderr).toContain(says);
    expect({ pools: pools(), mutations: mutations() }).toEqual({ pools: before.pools, mutations: before.mutations });
  });

  it('passes, and writes evidence that openssl finds signed', async () => {
    const before = pools();
    const args = drill(`${source}@latest`, '--yes', '--out', 'out', '--sign-key', 'signing.pem');
    const { exitCode, document, stderr } = await bench.json(args);
    expect(exitCode, stderr).toBe(0);
    expect(drillDocument.parse(document)).toBeDefined();
    expect(document).toMatchObject({
      schema: 'cognito-backup/drill/v1',
      dryRun: false,
      users: { restored: 80, all: 80 },
      evidence: {
        verdict: 'pass',
        problems: [],
        signIn: { outcome: 'signed-in' },
        place: { pool: { fate: 'deleted' } },
      },
    });
    const { id } = document['evidence'];
    const names = [`drill-${id}.json`, `drill-${id}.md`];
    expect(document['files']).toEqual(names.flatMap((name) => [`out/${name}`, `out/${name}.sig`]));
    expect(JSON.parse(await readFile(bench.path('out', names[0]!), 'utf8'))).toEqual(document['evidence']);
    expect(await readFile(bench.path('out', names[1]!), 'utf8')).toContain(`# Restore drill ${id}: PASS`);
    for (const name of names) await expectSigned(name);
    await writeFile(bench.path('out', names[1]!), 'nothing of it');
    await expect(expectSigned(names[1]!)).rejects.toThrow('Command failed');
    expect(pools()).toEqual(before);
  });

  it('ends with 6 where something differs that no plan had predicted', async () => {
    const pool = bench.simulator.createPool({ PoolName: 'broken', identityProviders: ['Broken'] });
    bench.simulator.pool(pool).addUser({ username: 'ada', attributes: [] });
    const name = await backUp(pool);
    const before = pools();
    const result = await bench.run(drill(name, '--yes', '--out', 'out'));
    expect(result.exitCode, result.stderr).toBe(6);
    expect(result.stdout).toContain('✘ Drill failed');
    expect(result.stdout).toContain('step-failed');
    expect(pools()).toEqual(before);
  });

  it.each(['SIGINT', 'SIGKILL'] as const)(
    'stopped by %s: its pool goes at once, or with the next one',
    async (signal) => {
      const before = pools();
      const proxy = await startHoldingProxy(bench.simulator.endpoint);
      try {
        const held = proxy.hold('AdminCreateUser', 5, 'before');
        const args = drill(`${source}@latest`, '--yes', '--out', 'out', '--endpoint-url', proxy.endpoint);
        const running = bench.start(args);
        await Promise.race([held, running.result]);
        running.kill(signal);
        const result = await running.result;
        if (signal === 'SIGINT') {
          expect(result.exitCode, result.stderr).toBe(130);
          expect(result.stderr).toContain('nothing is left of this drill');
          expect(pools()).toEqual(before);
          return;
        }
        expect(pools()).toHaveLength(before.length + 1);
        const asked = await bench.run(drill('--remove-leftovers', '--region', bench.simulator.region));
        expect(asked.exitCode).toBe(2);
        const removed = await bench.json(drill('--remove-leftovers', '--region', bench.simulator.region, '--yes'));
        expect(removed.exitCode, removed.stderr).toBe(0);
        expect(removed.document['removed']).toHaveLength(1);
        expect(pools()).toEqual(before);
      } finally {
        await proxy.stop();
      }
    },
  );

  async function expectSigned(name: string): Promise<void> {
    const file = bench.path('out', name);
    const key = ['-pubin', '-inkey', bench.path('signing.pem.pub')];
    await run('openssl', ['pkeyutl', '-verify', ...key, '-rawin', '-in', file, '-sigfile', `${file}.sig`]);
  }
});
