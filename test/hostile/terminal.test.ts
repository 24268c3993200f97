import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { plantSeed } from '../../src/simulator/seeds/plant-seed.ts';
import { encodeDigested } from '../../src/snapshot/digested-json.ts';
import { cliHere, type CliHereResult } from '../support/cli-here.ts';
import { onTerminal } from '../support/on-terminal.ts';
import { EVIL, forbiddenIn, forgedLines, MARK } from './evil.ts';
import { evilPool, plantInSnapshot, startEvilBench, type EvilBench } from './evil-bench.ts';

let bench: EvilBench;
let vault: string;
let snapshot: string;

beforeAll(async () => {
  bench = await startEvilBench();
  // Even the folder's name is not to be trusted; a NUL or a slash no file system takes.
  vault = bench.path(`vault ${EVIL.replaceAll('\ud800', '')}`);
  const { stdout } = await cliHere(['backup', '--pool', bench.source, '--vault', vault, '--json']);
  const { id } = (JSON.parse(stdout) as { snapshot: { id: string } }).snapshot;
  snapshot = `${bench.source}@${id}`;
  await plantInSnapshot(`${vault}/pools/${bench.source}/snapshots/${id}`);
});
afterEach(() => void vi.stubEnv('COGNITO_BACKUP_DEBUG', undefined));
afterAll(() => bench.close());

/** Runs a command line as text, as JSON, and on what looks like a terminal with colours; each time nothing gets through. */
async function sweep(args: readonly string[], { json = true } = {}): Promise<CliHereResult> {
  const plain = await cliHere(args);
  expectHarmless(plain, args);
  if (json) expectHarmless(await cliHere([...args, '--json']), args);
  const live = await onTerminal(() => cliHere(args));
  expectHarmless(live, args, { terminal: true });
  return { ...plain, stderr: plain.stderr + live.stderr };
}

function expectHarmless(result: CliHereResult, args: readonly string[], options: { terminal?: boolean } = {}): void {
  for (const stream of ['stdout', 'stderr'] as const) {
    expect(forbiddenIn(result[stream], options), `${stream} of ${args.join(' ').slice(0, 60)}`).toBeUndefined();
    expect(forgedLines(result[stream]), `${stream} of ${args.join(' ').slice(0, 60)}: ${result[stream]}`).toEqual([]);
  }
}

