import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parsePoolId } from '../../src/model/ids.ts';
import { plantSeed } from '../../src/simulator/seeds/plant-seed.ts';
import { ordinaryPool } from '../../src/simulator/seeds/ordinary-pool.ts';
import { cliHere } from '../support/cli-here.ts';
import { setUpWorkbench, type Workbench } from '../support/workbench.ts';

let bench: Workbench;
let folder: string;
beforeEach(async () => {
  bench = await setUpWorkbench();
  folder = await mkdtemp(join(tmpdir(), 'keygen-'));
});
afterEach(async () => {
  await bench.close();
  await rm(folder, { recursive: true });
});

it('keygen makes keys that sign a backup, and a snapshot by somebody else is refused with exit 5', async () => {
  const key = join(folder, 'signing.pem');
  const other = join(folder, 'other.pem');
  for (const out of [key, other]) expect((await cliHere(['keygen', '--out', out])).exitCode).toBe(0);
  expect((await stat(key)).mode & 0o777).toBe(0o600);
  expect(await readFile(`${key}.pub`, 'utf8')).toMatch(/^-----BEGIN PUBLIC KEY-----/);
  const again = await cliHere(['keygen', '--out', key, '--json']);
  expect(again.exitCode).toBe(2);
  expect(again.stderr).toContain('it exists already');

  const pool = parsePoolId(plantSeed(bench.simulator, ordinaryPool({ users: 5, groups: 1, seed: 1, model: 'email' })));
  const vault = ['--vault', join(folder, 'vault')];
  const aws = ['--endpoint-url', bench.simulator.endpoint];
  const seen = ['--seen-file', join(folder, 'seen.json')];
  expect((await cliHere(['backup', '--pool', pool, ...vault, ...aws, '--sign-key', key])).exitCode).toBe(0);
  const trusted = ['--verify-key', `${key}.pub`, ...seen];
  expect((await cliHere(['verify', 'latest', ...vault, ...trusted])).exitCode).toBe(0);
  const distrusted = ['--verify-key', `${other}.pub`, ...seen];
  for (const command of [
    ['verify', 'latest', ...vault],
    ['show', 'latest', ...vault],
    ['export', 'latest', ...vault, '--out', join(folder, 'out')],
    ['restore', 'latest', ...vault, ...aws, '--pool', pool, '--yes', '--confirm', pool],
    ['mirror', 'latest', ...vault, ...aws, '--pool', pool, '--yes', '--confirm', pool],
  ]) {
    const { exitCode, stderr } = await cliHere([...command, ...distrusted]);
    expect(stderr).toContain('is signed by somebody else');
    expect(exitCode).toBe(5);
  }
});
