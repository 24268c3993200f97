import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cliHere } from '../support/cli-here.ts';
import { newPoolBench, type NewPoolBench } from './new-pool-bench.ts';

const ANSWER = 'Missing required provider detail client_id';

let bench: NewPoolBench;
beforeEach(async () => {
  bench = await newPoolBench();
});
afterEach(async () => {
  vi.stubEnv('COGNITO_BACKUP_DEBUG', undefined);
  await bench.close();
});

/** A pool whose provider has no details, which Cognito refuses. */
async function snapshotName(): Promise<string> {
  const pool = bench.simulator.createPool({ PoolName: 'broken', identityProviders: ['Broken'] });
  bench.simulator.pool(pool).addUser({ username: 'ada', attributes: [] });
  return `${pool}@${(await bench.snapshotOf(pool)).ref.id}`;
}

describe.each([
  ['restore', ['--new-pool', 'risen'], 3],
  ['drill', ['--out', 'out'], 6],
])('what AWS answered to a step that it refused in a %s', (command, more, exitCode) => {
  it.each([
    [undefined, false],
    ['1', true],
  ])('with COGNITO_BACKUP_DEBUG=%s', async (debug, isShown) => {
    vi.stubEnv('COGNITO_BACKUP_DEBUG', debug);
    const places = ['--vault', `${bench.folder}/vault`, '--endpoint-url', bench.simulator.endpoint];
    const options = more.map((word) => (word === 'out' ? bench.folder : word));
    const args = [command, await snapshotName(), ...options, ...places, '--yes', '--max-rps', '1000'];
    for (const format of [[], ['--json']]) {
      const result = await cliHere([...args, ...format]);
      expect(result.exitCode, result.stderr).toBe(exitCode);
      expect(result.stderr.includes(`Caused by: InvalidParameterException: ${ANSWER}`)).toBe(isShown);
      expect(result.stdout).toContain('InvalidParameterException');
      expect(result.stdout).not.toContain(ANSWER);
      expect(result.stdout).not.toContain('"error"');
    }
  });
});

it('a drill that it makes fail does not say that nothing differs, and says how each resource does', async () => {
  const places = [
    '--vault',
    `${bench.folder}/vault`,
    '--endpoint-url',
    bench.simulator.endpoint,
    '--out',
    bench.folder,
  ];
  const result = await cliHere(['drill', await snapshotName(), ...places, '--yes', '--max-rps', '1000']);
  expect(result.stdout).toContain('✘ Drill failed');
  expect(result.stdout).toMatch(/Compared .*0 missing, 0 extra, 0 changed; configuration: 1 resource/);
  expect(result.stdout).not.toContain('differs in nothing');
  expect(result.stdout).toContain('identity-provider Broken: missing');
});
