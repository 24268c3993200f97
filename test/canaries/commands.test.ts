import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { CliHereResult } from '../support/cli-here.ts';
import { filesBelow, startCanaryBench, type CanaryBench } from './canary-bench.ts';
import { COGNITO_ECHOES, QUOTE } from './echoing-service.ts';
import { DIGITS, markedEmail, markedName, markedPhone, WORD } from './marks.ts';

const ROLE = 'arn:aws:iam::123456789012:role/cognito-import';
/** Of a group of the marked pool. */
const FOREIGN = 'arn:aws:iam::999999999999:role/foreign';
const ECHOED = ['InvalidParameterException', 'AliasExistsException', 'AccessDeniedException', 'a text with status 200'];
const FAST = ['--max-rps', '1000'];

let bench: CanaryBench;
let vault: string[];
let snapshot: string;

beforeAll(async () => {
  bench = await startCanaryBench();
  vault = ['--vault', bench.path('vault')];
  const { json } = await bench.sweep(() => ['backup', '--pool', bench.source, ...vault, ...FAST]);
  snapshot = `${bench.source}@${JSON.parse(json.stdout).snapshot.id}`;
});
afterEach(async () => {
  bench.proxy.reset();
  vi.stubEnv('COGNITO_BACKUP_DEBUG', undefined);
  await bench.expectNothingLeft();
});
afterAll(() => bench.close());

const expectDone = (result: CliHereResult, exitCode = 0): void => {
  expect(result.exitCode, result.stderr).toBe(exitCode);
};

