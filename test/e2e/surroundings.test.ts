import { execFile, execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ordinaryPool } from '../../src/simulator/seeds/ordinary-pool.ts';
import { plantSeed } from '../../src/simulator/seeds/plant-seed.ts';
import { builtCommand, documentOf, runCli, startCli, startCliBench, type CliBench } from '../support/cli.ts';
import { startHoldingProxy, type HoldingProxy } from '../support/holding-proxy.ts';
import { errorDocument } from './json-contract.ts';

const FAST = ['--max-rps', '1000'];
const COMMANDS: readonly (readonly string[])[] = [
  ['backup'],
  ['verify'],
  ['snapshots'],
  ['snapshots', 'accept'],
  ['show'],
  ['diff'],
  ['export'],
  ['restore'],
  ['import'],
  ['clean'],
  ['mirror'],
  ['simulate'],
  ['demo'],
];

/** Gives a command a terminal. */
const SCRIPT = 'script';

describe('the command in its surroundings', () => {
  let bench: CliBench;
  let pool: string;
  const seed = ordinaryPool({ users: 600, groups: 2, seed: 21, model: 'username' });

  beforeAll(async () => {
    bench = await startCliBench();
    pool = plantSeed(bench.simulator, seed);
    await bench.json(['backup', '--pool', pool, '--vault', 'vault', ...FAST]);
  });
  afterAll(() => bench.close());

  const backup = (vault: string, ...more: string[]) => ['backup', '--pool', pool, '--vault', vault, ...FAST, ...more];

  describe('help', () => {
    it.each(COMMANDS.map((names) => names.join(' ')))('of %s', async (command) => {
      const result = await runCli([...command.split(' '), '--help']);
      expect(result).toMatchObject({ exitCode: 0, stderr: '' });
      expect(result.stdout).toContain('Usage: cognito-backup');
      expect(result.stdout).toMatch(new RegExp(`Examples:\n {2}\\$ cognito-backup ${command}\\b`));
      for (const line of result.stdout.split('\n').filter((text) => !text.includes('$')))
        expect(line.length).toBeLessThanOrEqual(80);
    });

    it('of everything, with the exit codes, and as an answer to nothing at all', async () => {
      const [asked, unasked, version] = await Promise.all([runCli(['--help']), runCli([]), runCli(['--version'])]);
      expect(asked).toMatchObject({ exitCode: 0, stderr: '' });
      for (const [name = ''] of COMMANDS) expect(asked.stdout).toMatch(new RegExp(`^ {2}${name}\\b`, 'm'));
      expect(asked.stdout).toContain('75 run the same command again');
      expect(unasked).toMatchObject({ exitCode: 2, stdout: '' });
      expect(unasked.stderr).toContain('Usage: cognito-backup');
      const { version: packaged } = JSON.parse(
        await readFile(new URL('../../package.json', import.meta.url), 'utf8'),
      ) as { version: string };
      expect(version).toMatchObject({ exitCode: 0, stdout: `${packaged}\n`, stderr: '' });
    });
  });

  describe('endpoints', () => {
    const nowhere = { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' };

    it('by --endpoint-url', async () => {
      const args = backup('by-option', '--endpoint-url', bench.simulator.endpoint);
      expect(await bench.json(args, { env: nowhere })).toMatchObject({ exitCode: 0, document: { status: 'complete' } });
    });

    it('by AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER and AWS_ENDPOINT_URL_S3', async () => {
      const { endpoint } = bench.simulator;
      const env = { ...nowhere, AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: endpoint, AWS_ENDPOINT_URL_S3: endpoint };
      expect(await bench.json(backup('s3://bucket/by-service'), { env })).toMatchObject({ exitCode: 0 });
    });

    it('and Region by a profile, with its credentials', async () => {
      const config = bench.path('aws-config');
      await writeFile(
        config,
        `[default]\nregion = eu-west-1\n[profile dead]\nendpoint_url = http://127.0.0.1:1\n[profile simulated]\nregion = ${bench.simulator.region}\naws_access_key_id = AKIDPROFILE\naws_secret_access_key = example\nendpoint_url = ${bench.simulator.endpoint}\n`,
      );
      const bare = Object.fromEntries(Object.keys(bench.env).map((name) => [name, undefined]));
      const env = { ...bare, AWS_CONFIG_FILE: config, AWS_SHARED_CREDENTIALS_FILE: '/dev/null' };
      // Whose endpoint must not be taken for that of the profile that is asked for.
      const byOption = await bench.json(backup('by-profile', '--profile', 'simulated'), {
        env: { ...env, AWS_PROFILE: 'dead' },
      });
      expect(byOption).toMatchObject({ exitCode: 0, document: { status: 'complete' } });
      const byVariable = await bench.json(backup('by-variable'), { env: { ...env, AWS_PROFILE: 'simulated' } });
      expect(byVariable).toMatchObject({ exitCode: 0, document: { status: 'complete' } });
      const unknown = await bench.json(backup('by-nobody', '--profile', 'nobody'), { env });
      expect(unknown.exitCode).toBe(4);
      expect(errorDocument.parse(unknown.document)).toMatchObject({
        code: 'credentials',
        message: 'There is no profile "nobody"',
      });
    });
  });

  describe.skipIf(!hasOpenssl())('TLS with an authority of one’s own (openssl)', () => {
    let proxy: HoldingProxy;
    let bundle: string;

    beforeAll(async () => {
      bundle = bench.path('ca.pem');
      const key = bench.path('key.pem');
      const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
      execFileSync(
        'openssl',
        ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', bundle, ...subject],
        { stdio: 'ignore' },
      );
      const tls = { key: await readFile(key, 'utf8'), cert: await readFile(bundle, 'utf8') };
      proxy = await startHoldingProxy(bench.simulator.endpoint, { tls });
    });
    afterAll(() => proxy.stop());

    it('is refused when nobody vouches for it', async () => {
      const refused = await bench.json(backup('untrusted'), { env: { AWS_ENDPOINT_URL: proxy.endpoint } });
      expect(refused.exitCode).toBe(2);
      expect(errorDocument.parse(refused.document)).toMatchObject({
        code: 'usage',
        hint: expect.stringContaining('--ca-bundle') as unknown,
      });
    });

    it.each([
      ['AWS_CA_BUNDLE', []],
      ['--ca-bundle', ['--ca-bundle', 'ca.pem']],
    ] as const)('is trusted by %s, for Cognito and S3 alike', async (name, options) => {
      const env = { AWS_ENDPOINT_URL: proxy.endpoint, ...(name === 'AWS_CA_BUNDLE' && { AWS_CA_BUNDLE: bundle }) };
      const vault = `s3://bucket/tls-${name.replaceAll(/\W/g, '')}`;
      expect(await bench.json(backup(vault, ...options), { env })).toMatchObject({
        exitCode: 0,
        document: { status: 'complete' },
      });
      expect(proxy.passed).toEqual(
        expect.arrayContaining(['ListUsers', expect.stringMatching(/^PUT .*manifest\.json/)]),
      );
    });
  });

  describe('streams', () => {
    it('stderr holds no warning of Node or the SDK, stdout no colour', async () => {
      const result = await bench.run(backup('quiet'));
      expect(result).toMatchObject({ exitCode: 0, stderr: '' });
      expect(result.stdout).toContain('Backed up');
      expect(result.stdout).not.toContain('\u001b[');
    });

    it('colour is given where it is asked for, and NO_COLOR and --no-color win', async () => {
      const show = ['show', '--vault', 'vault'];
      const forced = { FORCE_COLOR: '1' };
      const [coloured, noColor, option] = await Promise.all([
        bench.run(show, { env: forced }),
        bench.run(show, { env: { ...forced, NO_COLOR: '1' } }),
        bench.run([...show, '--no-color'], { env: forced }),
      ]);
      expect(coloured.stdout).toContain('\u001b[');
      expect(noColor.stdout).not.toContain('\u001b[');
      expect(option.stdout).toBe(noColor.stdout);
    });

    it('the vault may stand in COGNITO_BACKUP_VAULT', async () => {
      expect(await bench.json(['show'], { env: { COGNITO_BACKUP_VAULT: 'vault' } })).toMatchObject({ exitCode: 0 });
    });

    it('nothing is said where --quiet asks for it', async () => {
      const standby = plantSeed(bench.simulator, { ...seed, groups: [], users: [] });
      const args = [
        'restore',
        'latest',
        '--pool',
        standby,
        '--vault',
        'vault',
        '--yes',
        '--quiet',
        '--only-user',
        seed.users[0]?.username ?? '',
      ];
      expect(await bench.json([...args, ...FAST])).toMatchObject({
        exitCode: 0,
        stderr: '',
        document: { done: { createUsers: 1 } },
      });
    });

    it.skipIf(process.platform === 'win32')('a reader who has had enough is no failure', async () => {
      const shell = `${process.execPath} ${builtCommand} export latest --vault vault --format jsonl --out - | head -n 1; echo "\${PIPESTATUS[0]}"`;
      const { stdout, stderr } = await inShell(bench, shell);
      const [record = '', exitCode] = stdout.trimEnd().split('\n');
      expect(JSON.parse(record)).toHaveProperty('username');
      expect({ exitCode, stderr }).toEqual({ exitCode: '0', stderr: '' });
    });

    it.skipIf(process.platform !== 'linux')('a full disk behind stdout is one', async () => {
      const shell = `${process.execPath} ${builtCommand} export latest --vault vault --format jsonl --out - > /dev/full; echo $?`;
      const { stdout, stderr } = await inShell(bench, shell);
      expect(stdout).toBe('1\n');
      expect(stderr).toMatch(/^Error: .*(ENOSPC|full)/);
      expect(stderr).not.toMatch(/\n {4}at /);
    });
  });

  describe.skipIf(!hasScript())('a terminal (script of util-linux)', () => {
    it('shows progress and asks before it writes; a no changes nothing', async () => {
      const standby = plantSeed(bench.simulator, { ...seed, groups: [], users: [] });
      const args = ['restore', 'latest', '--pool', standby, '--vault', 'vault', ...FAST];
      const no = await atTerminal(bench, args, 'why\r');
      expect(no).toMatchObject({ exitCode: 2, stdout: '' });
      expect(no.terminal).toContain('Create users');
      expect(no.terminal).toMatch(/Type yes to carry this out/);
      expect(bench.simulator.pool(standby).size).toBe(0);
      const yes = await atTerminal(bench, args, 'yes\r');
      expect(yes.exitCode).toBe(0);
      expect(yes.terminal).toMatch(/Writing users/);
      expect(yes.stdout).toMatch(/^✔ Restored/);
      expect(bench.simulator.pool(standby).size).toBeGreaterThan(500);
    });

    it('wants the id of a pool typed before it deletes', async () => {
      const standby = plantSeed(bench.simulator, {
        ...seed,
        groups: [],
        users: seed.users.slice(0, 5).map((user) => ({ ...user, groups: [] })),
      });
      const args = ['clean', '--pool', standby, '--no-backup', '--vault', 'vault', ...FAST];
      expect((await atTerminal(bench, args, 'yes\r')).exitCode).toBe(2);
      expect(bench.simulator.pool(standby).size).toBe(5);
      expect((await atTerminal(bench, args, `${standby}\r`)).exitCode).toBe(0);
      expect(bench.simulator.pool(standby).size).toBe(0);
    });
  });

  it('simulate says how to reach it, serves the same command, and counts', async () => {
    const running = startCli([
      'simulate',
      '--users',
      '200',
      '--groups',
      '3',
      '--seed',
      'username',
      '--quota-scale',
      '100',
      '--json',
    ]);
    try {
      await until(() => running.ended() || running.stdout().endsWith('}\n'));
      const { schema, environment, pools } = JSON.parse(running.stdout()) as Record<string, unknown>;
      expect({ schema, pools }).toMatchObject({
        schema: 'cognito-backup/simulate/v1',
        pools: [{ kind: 'username', users: 200 }],
      });
      const [{ source = '' } = {}] = pools as { source?: string }[];
      const args = ['backup', '--pool', source, '--vault', 's3://cognito-backup/vault', '--json'];
      const backedUp = documentOf(await runCli(args, { env: environment as Record<string, string> }));
      expect(backedUp).toMatchObject({ status: 'complete', totals: { users: 200 } });
    } finally {
      running.kill('SIGINT');
    }
    const stopped = await running.result;
    expect(stopped.exitCode).toBe(0);
    expect(stopped.stderr).toContain('0 messages caused by an administrator, 0 monthly active users');
    expect(documentOf(stopped)).toHaveProperty('endpoint');
  });
});

async function inShell(bench: CliBench, command: string): Promise<{ stdout: string; stderr: string }> {
  return promisify(execFile)('bash', ['-c', command], { cwd: bench.folder, env: { ...process.env, ...bench.env } });
}

/** Runs the command with a terminal for stdin and stderr, and a file for stdout; types the answer once it is asked. */
async function atTerminal(bench: CliBench, args: readonly string[], answer: string) {
  const out = bench.path('stdout.txt');
  const command = [process.execPath, builtCommand, ...args].map((word) => `'${word}'`).join(' ');
  const sized = `stty columns 120 rows 40; ${command} > '${out}'`;
  const run = execFile(SCRIPT, ['--quiet', '--return', '--command', sized, '/dev/null'], {
    timeout: 60_000,
    cwd: bench.folder,
    env: { ...process.env, ...bench.env, NO_COLOR: '1', TERM: 'xterm' },
  });
  let terminal = '';
  let isAnswered = false;
  run.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    terminal += chunk;
    if (isAnswered || !/Type yes|Type the id/.test(terminal)) return;
    isAnswered = true;
    run.stdin?.write(answer);
  });
  const exitCode = await new Promise<number | null>((resolve) => run.on('close', resolve));
  return { exitCode, terminal, stdout: await readFile(out, 'utf8') };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
}

function hasOpenssl(): boolean {
  return succeeds('openssl', ['version']);
}

function hasScript(): boolean {
  return process.platform === 'linux' && succeeds(SCRIPT, ['--version']);
}

function succeeds(command: string, args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
