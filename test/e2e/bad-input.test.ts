import { chmod, cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { execFileSync, spawnSync } from 'node:child_process';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { OLD_BCRYPT_HASHES } from '../../src/simulator/seeds/hostile-users.ts';
import { ordinaryPool } from '../../src/simulator/seeds/ordinary-pool.ts';
import { plantSeed } from '../../src/simulator/seeds/plant-seed.ts';
import type { PoolConfig, SeedUser } from '../../src/simulator/pool-config.ts';
import {
  builtCommand,
  documentOf,
  startCliBench,
  type CliBench,
  type CliOptions,
  type JsonResult,
} from '../support/cli.ts';
import { errorDocument, verifyDocument } from './json-contract.ts';
import { fileDigests, objectDigests, writesSeen } from './vault-files.ts';

/** No waiting for the provisioned limits: they are asked for one a second. */
/** Root may write everywhere, so it becomes somebody else, who has to reach Node and the build. */
const asOther: { readonly uid?: number } = process.getuid?.() === 0 ? { uid: 65_534 } : {};
const othersCanRun =
  spawnSync(process.execPath, [builtCommand, '--version'], { ...asOther, cwd: '/', timeout: 30_000 }).status === 0;

const FAST = ['--max-rps', '1000'];

/** The exit codes of docs/CLI.md, by what went wrong. */
const EXIT = {
  usage: 2,
  'bad-input': 2,
  refused: 2,
  'schema-gap': 2,
  'snapshot-ambiguous': 2,
  'vault-too-new': 2,
  'not-authorized': 4,
  credentials: 4,
  'vault-not-writable': 4,
  damaged: 5,
  'pool-not-found': 7,
  'vault-not-found': 7,
  'snapshot-not-found': 7,
  'user-not-found': 7,
  'group-not-found': 7,
  'file-not-found': 7,
  locked: 8,
  throttled: 75,
  unavailable: 75,
  'unreadable-answer': 1,
  'disk-full': 1,
  'storage-failed': 1,
} as const;

type Code = keyof typeof EXIT;

const seed = ordinaryPool({ users: 12, groups: 2, seed: 11, model: 'username' });

describe('bad input', () => {
  let bench: CliBench;
  let source: string;
  let standby: string;
  let snapshot: string;
  /** A file of one user that an import would take. */
  let csv: string;
  let refusedEndpoint: Promise<JsonResult>;

  beforeAll(async () => {
    bench = await startCliBench();
    source = plantSeed(bench.simulator, seed);
    standby = pool();
    const { document } = await bench.json(['backup', '--pool', source, '--vault', 'vault', ...FAST]);
    snapshot = document['snapshot'].id as string;
    csv = await oneUser();
    await writeFile(bench.path('users.csv'), csv);
    // Trying again takes about twenty seconds: they pass while the other tests run.
    const closed = `http://127.0.0.1:${await closedPort()}`;
    refusedEndpoint = bench.json(['backup', '--pool', source, '--vault', 'refused', '--endpoint-url', closed]);
  });
  afterAll(() => bench.close());
  beforeEach(() => bench.simulator.resetCounters());
  afterEach(() => {
    bench.simulator.faults.clear();
    bench.simulator.s3.faults.clear();
  });

  const pool = (config: PoolConfig = {}, users: readonly SeedUser[] = []): string =>
    plantSeed(bench.simulator, { config: { ...seed.config, ...config }, groups: [], users });
  const oneUser = async (): Promise<string> => {
    await bench.json(['export', snapshot, '--vault', 'vault', '--out', 'export']);
    const [header = ''] = (await readFile(bench.path('export', 'users-0001.csv'), 'utf8')).split('\n');
    const cells: Record<string, string> = {
      'cognito:username': 'ada',
      email: 'ada@example.com',
      email_verified: 'true',
      phone_number_verified: 'false',
      'cognito:mfa_enabled': 'false',
    };
    return `${header}\n${header
      .split(',')
      .map((column) => cells[column] ?? '')
      .join(',')}\n`;
  };
  const backup = (...more: string[]) => ['backup', '--pool', source, '--vault', 'vault', ...FAST, ...more];
  const restore = (...more: string[]) => [
    'restore',
    snapshot,
    '--pool',
    standby,
    '--vault',
    'vault',
    '--yes',
    ...FAST,
    ...more,
  ];
  const clean = (...more: string[]) => ['clean', '--pool', source, '--vault', 'vault', ...FAST, ...more];
  const importing = (file: string, ...more: string[]) => [
    'import',
    file,
    '--pool',
    standby,
    '--vault',
    'vault',
    '--yes',
    ...FAST,
    ...more,
  ];

  /** Runs it, with everything that holds for every refusal: message, hint, code, nobody named, nothing changed. */
  const refuses = async (
    args: readonly string[],
    code: Code,
    message: string | RegExp,
    options?: CliOptions,
  ): Promise<JsonResult> => {
    const before = { files: await fileDigests(bench.folder), objects: objectDigests(bench.simulator, 'bucket') };
    const result = await bench.json(args, options);
    expectRefusal(result, code, message);
    expect(writesSeen(bench.simulator)).toEqual({});
    expect({ files: await fileDigests(bench.folder), objects: objectDigests(bench.simulator, 'bucket') }).toEqual(
      before,
    );
    return result;
  };

  describe('of pools and AWS', () => {
    it.each(['backup', 'restore', 'verify', 'mirror', 'clean', 'import'])(
      '%s of a pool that is not there',
      async (command) => {
        const unknown = 'eu-central-1_NotThere1';
        const args: Record<string, string[]> = {
          backup: ['backup', '--pool', unknown, '--vault', 'vault'],
          restore: ['restore', 'latest', '--pool', unknown, '--vault', 'vault', '--yes'],
          verify: ['verify', 'latest', '--pool', unknown, '--vault', 'vault'],
          mirror: ['mirror', `pool:${unknown}`, '--pool', standby, '--vault', 'vault', '--yes'],
          clean: ['clean', '--pool', unknown, '--vault', 'vault', '--confirm', unknown],
          import: ['import', 'users.csv', '--pool', unknown, '--vault', 'vault', '--yes'],
        };
        await refuses([...(args[command] ?? []), ...FAST], 'pool-not-found', unknown);
      },
    );

    it('a pool that is not there leaves no vault behind', async () => {
      const unknown = 'eu-central-1_NotThere1';
      await refuses(['backup', '--pool', unknown, '--vault', 'new', ...FAST], 'pool-not-found', unknown);
      await refuses(['backup', '--pool', unknown, '--vault', 's3://bucket/new', ...FAST], 'pool-not-found', unknown);
    });

    it('a pool of another Region', async () => {
      const elsewhere = standby.replace('eu-central-1', 'us-east-1');
      const { document } = await refuses(
        ['backup', '--pool', elsewhere, '--vault', 'vault', ...FAST],
        'pool-not-found',
        elsewhere,
      );
      expect(document['hint']).toContain('us-east-1');
    });

    it('a missing permission, which is named', async () => {
      for (const operation of ['DescribeUserPool', 'ListGroups', 'ListUsers']) {
        bench.simulator.faults.clear();
        bench.simulator.faults.add({ kind: 'access-denied', operation });
        const { document } = await refuses(restore(), 'not-authorized', operation);
        expect(document['hint']).toContain(`cognito-idp:${operation}`);
      }
      bench.simulator.faults.clear();
      bench.simulator.faults.add({ kind: 'access-denied', operation: 'DescribeUserPool' });
      await refuses(backup(), 'not-authorized', 'DescribeUserPool');
    });

    it('a missing permission to write stops the run, which says so and goes on once it is granted', async () => {
      const target = pool();
      const args = ['restore', snapshot, '--pool', target, '--vault', 'denied', '--yes', ...FAST];
      await cp(bench.path('vault'), bench.path('denied'), { recursive: true });
      bench.simulator.faults.add({ kind: 'access-denied', operation: 'AdminCreateUser' });
      expectRefusal(await bench.json(args), 'not-authorized', 'AdminCreateUser');
      expect(bench.simulator.pool(target).size).toBe(0);
      bench.simulator.faults.clear();
      expect(await bench.json(args)).toMatchObject({ exitCode: 0, document: { failed: 0, remaining: { missing: 0 } } });
    });

    it('expired credentials, and none at all', async () => {
      const none = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };
      await refuses(restore(), 'credentials', 'No usable AWS credentials were found', { env: none });
      bench.simulator.faults.add({ kind: 'expired-token' });
      await refuses(restore(), 'credentials', 'ExpiredTokenException');
      await refuses(backup(), 'credentials', 'ExpiredTokenException');
    });

    it('throttling beyond patience', async () => {
      bench.simulator.faults.add({ kind: '429' });
      const { document } = await refuses(restore('--patience', '0.5'), 'throttled', 'DescribeUserPool');
      expect(document['hint']).toContain('run the same command again');
    });

    it('an answer that is not JSON', async () => {
      const { server, url } = await webPage();
      await refuses(restore('--endpoint-url', url), 'unreadable-answer', 'DescribeUserPool');
      server.close();
    });

    it('an endpoint where nobody listens', async () => {
      expectRefusal(await refusedEndpoint, 'unavailable', 'ECONNREFUSED');
      expect(await fileDigests(bench.path('refused'))).toEqual({});
    });
  });

  describe('of vaults and snapshots', () => {
    it.each(['verify', 'restore', 'show', 'snapshots', 'diff', 'export', 'mirror'])(
      '%s from a vault that is not there',
      async (command) => {
        const args: Record<string, string[]> = {
          verify: ['verify', 'latest'],
          restore: ['restore', 'latest', '--pool', standby, '--yes'],
          show: ['show'],
          snapshots: ['snapshots'],
          diff: ['diff', 'latest', `pool:${source}`],
          export: ['export', 'latest', '--out', 'out'],
          mirror: ['mirror', 'latest', '--pool', standby, '--yes'],
        };
        await refuses([...(args[command] ?? []), '--vault', 'nowhere'], 'vault-not-found', 'nowhere');
        await refuses([...(args[command] ?? []), '--vault', 's3://bucket/nowhere'], 'vault-not-found', 'nowhere');
        await refuses(
          [...(args[command] ?? []), '--vault', 's3://no-such-bucket'],
          'vault-not-found',
          'no-such-bucket',
        );
      },
    );

    it('a folder that is no vault, and no vault named at all', async () => {
      await mkdir(bench.path('empty'), { recursive: true });
      await refuses(['verify', 'latest', '--vault', 'empty'], 'vault-not-found', 'empty');
      await refuses(['verify', 'latest', '--vault', 'gs://bucket/vault'], 'usage', 'gs://bucket/vault');
      await refuses(['verify', 'latest'], 'usage', 'No vault is named');
    });

    it('a vault in S3 that may not be written', async () => {
      bench.simulator.s3.faults.add({
        operation: 'PutObject',
        times: 1_000,
        effect: { status: 403, code: 'AccessDenied' },
      });
      await refuses(
        ['backup', '--pool', source, '--vault', 's3://bucket/vault', ...FAST],
        'not-authorized',
        'AccessDenied',
      );
    });

    it('a bucket of another Region', async () => {
      bench.simulator.s3.faults.add({ times: 1_000, effect: { status: 301, code: 'PermanentRedirect' } });
      await refuses(['verify', 'latest', '--vault', 's3://bucket/vault'], 'usage', 'PermanentRedirect');
    });

    it.skipIf(!othersCanRun)('a vault on this machine that may not be written', async () => {
      const { uid } = asOther;
      const readOnly = bench.path('read-only');
      await cp(bench.path('vault'), readOnly, { recursive: true });
      await openUp(readOnly, uid);
      if (uid !== undefined) await chmod(bench.folder, 0o755);
      const args = ['backup', '--pool', source, '--vault', 'read-only', ...FAST];
      await refuses(args, 'vault-not-writable', 'EACCES', asOther);
    });

    it('a vault that is a file', async () => {
      await refuses(['backup', '--pool', source, '--vault', 'users.csv', ...FAST], 'vault-not-found', 'Not a folder');
      await refuses(['backup', '--pool', source, '--vault', 'users.csv/vault', ...FAST], 'storage-failed', 'users.csv');
    });

    it('a vault and a snapshot of a later format', async () => {
      const newer = await copyOfVault('newer');
      await writeFile(
        bench.path('newer', 'vault.json'),
        '{"format":2,"id":"00000000000000000000000000000000","new":true}',
      );
      for (const args of [
        ['verify', 'latest'],
        ['restore', 'latest', '--pool', standby, '--yes'],
        ['backup', '--pool', source],
      ])
        await refuses([...args, '--vault', 'newer'], 'vault-too-new', 'vault.json');
      const later = await copyOfVault('later');
      expect(later).not.toBe(newer);
      await rewrite(bench.path('later', manifestPath()), (text) => text.replace('"format": 1', '"format": 2'));
      await refuses(['verify', snapshot, '--vault', 'later'], 'vault-too-new', 'manifest.json');
      const listed = await bench.json(['snapshots', '--vault', 'later']);
      expect(listed).toMatchObject({ exitCode: 0, document: { snapshots: [{ status: 'too-new' }] } });
    });

    it('a snapshot that is not there, or could be two', async () => {
      await refuses(['verify', '19990101', '--vault', 'vault'], 'snapshot-not-found', 'No snapshot');
      await refuses(
        ['verify', 'eu-central-1_NotThere1@latest', '--vault', 'vault'],
        'snapshot-not-found',
        'no snapshot of that pool',
      );
      await copyOfVault('two');
      const other = pool();
      for (const poolId of [source, other]) await bench.json(['backup', '--pool', poolId, '--vault', 'two', ...FAST]);
      bench.simulator.resetCounters();
      const ambiguous = await refuses(
        ['restore', '20', '--pool', standby, '--vault', 'two', '--yes'],
        'snapshot-ambiguous',
        '3 snapshots',
      );
      expect(ambiguous.document['hint']).toContain(`${source}@${snapshot}`);
      await refuses(
        ['restore', 'latest', '--pool', standby, '--vault', 'two', '--yes'],
        'snapshot-ambiguous',
        '2 pools',
      );
    });

    it.each(['changed', 'cut short', 'gone'])('a part that is %s, which is named', async (damage) => {
      const vault = `part ${damage}`;
      const part = await damagePart(vault, damage);
      const checked = await bench.json(['verify', snapshot, '--vault', vault]);
      expect(checked.exitCode).toBe(5);
      expect(verifyDocument.parse(checked.document).ok).toBe(false);
      expect(checked.document['problems']).toEqual([
        expect.objectContaining({ path: expect.stringContaining(part) as unknown }),
      ]);
      await refuses(['restore', snapshot, '--pool', standby, '--vault', vault, '--yes', ...FAST], 'damaged', part);
      await refuses(['mirror', snapshot, '--pool', standby, '--vault', vault, '--yes', ...FAST], 'damaged', part);
      expect(bench.simulator.pool(standby).size).toBe(0);
    });

    it.each(['changed', 'cut short'])('a manifest that is %s', async (damage) => {
      const vault = `manifest ${damage}`;
      await copyOfVault(vault);
      await rewrite(bench.path(vault, manifestPath()), (text) =>
        damage === 'changed' ? text.replace(/"users": 12/, '"users": 13') : text.slice(0, 500),
      );
      for (const name of [snapshot, 'latest'])
        await refuses(['restore', name, '--pool', standby, '--vault', vault, '--yes'], 'damaged', 'manifest.json');
      const checked = await bench.json(['verify', snapshot, '--vault', vault]);
      expect(checked).toMatchObject({
        exitCode: 5,
        document: { ok: false, problems: [{ message: expect.any(String) as string }] },
      });
      const listed = await bench.json(['snapshots', '--vault', vault]);
      expect(listed).toMatchObject({ exitCode: 0, document: { snapshots: [{ status: 'damaged' }] } });
    });
  });

  describe('of CSV files', () => {
    const cases: Readonly<
      Record<string, readonly [spoil: (good: string) => string | Buffer, message: string | RegExp]>
    > = {
      'a header that lacks a column': [
        (good) => good.replace(',email_verified', ''),
        'lacks the column "email_verified"',
      ],
      'a header with an unknown column': [
        (good) => good.replace('email,', 'email,nonsense,'),
        /unknown column no\. \d+/,
      ],
      'no header': [(good) => good.slice(good.indexOf('\n') + 1), /line 1 /],
      semicolons: [(good) => good.replaceAll(',', ';'), /line 1 /],
      'UTF-16': [(good) => Buffer.from(`\ufeff${good}`, 'utf16le'), 'UTF-16'],
      'UTF-16 without its mark': [(good) => Buffer.from(good, 'utf16le'), 'UTF-16'],
      Latin1: [(good) => Buffer.from(good.replace('ada', 'ad\u00e4'), 'latin1'), 'line 2 is not valid UTF-8'],
      'a byte order mark': [(good) => `\ufeff${good}`, 'byte order mark'],
      'a row that is too long': [
        (good) => good.replace('ada@', `${'a'.repeat(16_001)}@`),
        'line 2 is longer than 16,000 characters',
      ],
      'a quoted cell': [(good) => good.replace('ada@example.com', '"ada@example.com"'), 'line 2 has a quoted cell'],
      'a comma too many': [
        (good) => good.replace('ada@example.com', 'Lovelace, ada@example.com'),
        /line 2 has \d+ cells/,
      ],
      'an empty line': [(good) => good.replace('\n', '\n\n'), 'line 2 is empty'],
      'nothing in it': [() => '', /line 1 is missing/],
      'a password hash of an unnamed algorithm': [withHash, 'Line 2 of bad.csv has a password hash'],
    };

    it.each(Object.entries(cases))('%s', async (_name, [spoil, message]) => {
      await writeFile(bench.path('bad.csv'), spoil(csv));
      const { stderr } = await refuses(importing('bad.csv'), 'bad-input', message);
      expect(stderr).toContain('bad.csv');
      expect(stderr).not.toMatch(/ada|lovelace/i);
    });

    it('one that is not there, here or in S3', async () => {
      await refuses(importing('nowhere.csv'), 'file-not-found', 'nowhere.csv');
      await refuses(importing('s3://bucket/nowhere.csv'), 'file-not-found', 'nowhere.csv');
      await refuses(importing(bench.folder), 'usage', 'folder');
      await refuses(importing('users.csv', '--groups', 'nowhere.csv'), 'file-not-found', 'nowhere.csv');
    });

    it('one that is given twice', async () => {
      await refuses([...importing('users.csv'), `${bench.folder}/users.csv`], 'usage', 'users.csv');
    });

    it('groups and memberships that make no sense', async () => {
      await writeFile(bench.path('groups.csv'), 'name,precedence\nstaff,first\n');
      await refuses(importing('users.csv', '--groups', 'groups.csv'), 'bad-input', 'precedence');
      await writeFile(bench.path('memberships.csv'), 'group,username\nno-such-group,ada\n');
      await refuses(importing('users.csv', '--memberships', 'memberships.csv'), 'bad-input', 'groups');
    });
  });

  describe('of plans', () => {
    it('attributes that the target lacks, all of them with how many users carry them', async () => {
      const target = pool({ Schema: [] });
      const args = ['restore', snapshot, '--pool', target, '--vault', 'vault', '--yes', ...FAST];
      const { document } = await refuses(args, 'schema-gap', 'custom:tenant (');
      for (const name of ['tenant', 'employee_id', 'credits', 'newsletter'])
        expect(document['message']).toContain(`custom:${name} (`);
      expect(document['hint']).toContain('--create-missing-attributes');
      await refuses([...args, '--dry-run'], 'schema-gap', 'custom:tenant (');
    });

    it('an export for a pool that is not there', async () => {
      const args = ['export', snapshot, '--vault', 'vault', '--out', 'exported-for-nobody'];
      await refuses([...args, '--for-pool', 'eu-central-1_NobodyXYZ'], 'pool-not-found', 'eu-central-1_NobodyXYZ');
      expect(await readdir(bench.folder)).not.toContain('exported-for-nobody');
    });

    it('a pool of which the vault holds nothing', async () => {
      const nobody = ['--vault', 'vault', '--pool', 'eu-central-1_NobodyXYZ'];
      await refuses(['snapshots', ...nobody], 'snapshot-not-found', 'eu-central-1_NobodyXYZ');
      await refuses(['prune', '--keep-last', '1', ...nobody], 'snapshot-not-found', 'eu-central-1_NobodyXYZ');
    });

    it('a protected target', async () => {
      const target = pool({ UserPoolTags: { 'cognito-backup:protected': 'true' } }, seed.users.slice(0, 2));
      const at = ['--pool', target, '--vault', 'vault', '--confirm', target, ...FAST];
      await refuses(['clean', ...at], 'refused', 'cognito-backup:protected=true');
      await refuses(['mirror', snapshot, ...at], 'refused', 'cognito-backup:protected=true');
      await refuses(['clean', ...at, '--no-backup'], 'refused', 'cognito-backup:protected=true');
    });

    it('a mirror of a pool to itself', async () => {
      await refuses(
        ['mirror', snapshot, '--pool', source, '--vault', 'vault', '--confirm', source, ...FAST],
        'refused',
        'itself',
      );
      await refuses(
        ['mirror', `pool:${source}`, '--pool', source, '--vault', 'vault', '--confirm', source, ...FAST],
        'refused',
        'itself',
      );
    });

    it('triggers that would fire', async () => {
      const target = pool({ LambdaConfig: { PreSignUp: 'arn:aws:lambda:eu-central-1:123456789012:function:check' } });
      await refuses(
        ['restore', snapshot, '--pool', target, '--vault', 'vault', '--yes', ...FAST],
        'refused',
        'PreSignUp',
      );
      await refuses(
        ['mirror', snapshot, '--pool', target, '--vault', 'vault', '--yes', ...FAST],
        'refused',
        'PreSignUp',
      );
    });

    it('no passwords where nobody could sign in without one', async () => {
      await refuses(restore('--passwords', 'none'), 'refused', '--passwords none');
    });

    it('more deletes than a mirror may do', async () => {
      const others = Array.from({ length: 5 }, (_, at): SeedUser => ({ username: `other-${at}` }));
      const target = pool({}, others);
      const args = ['mirror', snapshot, '--pool', target, '--vault', 'vault', '--confirm', target, ...FAST];
      const { document } = await refuses([...args, '--max-deletes', '4'], 'refused', '5 users');
      expect(document['hint']).toContain('--max-deletes 5');
    });

    it('a mirror from an empty snapshot', async () => {
      const empty = pool();
      await bench.json(['backup', '--pool', empty, '--vault', 'of-nobody', ...FAST]);
      bench.simulator.resetCounters();
      const target = pool({}, seed.users.slice(0, 2));
      await refuses(
        ['mirror', 'latest', '--pool', target, '--vault', 'of-nobody', '--confirm', target, ...FAST],
        'refused',
        'empty',
      );
    });

    it('a user who is not there', async () => {
      const unknown = await refuses(
        restore('--only-user', 'nobody@canary.example'),
        'user-not-found',
        'nor in the target: 1',
      );
      expect(unknown.stdout + unknown.stderr).not.toContain('canary');
      await refuses(
        clean('--only-user', 'nobody@canary.example', '--confirm', source),
        'user-not-found',
        'nor in the target: 1',
      );
      await refuses(restore('--only-group', 'nobody'), 'group-not-found', 'nor in the target: 1');
      await refuses(['show', '--vault', 'vault', '--user', 'nobody@canary.example'], 'user-not-found', 'No such user');
    });

    it('two runs on one target at a time', async () => {
      const target = pool();
      const args = ['restore', snapshot, '--pool', target, '--vault', 'locked', '--yes', ...FAST];
      await copyOfVault('locked');
      bench.simulator.faults.add({ kind: 'stall', operation: 'AdminCreateUser', nth: 1 });
      const first = bench.start([...args, '--json']);
      await until(() => (bench.simulator.counters.faults['stall'] ?? 0) > 0);
      expectRefusal(await bench.json(args), 'locked', target);
      first.kill('SIGKILL');
      await first.result;
      expect(await bench.json(args)).toMatchObject({
        exitCode: 0,
        document: { remaining: { missing: 0, changed: 0 } },
      });
    });
  });

  describe('of confirmations, with nobody to ask', () => {
    it('a write without --yes', async () => {
      const { document } = await refuses(
        restore().filter((arg) => arg !== '--yes'),
        'refused',
        standby,
      );
      expect(document['hint']).toContain('--yes');
    });

    it.each([
      ['clean', () => clean()],
      ['clean with no more than a yes', () => clean('--yes')],
      [
        'restore into the very source',
        () => ['restore', snapshot, '--pool', source, '--vault', 'vault', '--yes', '--existing', 'update', ...FAST],
      ],
      [
        'mirror that deletes',
        () => ['mirror', snapshot, '--pool', pool({}, [{ username: 'other' }]), '--vault', 'vault', '--yes', ...FAST],
      ],
    ])('%s without --confirm', async (_name, args) => {
      if (_name.startsWith('restore')) bench.simulator.pool(source).removeUser(seed.users[0]?.username ?? '');
      const { document } = await refuses(args(), 'refused', 'Not confirmed');
      expect(document['hint']).toMatch(/--confirm eu-central-1_/);
    });

    it('a --confirm that names another pool', async () => {
      await refuses(clean('--confirm', standby), 'refused', standby);
    });
  });

  describe('of the command line', () => {
    it.each([
      ['an unknown command', ['bakcup'], "'bakcup'", /backup/],
      ['an unknown option', ['backup', '--pol', 'x'], "'--pol'", /--pool/],
      ['no pool', ['backup', '--vault', 'vault'], 'No pool is named', /--all-pools/],
      [
        'both kinds of pools',
        ['backup', '--all-pools', '--pool', 'eu-central-1_AbCdEfGhI', '--vault', 'vault'],
        'Both',
        /--pool/,
      ],
      ['no target', ['restore', 'latest', '--vault', 'vault'], 'target', /--pool ID, or --new-pool NAME/],
      ['no snapshot', ['restore', '--pool', 'eu-central-1_AbCdEfGhI'], 'snapshot', /restore --help/],
      ['an argument too many', ['verify', 'latest', 'latest', '--vault', 'vault'], 'argument', /verify --help/],
      ['something that is no pool id', ['backup', '--pool', 'not a pool', '--vault', 'vault'], 'not a pool', /./],
      [
        'a choice that is none',
        ['restore', 'latest', '--pool', 'eu-central-1_AbCdEfGhI', '--engine', 'magic'],
        'magic',
        /./,
      ],
      ['a number that is none', ['backup', '--pool', 'eu-central-1_AbCdEfGhI', '--max-rps', 'many'], 'many', /./],
      [
        'import jobs without a role',
        ['restore', 'latest', '--pool', 'POOL', '--vault', 'vault', '--engine', 'import-job', '--yes'],
        '--import-role',
        /./,
      ],
      [
        'temporary passwords without a file',
        ['restore', 'latest', '--pool', 'POOL', '--vault', 'vault', '--passwords', 'temporary', '--yes'],
        'file',
        /--password-file/,
      ],
      [
        'no CA bundle where one is named',
        ['backup', '--pool', 'POOL', '--vault', 'vault', '--ca-bundle', 'nowhere.pem'],
        'nowhere.pem',
        /./,
      ],
    ] as const)('%s', async (name, args, message, hint) => {
      const named = args.map((arg) => (arg === 'POOL' ? standby : arg));
      const { document } = await refuses(named, name.startsWith('no CA') ? 'file-not-found' : 'usage', message);
      expect(document['hint']).toMatch(hint);
    });

    it('an option without its value', async () => {
      const result = await bench.run(['backup', '--json', '--vault']);
      expectRefusal({ ...result, document: documentOf(result) }, 'usage', '--vault');
    });

    it('a file for passwords that is there already', async () => {
      await refuses(restore('--passwords', 'temporary', '--password-file', 'users.csv'), 'usage', 'users.csv');
    });
  });

  it.skipIf(!canMount())('a disk that is full, after which the same command goes on', async () => {
    const disk = bench.path('disk');
    await mkdir(disk, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=128k,mode=0777', 'tmpfs', disk]);
    try {
      await writeFile(bench.path('disk', 'ballast'), Buffer.alloc(112 * 1024));
      const args = ['backup', '--pool', plantSeed(bench.simulator, large), '--vault', 'disk/vault', ...FAST];
      const full = await bench.json(args);
      expectRefusal(full, 'disk-full', 'ENOSPC');
      await rm(bench.path('disk', 'ballast'));
      const resumed = await bench.json(args);
      expect(resumed).toMatchObject({ exitCode: 0, document: { totals: { users: large.users.length } } });
      expect(await bench.json(['verify', 'latest', '--vault', 'disk/vault'])).toMatchObject({
        exitCode: 0,
        document: { ok: true },
      });
    } finally {
      execFileSync('umount', [disk]);
    }
  });

  const large = ordinaryPool({ users: 150, groups: 3, seed: 12, model: 'username' });

  const copyOfVault = async (name: string): Promise<string> => {
    await cp(bench.path('vault'), bench.path(name), { recursive: true });
    return name;
  };
  const snapshotPath = (): string => `pools/${source}/snapshots/${snapshot}`;
  const manifestPath = (): string => `${snapshotPath()}/manifest.json`;

  /** Damages the one part with the users; answers its name. */
  const damagePart = async (vault: string, damage: string): Promise<string> => {
    await copyOfVault(vault);
    const folder = bench.path(vault, snapshotPath(), 'users');
    const [name = ''] = await readdir(folder);
    const path = `${folder}/${name}`;
    const bytes = await readFile(path);
    if (damage === 'gone') await rm(path);
    else if (damage === 'cut short') await writeFile(path, bytes.subarray(0, bytes.length - 9));
    else
      await writeFile(
        path,
        Buffer.concat([bytes.subarray(0, 40), Buffer.from([(bytes[40] ?? 0) ^ 1]), bytes.subarray(41)]),
      );
    return `users/${name}`;
  };
});

function expectRefusal({ document, exitCode, stdout, stderr }: JsonResult, code: Code, message: string | RegExp): void {
  const error = errorDocument.parse(document);
  expect({ code: error.code, exitCode }).toEqual({ code, exitCode: EXIT[code] });
  expect(error.message).toEqual(
    typeof message === 'string' ? expect.stringContaining(message) : expect.stringMatching(message),
  );
  expect(error.message).toMatch(/^([^a-z]|\S+\.\w+ ).*[^.]$/);
  expect(stderr).toContain(`Error: ${error.message}\n`);
  expect(error.hint, 'no hint').not.toBeNull();
  expect(stderr).toContain(`Hint: ${error.hint}\n`);
  expect(stdout + stderr).not.toMatch(/@example\.(com|org)|\n {4}at /);
}

function withHash(good: string): string {
  const [header = '', row = ''] = good.split('\n');
  const at = header.split(',').indexOf('password_hash');
  return `${header}\n${row
    .split(',')
    .with(at, OLD_BCRYPT_HASHES[0] ?? '')
    .join(',')}\n`;
}

async function rewrite(path: string, change: (text: string) => string): Promise<void> {
  const text = await readFile(path, 'utf8');
  const changed = change(text);
  expect(changed).not.toBe(text);
  await writeFile(path, changed);
}

/** For a user who is not the owner: all can be read, nothing written. For the owner: nothing can be written. */
async function openUp(folder: string, uid: number | undefined): Promise<void> {
  for (const entry of [...(await readdir(folder, { recursive: true })), '']) {
    const path = `${folder}/${entry}`;
    await chmod(path, (await stat(path)).isDirectory() ? (uid === undefined ? 0o500 : 0o755) : 0o644);
  }
}

async function webPage(): Promise<{ server: Server; url: string }> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<html><body><h1>Please log in</h1></body></html>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function closedPort(): Promise<number> {
  const { server } = await webPage();
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** A small disk to fill needs the right to mount one. */
function canMount(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  try {
    execFileSync('unshare', ['--mount', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