describe('nothing that a command prints names anybody:', () => {
  it('backup, also of several pools and listed twice', async () => {
    const other = bench.plant('other');
    expectDone((await bench.sweep(() => ['backup', '--pool', bench.source, '--pool', other, ...vault, ...FAST])).plain);
    expectDone((await bench.sweep(() => ['backup', '--pool', other, '--listing', 'sharded', ...vault, ...FAST])).plain);
  });

  it('backup --deep, and a restore from it', async () => {
    const deep = ['backup', '--pool', bench.source, '--deep', '--yes', ...vault, ...FAST];
    const { json } = await bench.sweep(() => deep);
    expectDone(json);
    const name = `${bench.source}@${JSON.parse(json.stdout).snapshot.id}`;
    const plan = ['restore', name, '--dry-run', ...vault, ...FAST];
    expectDone((await bench.sweep(() => [...plan, '--pool', bench.plant('empty')])).plain);
  });

  it('verify, quick and against pools', async () => {
    expectDone((await bench.sweep(() => ['verify', snapshot, ...vault])).plain);
    expectDone((await bench.sweep(() => ['verify', snapshot, '--quick', ...vault])).plain);
    for (const pool of [bench.source, bench.plant('other'), bench.plant('empty')]) {
      expectDone((await bench.sweep(() => ['verify', snapshot, '--pool', pool, ...vault, ...FAST])).plain);
    }
  });

  it('snapshots, show and prune', async () => {
    expectDone((await bench.sweep(() => ['snapshots', ...vault])).plain);
    expectDone((await bench.sweep(() => ['show', snapshot, ...vault])).plain);
    expectDone((await bench.sweep(() => ['prune', '--keep-last', '1', ...vault])).plain);
  });

  it('doctor, with a target and with a probe', async () => {
    const target = bench.plant('other');
    const doctor = ['doctor', '--pool', bench.source, ...vault, ...FAST];
    expectDone((await bench.sweep(() => [...doctor, '--target', target])).plain);
    expectDone(await bench.look([...doctor, '--probe', '--yes', '--import-role', ROLE]));
    bench.simulator.faults.add({ kind: 'access-denied' });
    expectDone(await bench.look([...doctor, '--target', target]), 3);
    bench.simulator.faults.clear();
  });

  it('diff', async () => {
    const other = bench.plant('other');
    expectDone((await bench.sweep(() => ['diff', snapshot, `pool:${other}`, ...vault, ...FAST])).plain);
    expectDone((await bench.sweep(() => ['diff', `pool:${other}`, `pool:${bench.source}`, ...FAST])).plain);
  });

  it.each(['csv', 'spreadsheet', 'jsonl'])(
    'export as %s: all of it is in the files, which alone can be read',
    async (format) => {
      const out = bench.path(`out-${format}`);
      const { plain } = await bench.sweep((run) => [
        'export',
        snapshot,
        '--format',
        format,
        '--out',
        `${out}-${run}`,
        ...vault,
      ]);
      expectDone(plain);
      const files = await filesBelow(`${out}-plain`);
      expect(files.map(({ path }) => path).join()).not.toContain(WORD);
      expect(files.map(({ text }) => text).join()).toContain(markedName('plain'));
      expect(files.filter(({ mode }) => mode !== 0o600)).toEqual([]);
    },
  );

  const engines: Record<string, readonly string[]> = {
    'by API': ['--engine', 'api'],
    'by import job': ['--engine', 'import-job', '--import-role', ROLE],
    'with temporary passwords': ['--passwords', 'temporary'],
  };

  it.each(Object.keys(engines))('restore %s', async (engine) => {
    const passwords = (run: string) =>
      engine.includes('temporary') ? ['--password-file', bench.path(`passwords-${run}`)] : [];
    const { plain } = await bench.sweep((run) => [
      'restore',
      snapshot,
      '--pool',
      bench.plant('empty'),
      '--yes',
      ...vault,
      ...FAST,
      ...engines[engine]!,
      ...passwords(run),
    ]);
    expectDone(plain, plain.exitCode);
    expect(plain.stdout).toMatch(/Create users +\d/);
    if (!engine.includes('temporary')) return;
    const kept = await readFile(bench.path('passwords-json'), 'utf8');
    const lines = kept
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { temporaryPassword: string });
    expect(lines.length).toBeGreaterThan(3);
    bench.net.add(...lines.map(({ temporaryPassword }) => temporaryPassword));
    expect((await filesBelow(bench.path())).find(({ path }) => path === 'passwords-json')?.mode).toBe(0o600);
  });

  it('restore as a dry run, and with users brought to the state of the snapshot', async () => {
    expectDone(
      (await bench.sweep(() => ['restore', snapshot, '--pool', bench.plant('empty'), '--dry-run', ...vault])).plain,
    );
    const args = (run: string) => [
      'restore',
      snapshot,
      '--existing',
      'update',
      ...(run === 'json' ? ['--recreate'] : []),
    ];
    const { plain } = await bench.sweep((run) => [
      ...args(run),
      '--pool',
      bench.plant('other'),
      '--yes',
      ...vault,
      ...FAST,
    ]);
    expect([0, 3]).toContain(plain.exitCode);
  });

  it('mirror and clean', async () => {
    const target = (): string[] => {
      const pool = bench.plant('other');
      return ['--pool', pool, '--confirm', pool, ...vault, ...FAST];
    };
    expect([0, 3]).toContain((await bench.sweep(() => ['mirror', snapshot, ...target()])).plain.exitCode);
    expect([0, 3]).toContain((await bench.look(['mirror', snapshot, ...target(), '--dry-run'])).exitCode);
    expectDone((await bench.sweep(() => ['clean', ...target()])).plain);
  });

  it('drill, its evidence included', async () => {
    const out = bench.path('evidence');
    await mkdir(out);
    // A provider of the marked pool has no settings, or it is passed.
    const args = ['drill', snapshot, '--map-arn', `${FOREIGN}=${FOREIGN}`, ...vault, ...FAST];
    const { plain } = await bench.sweep(() => [...args, '--yes', '--out', out]);
    expect([0, 6], plain.stderr).toContain(plain.exitCode);
    expectDone((await bench.sweep(() => [...args, '--dry-run'])).plain);
    const files = await filesBelow(out);
    expect(files).toHaveLength(6);
    for (const { path, text } of files) expect(bench.net.caught({ name: path, text: `${path}\n${text}` })).toEqual([]);
    expect(bench.simulator.counters.messages.byCause).toEqual({});
  });

  it('import, with hashes, groups and memberships', async () => {
    const pool = bench.plant('empty');
    const out = bench.path('csv');
    expectDone(await bench.look(['export', snapshot, '--out', out, '--for-pool', pool, ...vault]));
    const files = ['--groups', `${out}/groups.csv`, '--memberships', `${out}/memberships.csv`];
    const { plain } = await bench.sweep(() => [
      'import',
      `${out}/users-0001.csv`,
      ...files,
      '--pool',
      bench.plant('empty'),
      '--yes',
      ...vault,
      ...FAST,
    ]);
    expect([0, 3], plain.stderr).toContain(plain.exitCode);
    const rows = await withHashes(`${out}/users-0001.csv`);
    await writeFile(bench.path('hashed.csv'), rows);
    const hashes = ['--password-hashes', 'bcrypt', '--import-role', ROLE];
    const hashed = await bench.sweep(() => [
      'import',
      bench.path('hashed.csv'),
      ...hashes,
      '--pool',
      bench.plant('empty'),
      '--yes',
      ...vault,
      ...FAST,
    ]);
    expect([0, 3], hashed.plain.stderr).toContain(hashed.plain.exitCode);
    // The algorithm has to be named: an error about a line with a hash in it.
    const unnamed = await bench.sweep(() => ['import', bench.path('hashed.csv'), '--pool', pool, '--yes', ...vault]);
    expectDone(unnamed.plain, 2);
  });

  it('what names nobody of a vault: keys, manifests, records of runs, leases', async () => {
    const files = await filesBelow(bench.path('vault'));
    const plain = files.filter(({ path }) => path.endsWith('.json'));
    expect(plain.map(({ path }) => path).join()).toMatch(/manifest\.json.*run\.json|run\.json.*manifest\.json/);
    for (const { path, text } of plain) expect(bench.net.caught({ name: path, text })).toEqual([]);
    expect(bench.net.caught({ name: 'keys', text: files.map(({ path }) => path).join('\n') })).toEqual([]);
    expect(files.filter(({ mode }) => mode !== 0o600)).toEqual([]);
  });
});

