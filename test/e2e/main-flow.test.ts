import { readFile, stat } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SeedUser } from '../../src/simulator/pool-config.ts';
import { mixedPool } from '../../src/simulator/seeds/mixed-pool.ts';
import type { PoolSeed } from '../../src/simulator/seeds/pool-seed.ts';
import { plantSeed } from '../../src/simulator/seeds/plant-seed.ts';
import {
  documentOf,
  startCliBench,
  type CliBench,
  type CliOptions,
  type CliResult,
  type JsonResult,
} from '../support/cli.ts';
import { compareGroups, comparePools } from '../support/compare-pools.ts';
import {
  applyDocument,
  backupDocument,
  backupsDocument,
  diffDocument,
  verifyDocument,
  verifyPoolDocument,
} from './json-contract.ts';
import { filesBelow, objectDigests, openToOthers, readRecords, writesSeen } from './vault-files.ts';

const ROLE = 'arn:aws:iam::123456789012:role/cognito-import';
const NOTHING_LEFT = { failed: 0, conflicts: 0, remaining: { missing: 0, extra: 0, changed: 0 } };

const verified = (local: string): [string, string][] => [
  ['email', `${local}@canary.example`],
  ['email_verified', 'true'],
];

/** Nothing of them may be printed unasked: one for each way in which a plan speaks of people. */
const CANARIES: readonly SeedUser[] = [
  {
    username: 'canary-plain',
    sub: '0acafe00-1111-4222-8333-444444444444',
    attributes: [...verified('canary-plain'), ['name', 'Canary Name'], ['custom:tenant', 'canary-tenant']],
    groups: ['customers', 'staff'],
  },
  { username: 'canary-disabled', enabled: false, attributes: verified('canary-disabled') },
  { username: 'canary-leaving', attributes: verified('canary-leaving') },
  { username: 'canary-locked-out', attributes: [['given_name', 'Canary']] },
  {
    username: 'canary-unconfirmed',
    status: 'UNCONFIRMED',
    attributes: [['email', 'canary-unconfirmed@canary.example']],
  },
  { username: 'Google_canary', status: 'EXTERNAL_PROVIDER', attributes: [['email', 'canary-google@canary.example']] },
  {
    username: 'canary,"quoted"',
    attributes: [...verified('canary-quoted'), ['name', 'Canary "the bird"\nof many lines']],
  },
];