describe('no command lets what a pool holds act on the terminal:', () => {
  const on = (): string[] => ['--vault', vault];
  const shown = (result: CliHereResult): void => expect(result.stdout + result.stderr).toContain(MARK);

  it('backup', async () => {
    expect((await sweep(['backup', '--pool', bench.source, ...on()])).exitCode).toBe(0);
    await sweep(['backup', '--all-pools', ...on()]);
  });

  it('verify, quick and against a pool', async () => {
    expect((await sweep(['verify', snapshot, ...on()])).exitCode).toBe(0);
    expect((await sweep(['verify', snapshot, '--quick', ...on()])).exitCode).toBe(0);
    shown(await sweep(['verify', snapshot, '--pool', bench.target, '--details', ...on()]));
  });

  it('snapshots and show', async () => {
    shown(await sweep(['snapshots', ...on()]));
    shown(await sweep(['show', snapshot, ...on()]));
    shown(await sweep(['show', snapshot, '--user', 'one@example.com', ...on()]));
    await sweep(['show', snapshot, '--user', EVIL, ...on()]);
  });

  it('diff', async () => {
    const changed = plantSeed(bench.simulator, evilPool(' changed'));
    shown(await sweep(['diff', snapshot, `pool:${changed}`, '--details', ...on()]));
    shown(await sweep(['diff', `pool:${bench.source}`, `pool:${changed}`, '--details']));
  });

  it.each(['csv', 'spreadsheet', 'jsonl'])('export as %s', async (format) => {
    const out = bench.path(`out ${EVIL.replaceAll('\ud800', '')}`);
    shown(await sweep(['export', snapshot, '--format', format, '--out', out, ...on()]));
    // A pipe gets the data as they are, a screen does not.
    const pipe = await cliHere(['export', snapshot, '--format', format, '--out', '-', ...on()]);
    // Who carries what was planted goes through no import file.
    if (format !== 'csv') expect(pipe.stdout).toContain(MARK);
    const screen = await onTerminal(() => cliHere(['export', snapshot, '--format', format, '--out', '-', ...on()]));
    if (format !== 'csv') expect(screen.stdout).toContain(MARK);
    expect(forbiddenIn(screen.stdout, { terminal: true })).toBeUndefined();
    if (format === 'jsonl')
      expect(
        pipe.stdout
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line).sub),
      ).toHaveLength(2);
  });

  it('restore, import, mirror and clean', async () => {
    const target = (): string => plantSeed(bench.simulator, { ...evilPool(), groups: [], users: [] });
    shown(await sweep(['restore', snapshot, '--pool', bench.target, '--dry-run', '--details', ...on()]));
    shown(await sweep(['restore', snapshot, '--pool', target(), '--yes', '--details', ...on()]));
    const standby = target();
    shown(await sweep(['mirror', snapshot, '--pool', standby, '--confirm', standby, '--details', ...on()]));
    shown(await sweep(['clean', '--pool', standby, '--dry-run', '--details', ...on()]));
    shown(await sweep(['clean', '--pool', standby, '--confirm', standby, '--no-backup', ...on()]));
    const csv = bench.path('users.csv');
    await writeFile(csv, `cognito:username,email,name\n"x ${EVIL}",x@example.com,"${EVIL}"\n`);
    await sweep(['import', csv, '--pool', target(), '--yes', ...on()]);
  });
});

describe('no error lets what it names act on the terminal:', () => {
  it.each<[string, readonly string[]]>([
    ['a command', [EVIL]],
    ['an option', ['backup', `--${EVIL}`]],
    ['the value of an option', ['backup', '--pool', EVIL]],
    ['a choice', ['backup', '--listing', EVIL]],
    ['a vault that is not there', ['snapshots', '--vault', `/no/${EVIL}`]],
    ['a bucket', ['snapshots', '--vault', `s3://${EVIL}`]],
    ['a scheme', ['snapshots', '--vault', `https://x/${EVIL}`]],
    ['a pool in a name', ['show', `${EVIL}@latest`, '--vault', '.']],
    ['a file that is not there', ['import', `/no/${EVIL}.csv`, '--pool', 'eu-central-1_AbCdEfGhI', '--vault', '.']],
    [
      'a password file',
      [
        'restore',
        'latest',
        '--pool',
        'eu-central-1_AbCdEfGhI',
        '--password-file',
        `/no/${EVIL}`,
        '--passwords',
        'temporary',
        '--vault',
        '.',
      ],
    ],
    ['a Region', ['backup', '--all-pools', '--region', EVIL, '--vault', '.']],
    ['an endpoint', ['backup', '--all-pools', '--endpoint-url', `http://${EVIL}`, '--vault', '.']],
    ['a profile', ['backup', '--all-pools', '--profile', EVIL, '--vault', '.']],
    ['a certificate file', ['backup', '--all-pools', '--ca-bundle', `/no/${EVIL}`, '--vault', '.']],
    ['a confirmation', ['clean', '--pool', 'eu-central-1_AbCdEfGhI', '--confirm', EVIL, '--vault', '.']],
  ])('%s', async (_what, args) => {
    expect((await sweep(args.map((arg) => arg.replaceAll('\0', '')))).exitCode).not.toBe(0);
  });

  it('the service, by the name of its error and its text, with the stack or without', async () => {
    for (const debug of [undefined, '1']) {
      vi.stubEnv('COGNITO_BACKUP_DEBUG', debug);
      const cognito = await sweep([
        'backup',
        '--pool',
        bench.source,
        '--endpoint-url',
        bench.evilService,
        '--vault',
        bench.path('other'),
      ]);
      expect(cognito.exitCode).not.toBe(0);
      if (debug !== undefined) expect(cognito.stderr).toContain('Evil');
      vi.stubEnv('AWS_ENDPOINT_URL_S3', bench.evilService);
      expect((await sweep(['snapshots', '--vault', 's3://bucket/vault'])).exitCode).not.toBe(0);
      vi.stubEnv('AWS_ENDPOINT_URL_S3', undefined);
    }
  });

  it('a file of users, in its header, its lines and its name', async () => {
    const name = bench.path(`users ${EVIL.replaceAll('\ud800', '')}.csv`);
    for (const text of [
      `${EVIL},b\n1,2\n`,
      `cognito:username,email\n"${EVIL}"x,y\n`,
      `cognito:username,email,${EVIL}\na,b,c\n`,
    ]) {
      await writeFile(name, text);
      const result = await sweep(['import', name, '--pool', bench.target, '--yes', '--vault', vault]);
      expect(result.exitCode).not.toBe(0);
    }
  });
});