describe('the net would catch it: what is there to name somebody does', () => {
  it.each([
    ['show --user', () => ['show', snapshot, '--user', markedEmail('full'), ...vault]],
    ['diff --details', () => ['diff', snapshot, `pool:${bench.plant('other')}`, '--details', ...vault]],
    ['verify --details', () => ['verify', snapshot, '--pool', bench.plant('other'), '--details', ...vault]],
    [
      'a plan with --details',
      () => [
        'restore',
        snapshot,
        '--pool',
        bench.plant('empty'),
        '--dry-run',
        '--details',
        ...vault,
        // Names whom a file cannot carry.
        '--engine',
        'import-job',
        '--import-role',
        ROLE,
      ],
    ],
    ['export to stdout', () => ['export', snapshot, '--format', 'jsonl', '--out', '-', ...vault]],
  ])('%s', async (what, args) => {
    const text = await bench.shown(args());
    expect(bench.net.caught({ name: what, text }), text).not.toEqual([]);
    if (what.startsWith('export')) return;
    const json = await bench.shown([...args(), '--json']);
    expect(bench.net.caught({ name: what, text: json }), json).not.toEqual([]);
  });

  it('and so do the map and the failures of a run', async () => {
    const parts = (await filesBelow(bench.path('vault/runs'))).map(({ path }) => path);
    expect(parts.filter((path) => path.includes('map')).length).toBeGreaterThan(0);
  });
});

describe('no error names anybody:', () => {
  it("of what is asked for by somebody's name", async () => {
    for (const key of [markedEmail('nobody'), markedPhone(99), markedName('nobody')]) {
      expectDone((await bench.sweep(() => ['show', snapshot, '--user', key, ...vault])).plain, 7);
      await bench.look([
        'restore',
        snapshot,
        '--pool',
        bench.plant('empty'),
        '--only-user',
        key,
        '--yes',
        ...vault,
        ...FAST,
      ]);
    }
  });

  // Every answer to every operation is looked at in service-errors.test.ts; here how far one gets.
  it.each(COGNITO_ECHOES.filter(([what]) => ECHOED.includes(what)))(
    'of Cognito, when a write or a listing is answered by %s',
    async (_, echo) => {
      const { headers, ...rest } = echo;
      const raw = { type: 'application/x-amz-json-1.1', ...rest, ...(headers && { headers }) };
      for (const operation of ['AdminCreateUser', 'ListUsers']) {
        bench.proxy.reset();
        bench.proxy.arm({ kind: 'not-json', operation, nth: 1, times: 1, answer: () => raw });
        const args = ['restore', snapshot, '--engine', 'api', '--yes', ...vault, ...FAST];
        const result = await bench.look([...args, '--json', '--pool', bench.plant('empty')]);
        expect(result.exitCode).toBeTypeOf('number');
        expect(bench.proxy.fired()).toBe(1);
      }
    },
  );

  it('of anything that was not foreseen', async () => {
    const { BackupError } = await import('../../src/model/errors.ts');
    const { printError } = await import('../../src/cli/run-command.ts');
    const { fakeTerminal } = await import('../../src/cli/testing/fake-terminal.ts');
    for (const error of [
      new Error(QUOTE),
      new TypeError(QUOTE, { cause: new Error(QUOTE) }),
      Object.assign(new Error(QUOTE), { name: `It is ${QUOTE}`, code: QUOTE }),
      QUOTE,
      { message: QUOTE },
      new BackupError('internal', 'It failed', { cause: new Error(QUOTE) }),
    ]) {
      const terminal = fakeTerminal();
      printError(error, { json: true }, terminal);
      const text = [...terminal.stdout, ...terminal.stderr].join('\n');
      expect(bench.net.caught({ name: 'an error', text })).toEqual([]);
    }
  });

  it('but with COGNITO_BACKUP_DEBUG what the service answered is there', async () => {
    vi.stubEnv('COGNITO_BACKUP_DEBUG', '1');
    const [, echo] = COGNITO_ECHOES.find(([what]) => what === 'InvalidParameterException')!;
    const raw = { type: 'application/x-amz-json-1.1', status: echo.status, body: echo.body };
    bench.proxy.arm({ kind: 'not-json', operation: 'DescribeUserPool', nth: 1, answer: () => raw });
    const text = await bench.shown(['backup', '--pool', bench.source, ...vault]);
    expect(text).toContain('Caused by: InvalidParameterException');
    expect(text).toContain(DIGITS);
  });
});

/** Rows of an import file with a hash behind each that has no place for one yet. */
async function withHashes(path: string): Promise<string> {
  const [header = '', ...rows] = (await readFile(path, 'utf8')).trimEnd().split('\n');
  const hash = `$2b$10$${WORD}${WORD}${WORD}${WORD}${WORD}${WORD}abcde`;
  if (!header.endsWith(',password_hash'))
    return `${header},password_hash\n${rows.map((row) => `${row},${hash}`).join('\n')}\n`;
  return `${header}\n${rows.map((row) => `${row}${hash}`).join('\n')}\n`;
}