/** The whole main job on one source and one standby, command after command, as somebody would type it. */
describe('the main job', () => {
  let bench: CliBench;
  let seed: PoolSeed;
  let source: string;
  let standby: string;
  let snapshot: string;

  beforeAll(async () => {
    bench = await startCliBench({ pageJitter: true });
    const mixed = mixedPool({ users: 380, groups: 6 });
    seed = { ...mixed, users: [...mixed.users, ...CANARIES] };
    source = plantSeed(bench.simulator, seed);
    standby = plantSeed(bench.simulator, { ...seed, groups: [], users: [] });
  });
  afterAll(async () => {
    expect(bench.simulator.counters.messages.causedByAdmin).toBe(0);
    await bench.close();
  });

  /** Every command of this flow keeps people to itself, and stdout free of everything but the document. */
  const json = async (args: readonly string[], options?: CliOptions): Promise<JsonResult> => {
    const result = await bench.json(args, options);
    expectNobody(result);
    return result;
  };
  const backup = () => json(['backup', '--pool', source, '--vault', 'vault']);
  const differences = () => [
    ...comparePools(bench.simulator, source, standby),
    ...compareGroups(bench.simulator, source, standby),
  ];

  it('backs the pool up', async () => {
    const { document, exitCode } = await backup();
    expect(exitCode).toBe(0);
    expect(backupDocument.parse(document)).toBeTruthy();
    expect(document).toMatchObject({
      poolId: source,
      status: 'complete',
      totals: {
        users: seed.users.length,
        groups: seed.groups.length,
        memberships: bench.simulator.pool(source).memberships().length,
        byStatus: byStatus(seed.users),
      },
      throttles: 0,
      warnings: [],
    });
    expect(document['calls'].UserList).toBeGreaterThan(seed.groups.length);
    expect(writesSeen(bench.simulator)).toEqual({});
    snapshot = document['snapshot'].id as string;
    expect(await openToOthers(bench.path('vault'))).toEqual([]);
  });

  it('backs up into S3, and finds the same there', async () => {
    const vault = ['--vault', 's3://bucket/some/prefix'];
    const { document, exitCode } = await json(['backup', '--pool', source, ...vault, '--listing', 'sharded']);
    expect(exitCode).toBe(0);
    expect(document).toMatchObject({ status: 'complete', totals: { users: seed.users.length } });
    expect(Object.keys(objectDigests(bench.simulator, 'bucket')).every((key) => key.startsWith('some/prefix/'))).toBe(
      true,
    );
    const compared = await json(['verify', 'latest', ...vault, '--pool', source, '--exit-code']);
    expect(compared).toMatchObject({
      exitCode: 0,
      document: { ok: true, differences: { missing: 0, extra: 0, changed: 0 } },
    });
  });

  it('verifies the snapshot', async () => {
    const { document, exitCode } = await json(['verify', snapshot.slice(0, -3), '--vault', 'vault']);
    expect(exitCode).toBe(0);
    expect(verifyDocument.parse(document)).toMatchObject({ ok: true, problems: [] });
    expect(document).not.toHaveProperty('differences');
  });

  it('says in a dry run what a restore would do, and does nothing', async () => {
    const before = await filesBelow(bench.path('vault'));
    const args = ['restore', 'latest', '--vault', 'vault', '--pool', standby, '--dry-run', '--max-rps', '1000'];
    const { document, exitCode, stderr } = await json(args);
    expect(exitCode).toBe(0);
    expect(applyDocument('restore').parse(document)).toMatchObject({ dryRun: true, mapFile: null, failuresFile: null });
    expect(document['planned'].createUsers).toBe(restorable(seed.users).length);
    expect(Object.values(document['done'] as object).every((done) => done === 0)).toBe(true);
    expect(stderr).toBe('');
    expect(writesSeen(bench.simulator)).toEqual({});
    expect(await filesBelow(bench.path('vault'))).toEqual(before);

    const spoken = await bench.run(args);
    expect(spoken.exitCode).toBe(0);
    expectNobody(spoken);
    for (const part of [
      'Create users',
      'API calls',
      'Takes about',
      'monthly active',
      'At the next sign-in',
      'could not get back in',
    ])
      expect(spoken.stdout).toContain(part);
    const detailed = await bench.run([...args, '--details']);
    expect(detailed.stdout).toContain('canary-locked-out');
    expect(detailed.stdout).not.toContain('canary-plain');
  });

  it('restores into the standby by API', async () => {
    const { document, exitCode } = await json([
      'restore',
      'latest',
      '--vault',
      'vault',
      '--pool',
      standby,
      '--yes',
      '--engine',
      'api',
    ]);
    expect(differences()).toEqual([]);
    expect(exitCode).toBe(0);
    const parsed = applyDocument('restore').parse(document);
    expect(parsed).toMatchObject({ dryRun: false, ...NOTHING_LEFT, failuresFile: null });
    expect(parsed.planned.createUsers).toBe(restorable(seed.users).length);
    expect(parsed.done).toMatchObject({ createUsers: parsed.planned.createUsers, deleteUsers: 0 });
    const losses = new Map(parsed.losses.map(({ kind, count }) => [kind, count]));
    expect(losses.get('password')).toBe(parsed.planned.createUsers);
    expect(losses.get('signs-up-again')).toBe(seed.users.filter(({ status }) => status === 'UNCONFIRMED').length);
    expect(losses.get('mfa-and-devices')).toBe(1);
    expect(
      [...bench.simulator.pool(standby).users()].filter(({ status }) => status === 'FORCE_CHANGE_PASSWORD'),
    ).toEqual([]);
    const map = bench.path(parsed.mapFile ?? '');
    expect((await stat(map)).mode & 0o777).toBe(0o600);
    expect(await readRecords(map)).toHaveLength(parsed.planned.createUsers);
  });

  it('finds nothing to do when asked again, and asks for no confirmation then', async () => {
    bench.simulator.resetCounters();
    const { document, exitCode } = await json([
      'restore',
      'latest',
      '--vault',
      'vault',
      '--pool',
      standby,
      '--existing',
      'update',
    ]);
    expect({ exitCode, planned: document['planned'].updateUsers, ...writesSeen(bench.simulator) }).toEqual({
      exitCode: 0,
      planned: 0,
    });
  });

  it('proves that the standby holds what the snapshot holds', async () => {
    const { document, exitCode } = await json([
      'verify',
      'latest',
      '--vault',
      'vault',
      '--pool',
      standby,
      '--exit-code',
    ]);
    expect(exitCode).toBe(0);
    expect(verifyPoolDocument.parse(document)).toMatchObject({
      ok: true,
      differences: { missing: 0, extra: 0, changed: 0 },
    });
  });

  it('exports CSV files to a folder and to S3, the same ones', async () => {
    const args = ['export', `${source}@latest`, '--vault', 'vault', '--format', 'csv', '--for-pool', standby];
    const local = await json([...args, '--out', 'export']);
    expect(local).toMatchObject({
      exitCode: 0,
      document: { schema: 'cognito-backup/export/v1', users: seed.users.length },
    });
    const remote = await json([...args, '--out', 's3://bucket/export']);
    expect(remote).toMatchObject({ exitCode: 0, document: { ...local.document, location: 's3://bucket/export' } });
    const { carried, files, notCarried } = local.document;
    const left = Object.values(notCarried as Record<string, number>).reduce((sum, count) => sum + count, 0);
    expect(carried + left).toBe(seed.users.length);
    for (const { key } of files as { key: string }[]) {
      const bytes = await readFile(bench.path('export', key));
      expect(bench.simulator.s3.buckets.get('bucket')?.get(`export/${key}`)?.bytes.equals(bytes), key).toBe(true);
    }
    expect(await openToOthers(bench.path('export'))).toEqual([]);
    const lines = (await readFile(bench.path('export', 'users-0001.csv'), 'utf8')).trimEnd().split('\n');
    expect(lines).toHaveLength(carried + 1);
    expect(lines.some((line) => line.startsWith('canary-plain,') || line.includes(',canary-plain,'))).toBe(true);
  });

  it('empties the standby, after a snapshot of it', async () => {
    const { document, exitCode } = await json(['clean', '--vault', 'vault', '--pool', standby, '--confirm', standby]);
    expect(exitCode).toBe(0);
    expect(bench.simulator.pool(standby).size).toBe(0);
    expect(bench.simulator.pool(standby).groups()).toEqual([]);
    const parsed = applyDocument('clean').parse(document);
    expect(parsed).toMatchObject({ ...NOTHING_LEFT, mapFile: null, done: parsed.planned });
    expect(parsed.planned.deleteUsers).toBe(restorable(seed.users).length);
    const proof = await json(['verify', `${standby}@${document['snapshot'].id}`, '--vault', 'vault']);
    expect(proof).toMatchObject({
      exitCode: 0,
      document: { ok: true, checked: { totals: { users: parsed.planned.deleteUsers } } },
    });
  });

  it('imports the CSV files with groups and memberships', async () => {
    const args = [
      'import',
      's3://bucket/export/users-0001.csv',
      '--groups',
      'export/groups.csv',
      '--memberships',
      'export/memberships.csv',
    ];
    const { document, exitCode } = await json([
      ...args,
      '--vault',
      'vault',
      '--pool',
      standby,
      '--yes',
      '--import-role',
      ROLE,
    ]);
    expect(exitCode).toBe(0);
    const parsed = applyDocument('import').parse(document);
    expect(parsed).toMatchObject({ ...NOTHING_LEFT, failuresFile: null });
    const target = bench.simulator.pool(standby);
    expect(target.size).toBe(parsed.planned.createUsers);
    expect(compareGroups(bench.simulator, source, standby)).toEqual([]);
    for (const user of target.users()) {
      const original = bench.simulator.pool(source).user(user.username);
      expect(written(user.attributes), user.username).toEqual(written(original?.attributes ?? []));
      expect([...user.groups].sort()).toEqual([...(original?.groups ?? [])].sort());
      expect(user.status).toBe('RESET_REQUIRED');
    }
  });

  it('mirrors the source into the standby, after the source has changed', async () => {
    changeSource(bench, source);
    bench.simulator.resetCounters();
    const { document, exitCode } = await json([
      'mirror',
      `pool:${source}`,
      '--vault',
      'vault',
      '--pool',
      standby,
      '--confirm',
      standby,
    ]);
    expect(differences()).toEqual([]);
    expect(exitCode).toBe(0);
    const parsed = applyDocument('mirror').parse(document);
    expect(parsed).toMatchObject(NOTHING_LEFT);
    expect(parsed.done).toMatchObject({ deleteUsers: 1 });
    expect(document['snapshot'].poolId).toBe(source);
    const standbys = [...bench.simulator.pool(standby).users()];
    expect(standbys.filter(({ status }) => status === 'FORCE_CHANGE_PASSWORD')).toEqual([]);
  });

  it('tells two snapshots apart, and names who differs only when asked', async () => {
    const args = ['diff', `${source}@${snapshot}`, `${source}@latest`, '--vault', 'vault'];
    const { document, exitCode } = await json(args);
    expect(exitCode).toBe(0);
    expect(diffDocument.parse(document)).toMatchObject({ added: 1, removed: 1, changed: 1 });
    expect(document).not.toHaveProperty('users');
    expect((await json([...args, '--exit-code'])).exitCode).toBe(6);
    const details = await bench.json([...args, '--details']);
    expect(details.document['users']).toEqual(
      expect.arrayContaining([
        { kind: 'added', username: 'canary-new', changes: expect.anything() as unknown },
        { kind: 'removed', username: 'canary-leaving', changes: expect.anything() as unknown },
        expect.objectContaining({ kind: 'changed', username: 'canary-plain' }),
      ]),
    );
    const same = await json(['diff', `pool:${source}`, `${source}@latest`, '--vault', 'vault', '--exit-code']);
    expect(same).toMatchObject({ exitCode: 0, document: { added: 0, removed: 0, changed: 0, same: true } });
  });

  it('shows a snapshot, and one user on request', async () => {
    const shown = await json(['show', `${source}@${snapshot}`, '--vault', 'vault']);
    expect(shown).toMatchObject({
      exitCode: 0,
      document: { schema: 'cognito-backup/show/v1', manifest: { totals: { users: seed.users.length } } },
    });
    for (const key of ['canary-plain', 'CANARY-plain@canary.example', '0acafe00-1111-4222-8333-444444444444']) {
      const { document, exitCode } = await bench.json([
        'show',
        `${source}@${snapshot}`,
        '--vault',
        'vault',
        '--user',
        key,
      ]);
      expect(exitCode).toBe(0);
      expect(document['users']).toMatchObject([
        { user: { username: 'canary-plain', status: 'CONFIRMED' }, groups: ['customers', 'staff'] },
      ]);
    }
    const unknown = await json(['show', `${source}@${snapshot}`, '--vault', 'vault', '--user', 'canary-nobody']);
    expect(unknown).toMatchObject({ exitCode: 7, document: { code: 'user-not-found' } });
  });

  it('marks a snapshot after a large drop as suspect, until it is accepted', async () => {
    const gone = restorable(seed.users)
      .filter(({ username = '' }) => !username.startsWith('canary'))
      .slice(0, 120);
    for (const { username } of gone) bench.simulator.pool(source).removeUser(username ?? '');
    const { document, exitCode, stderr } = await backup();
    expect(exitCode).toBe(3);
    expect(backupDocument.parse(document)).toMatchObject({ status: 'suspect', warnings: [{ code: 'suspect-drop' }] });
    expect(stderr).toContain('Warning: ');
    const suspect = `${source}@${document['snapshot'].id}`;
    const mirror = [
      'mirror',
      suspect,
      '--vault',
      'vault',
      '--pool',
      standby,
      '--confirm',
      standby,
      '--max-deletes',
      '200',
    ];
    expect(await json(mirror)).toMatchObject({ exitCode: 2, document: { code: 'refused' } });
    const listed = await json(['snapshots', '--vault', 'vault', '--pool', source]);
    expect(listed.document['snapshots']).toMatchObject([
      { status: 'complete' },
      { status: 'complete' },
      { status: 'suspect' },
    ]);
    const accepted = await json(['snapshots', 'accept', suspect, '--vault', 'vault']);
    expect(accepted).toMatchObject({
      exitCode: 0,
      document: { schema: 'cognito-backup/snapshots-accept/v1', changed: true },
    });
    expect(await json(mirror)).toMatchObject({
      exitCode: 0,
      document: { done: { deleteUsers: gone.length }, ...NOTHING_LEFT },
    });
    expect(differences()).toEqual([]);
  });
});