describe('no vault that somebody wrote acts on the terminal:', () => {
  it('by its manifest', async () => {
    const [poolId, id] = snapshot.split('@') as [string, string];
    const folder = `${vault}/pools/${poolId}/snapshots/${id}`;
    const whole = await readFile(`${folder}/manifest.json`);
    const { digest: _digest, ...body } = JSON.parse(whole.toString());
    const plant = async (change: (manifest: typeof body) => void): Promise<void> => {
      const forged = structuredClone(body);
      change(forged);
      await writeFile(`${folder}/manifest.json`, encodeDigested(forged));
      for (const command of [
        ['show'],
        ['verify'],
        ['verify', '--quick'],
        ['restore', '--pool', bench.target, '--dry-run'],
      ]) {
        const [name, ...rest] = command as [string, ...string[]];
        await sweep([name, snapshot, ...rest, '--vault', vault]);
      }
      await sweep(['snapshots', '--vault', vault]);
    };
    const texts: readonly ((manifest: typeof body) => void)[] = [
      (manifest) => void (manifest.pool.name = EVIL),
      (manifest) => void (manifest.pool.arn = EVIL),
      (manifest) => void (manifest.toolVersion = EVIL),
      (manifest) => void (manifest.warnings = [{ code: EVIL, message: EVIL }]),
      (manifest) => void (manifest.notCaptured = [{ kind: 'client', reason: 'refused', exception: EVIL }]),
      (manifest) => void (manifest.calls = { [EVIL]: 1 }),
      (manifest) => void (manifest.parts[0].path = EVIL),
      (manifest) => void (manifest.previous = { snapshotId: EVIL, users: 1 }),
      (manifest) => void (manifest[EVIL] = EVIL),
      (manifest) => void (manifest.vaultId = EVIL),
    ];
    for (const change of texts) await plant(change);
    await writeFile(`${folder}/manifest.json`, whole);
  });

  it('by a lock, or names of folders', async () => {
    const lock = {
      generation: 1,
      state: 'held',
      owner: EVIL,
      command: EVIL,
      host: EVIL,
      pid: 1,
      boot: EVIL,
      started: EVIL,
      expiresAt: '2999-01-01T00:00:00.000Z',
    };
    await mkdir(`${vault}/locks`, { recursive: true });
    await writeFile(`${vault}/locks/${bench.target}.json`, JSON.stringify(lock));
    await sweep(['restore', snapshot, '--pool', bench.target, '--yes', '--vault', vault]);
    for (const name of [
      `pools/${EVIL.replaceAll('\ud800', '')}`,
      `runs/${bench.target}/${EVIL.replaceAll('\ud800', '')}`,
    ]) {
      await mkdir(`${vault}/${name}/snapshots/x`, { recursive: true });
    }
    await sweep(['snapshots', '--vault', vault]);
    await sweep(['restore', snapshot, '--pool', bench.target, '--dry-run', '--vault', vault]);
    expect(await readdir(vault)).toContain('pools');
  });
});