describe('several pools', () => {
  let bench: CliBench;
  let pools: string[];

  beforeAll(async () => {
    bench = await startCliBench();
    pools = Array.from({ length: 65 }, (_, at) => {
      const poolId = bench.simulator.createPool({ PoolName: `pool-${at}` });
      for (let user = 0; user <= at % 3; user += 1) bench.simulator.pool(poolId).addUser({ username: `user-${user}` });
      return poolId;
    });
  });
  afterAll(() => bench.close());

  it('are backed up one after another when --pool is repeated, past one that is not there', async () => {
    const [first = '', second = ''] = pools;
    const args = ['backup', '--vault', 'few', '--max-rps', '1000', '--pool', first, '--pool', second, '--pool', first];
    const both = await bench.json(args);
    expect(both).toMatchObject({
      exitCode: 0,
      document: { status: 'complete', backups: [{ poolId: first }, { poolId: second }] },
    });
    const three = await bench.json([...args, '--pool', 'eu-central-1_NotThere1']);
    expect(backupsDocument.parse(three.document).backups).toHaveLength(3);
    expect(three).toMatchObject({
      exitCode: 3,
      document: {
        status: 'failed',
        backups: [
          { status: 'complete' },
          { status: 'complete' },
          { status: 'failed', error: { code: 'pool-not-found' } },
        ],
      },
    });
  });

  it('are all found by --all-pools, past the sixty of one page', async () => {
    const { document, exitCode } = await bench.json(['backup', '--all-pools', '--vault', 'all', '--max-rps', '1000']);
    expect(exitCode).toBe(0);
    expect(backupsDocument.parse(document)).toMatchObject({ status: 'complete', throttles: 0 });
    const found = document['backups'] as { poolId: string; totals: { users: number } }[];
    expect(found.map(({ poolId }) => poolId).sort()).toEqual([...pools].sort());
    for (const { poolId, totals } of found) expect(totals.users).toBe(bench.simulator.pool(poolId).size);
    const listed = documentOf(await bench.run(['snapshots', '--vault', 'all', '--json']));
    expect(listed['snapshots']).toHaveLength(pools.length);
  });
});

function expectNobody({ stdout, stderr }: CliResult): void {
  for (const text of [stdout, stderr]) {
    expect(text.match(/.*(canary|0acafe00-1111|@example\.(com|org)).*/i)?.[0]).toBeUndefined();
  }
}

function byStatus(users: readonly SeedUser[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status = 'CONFIRMED' } of users) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

function restorable(users: readonly SeedUser[]): readonly SeedUser[] {
  return users.filter(({ status = 'CONFIRMED' }) => status !== 'UNCONFIRMED' && status !== 'EXTERNAL_PROVIDER');
}

/** One user more, one less, one with other attributes, another state and other groups; a group more. */
function changeSource({ simulator }: CliBench, source: string): void {
  const pool = simulator.pool(source);
  pool.addGroup({ name: 'brand-new', description: 'A new group', precedence: 0 });
  pool.addUser({ username: 'canary-new', attributes: verified('canary-new'), groups: ['brand-new'] });
  pool.removeUser('canary-leaving');
  const plain = pool.user('canary-plain');
  pool.removeUser('canary-plain');
  pool.addUser({
    username: 'canary-plain',
    sub: plain?.sub ?? '',
    enabled: false,
    attributes: [...verified('canary-moved'), ['name', 'Canary, renamed "again"']],
    groups: ['brand-new', 'staff'],
  });
}

/** What a CSV file can say: an unverified contact is the same with the flag and without. */
function written(attributes: readonly (readonly [string, string])[]): (readonly [string, string])[] {
  return attributes
    .filter(([name, value]) => name !== 'identities' && !(name.endsWith('_verified') && value === 'false'))
    .sort(([one], [other]) => (one < other ? -1 : 1));
}
