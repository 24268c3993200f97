import type { Dirent } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CognitoGateway } from '../../cognito/gateway.ts';
import { csvUsers } from '../../csv/csv-users.ts';
import { headerFromSchema } from '../../csv/header-from-schema.ts';
import { readGroups, readMemberships } from '../../csv/side-files.ts';
import { BackupError } from '../../model/errors.ts';
import type { BackupEvent } from '../../model/events.ts';
import type { Group, Membership } from '../../model/group.ts';
import { parsePoolId, type PoolId } from '../../model/ids.ts';
import type { PoolDescription } from '../../model/pool.ts';
import type { Attribute, User } from '../../model/user.ts';
import { manualRuntime } from '../../runtime/manual-runtime.ts';
import { readImportFile } from '../../simulator/import-jobs/import-file.ts';
import { parseRow } from '../../simulator/import-jobs/import-row.ts';
import { Erasures } from '../../snapshot/erasures.ts';
import type { SnapshotReader } from '../../snapshot/snapshot-reader.ts';
import { openLocalFolder } from '../../storage/local-folder.ts';
import { exportSnapshot, type ExportOptions } from './export.ts';

const AT = '2026-01-01T00:00:00.000Z';
const SOURCE = parsePoolId('eu-central-1_Source0001');

function poolWith(more: Partial<PoolDescription> = {}): PoolDescription {
  const flags = { mutable: true, required: false, developerOnly: false };
  return {
    id: SOURCE,
    name: 'shop',
    arn: `arn:aws:cognito-idp:eu-central-1:111122223333:userpool/${SOURCE}`,
    schema: [
      { name: 'sub', type: 'String', ...flags },
      { name: 'email', type: 'String', ...flags },
      { name: 'email_verified', type: 'Boolean', ...flags },
      { name: 'birthdate', type: 'String', ...flags },
      { name: 'custom:note', type: 'String', ...flags },
    ],
    usernameAttributes: [],
    aliasAttributes: [],
    caseSensitive: false,
    autoVerifiedAttributes: ['email'],
    mfa: 'OFF',
    passwordPolicy: {
      minimumLength: 8,
      requireUppercase: false,
      requireLowercase: false,
      requireNumbers: false,
      requireSymbols: false,
    },
    firstFactors: ['PASSWORD'],
    recovery: [],
    triggers: [],
    tags: [],
    deletionProtection: false,
    estimatedUsers: 4,
    raw: {},
    ...more,
  };
}

function userNamed(username: string, extra: readonly Attribute[] = [], more: Partial<User> = {}): User {
  const attributes: Attribute[] = [['email', `${username}@example.com`], ['email_verified', 'true'], ...extra];
  return {
    username,
    sub: `sub-${username}`,
    status: 'CONFIRMED',
    enabled: true,
    attributes,
    createdAt: AT,
    modifiedAt: AT,
    ...more,
  };
}

const USERS: readonly User[] = [
  userNamed('ann', [['birthdate', '1990-12-31']]),
  userNamed('=bob|', [['custom:note', 'a, b']]),
  userNamed('cy', [['custom:note', 'two\nlines']]),
  userNamed('dee', [], { enabled: false }),
];
const GROUPS: readonly Group[] = [
  { name: 'admins, all', description: 'say "hi"\n', precedence: 0, createdAt: AT, modifiedAt: AT },
  { name: 'plain', createdAt: AT, modifiedAt: AT },
];
const MEMBERSHIPS: readonly Membership[] = ['ann', '=bob|', 'dee'].map((username) => ({
  group: 'admins, all',
  sub: `sub-${username}`,
  username,
}));

async function* each<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  yield* items;
}

function snapshotOf(pool: PoolDescription, users = USERS): SnapshotReader {
  const totals = { users: users.length, groups: GROUPS.length, memberships: MEMBERSHIPS.length };
  const manifest = { pool: { id: pool.id }, totals } as unknown as SnapshotReader['manifest'];
  return {
    ref: { poolId: pool.id, id: '20260101T000000Z-000001' as SnapshotReader['ref']['id'] },
    manifest,
    manifestSha256: '',
    state: 'complete',
    source: () => Promise.reject(new Error('No part of it is stored')),
    erasures: async () => new Erasures('', []),
    erasedUsers: () => 0,
    pool: async () => pool,
    configuration: () => each([]),
    users: () => each(users),
    groups: () => each(GROUPS),
    memberships: () => each(MEMBERSHIPS),
  };
}

let root: string;
let scratch: string;
let events: BackupEvent[];
const runtime = manualRuntime();

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'export-test-'));
  scratch = await mkdtemp(join(tmpdir(), 'export-scratch-'));
  events = [];
});
afterEach(async () => {
  await rm(root, { recursive: true });
  await rm(scratch, { recursive: true });
});

async function run(
  options: Partial<ExportOptions> & Pick<ExportOptions, 'format'>,
  reader = snapshotOf(poolWith()),
  gateway?: CognitoGateway,
) {
  const out = await openLocalFolder(root, { runtime });
  const from = {
    reader,
    runtime,
    observer: (event: BackupEvent) => void events.push(event),
    ...(gateway && { gateway }),
  };
  return exportSnapshot(from, { out, temporaryFolder: scratch, ...options });
}

const read = (key: string) => readFile(join(root, key), 'utf8');
async function* bytesOf(key: string) {
  yield await readFile(join(root, key));
}
async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** Answers for the source pool alone, unless it is gone. */
function gatewayWith(answers: {
  readonly header?: readonly string[];
  readonly pools?: readonly PoolDescription[];
}): CognitoGateway {
  const send = async (operation: string, request: { readonly poolId: PoolId }): Promise<unknown> => {
    const pool = answers.pools?.find((candidate) => candidate.id === request.poolId);
    if (pool === undefined) throw new BackupError('pool-not-found', 'No such pool');
    return operation === 'DescribeUserPool' ? pool : (answers.header ?? headerFromSchema(pool.schema));
  };
  return { send: send as CognitoGateway['send'], serviceTime: () => undefined, upload: async () => undefined };
}

describe('exportSnapshot to csv', () => {
  it('writes what an import can take, and says who is left out and why', async () => {
    const result = await run({ format: 'csv' });
    expect(result).toMatchObject({ users: 4, carried: 2, notCarried: { 'line-break': 1, disabled: 1 }, groups: 2 });
    expect(result).toMatchObject({ memberships: 2, membershipsNotCarried: 1 });
    const header = headerFromSchema(poolWith().schema);
    const users = await collect(csvUsers(bytesOf('users-0001.csv'), { header, schema: [] }));
    expect(users.map((user) => user.username)).toEqual(['ann', '=bob|']);
    expect(users[0]?.attributes).toContainEqual(['birthdate', '1990-12-31']);
    expect(parse(await read('not-carried.csv'))).toEqual([
      ['username', 'sub', 'reason', 'column'],
      ['cy', 'sub-cy', 'line-break', 'custom:note'],
      ['dee', 'sub-dee', 'disabled', ''],
    ]);
  });

  it('writes groups and memberships that read back exactly', async () => {
    await run({ format: 'csv' });
    const groups = GROUPS.map(({ createdAt: _created, modifiedAt: _modified, ...group }) => group);
    expect(await collect(readGroups(bytesOf('groups.csv'), { source: 'groups.csv' }))).toEqual(groups);
    const memberships = await collect(readMemberships(bytesOf('memberships.csv'), { source: 'memberships.csv' }));
    expect(memberships.map((row) => row.username).sort()).toEqual(['=bob|', 'ann']);
    expect(await read('memberships-not-carried.csv')).toBe('group,username\n"admins, all",dee\n');
  });

  it('is read by the simulator, which has a parser of its own', async () => {
    const pool = poolWith();
    await run({ format: 'csv' });
    const header = headerFromSchema(pool.schema);
    const file = readImportFile(await readFile(join(root, 'users-0001.csv')), header);
    if ('unreadable' in file) throw new Error(file.unreadable);
    const importPool = { ...pool, csvHeader: () => [...header], importUser: () => 'imported' as const };
    const rows = file.lines.map((line) =>
      parseRow(line, { pool: importPool, columns: file.columns, hashAlgorithm: undefined }),
    );
    const byName = (a: Attribute, b: Attribute) => (a[0] < b[0] ? -1 : 1);
    expect(rows.map((row) => ('failed' in row ? row : [row.username, row.attributes.sort(byName)]))).toEqual(
      USERS.slice(0, 2).map((user) => [user.username, [...user.attributes].sort(byName)]),
    );
  });

  it('names users and their memberships by the contact in a pool that signs in by e-mail', async () => {
    await run({ format: 'csv' }, snapshotOf(poolWith({ usernameAttributes: ['email'] })));
    const rows = await collect(readMemberships(bytesOf('memberships.csv'), { source: 'memberships.csv' }));
    expect(rows.map((row) => row.username).sort()).toEqual(['=bob|@example.com', 'ann@example.com']);
  });

  it('takes header and rules from the pool that the file is for', async () => {
    const target = poolWith({ id: parsePoolId('eu-central-1_Target0001'), autoVerifiedAttributes: [] });
    const header = [...headerFromSchema(target.schema), 'custom:new'];
    const result = await run(
      { format: 'csv', forPool: target.id },
      undefined,
      gatewayWith({ header, pools: [target] }),
    );
    expect(result.notCarried).toEqual({ 'pool-without-auto-verified-attribute': 4 });
    expect(await read('users-0001.csv')).toBe(`${header.join(',')}\n`);
  });

  it('makes the header itself when the pool is gone, and warns', async () => {
    expect((await run({ format: 'csv' }, undefined, gatewayWith({}))).carried).toBe(2);
    expect(events).toContainEqual(expect.objectContaining({ kind: 'warning', code: 'header-from-schema' }));
  });

  it('fails when a pool that was named is not there', async () => {
    const gone = run({ format: 'csv', forPool: SOURCE }, undefined, gatewayWith({}));
    await expect(gone).rejects.toMatchObject({ code: 'pool-not-found' });
    await expect(run({ format: 'csv', forPool: SOURCE })).rejects.toMatchObject({ code: 'usage' });
  });

  it('splits at the limits and warns of a file that an earlier export left', async () => {
    const limits = { maxRows: 1, maxBytes: 1e6 };
    const result = await run({ format: 'csv', limits });
    expect(result.files.map((file) => [file.key, file.rows])).toEqual([
      ['users-0001.csv', 1],
      ['users-0002.csv', 1],
      ['not-carried.csv', 2],
      ['groups.csv', 2],
      ['memberships.csv', 2],
      ['memberships-not-carried.csv', 1],
    ]);
    for (const file of result.files) expect((await stat(join(root, file.key))).size).toBe(file.sizeBytes);
    expect(events.filter((event) => event.kind === 'warning')).toEqual([]);
    await run({ format: 'csv' });
    expect(events).toContainEqual(
      expect.objectContaining({ code: 'older-export', message: expect.stringContaining('users-0002') }),
    );
  });

  it('writes more than a batch and tells its progress', async () => {
    const many = Array.from({ length: 2_500 }, (_, index) => userNamed(`user${index}`));
    const result = await run({ format: 'csv' }, snapshotOf(poolWith(), many));
    expect(result.files[0]).toMatchObject({ key: 'users-0001.csv', rows: 2_500 });
    const progress = events.filter((event) => event.kind === 'progress').map((event) => event.done);
    expect(progress).toEqual([1_000, 2_000, 2_500]);
  });
});

describe('exportSnapshot', () => {
  it('writes spreadsheets with formulas defused', async () => {
    const result = await run({ format: 'spreadsheet' });
    expect(result.files.map((file) => file.key)).toEqual(['users.csv', 'groups.csv', 'memberships.csv']);
    const rows = parse(await read('users.csv'), { bom: true, columns: true }) as Record<string, string>[];
    expect(rows.map((row) => row['username'])).toEqual(['ann', "'=bob|", 'cy', 'dee']);
    expect(rows[2]).toMatchObject({ 'custom:note': 'two\nlines', enabled: 'true', other_attributes: '' });
  });

  it('keeps attributes that the schema does not name', async () => {
    const reader = snapshotOf(poolWith(), [userNamed('ann', [['custom:old', 'x']])]);
    await run({ format: 'spreadsheet' }, reader);
    const rows = parse(await read('users.csv'), { bom: true, columns: true }) as Record<string, string>[];
    expect(rows[0]?.['other_attributes']).toBe('[["custom:old","x"]]');
  });

  it('writes every record as a line of JSON', async () => {
    const result = await run({ format: 'jsonl' });
    expect(result).toMatchObject({ users: 4, carried: 4, groups: 2, memberships: 3 });
    const lines = (await read('users.jsonl')).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(USERS);
  });

  it.each(['csv', 'spreadsheet', 'jsonl'] as const)('sends the users alone down a pipe as %s', async (format) => {
    let text = '';
    const out = { write: async (piece: string) => void (text += piece) };
    const result = await run({ format, out });
    expect(result).toMatchObject({ files: [], users: 4, memberships: 0 });
    await run({ format });
    expect(text).toBe(
      await read(format === 'jsonl' ? 'users.jsonl' : format === 'csv' ? 'users-0001.csv' : 'users.csv'),
    );
  });

  it('leaves no temporary file behind, done or failed', async () => {
    await run({ format: 'csv' });
    const stop = new AbortController();
    const broken = {
      ...snapshotOf(poolWith()),
      users: async function* () {
        yield* USERS.slice(0, 1);
        expect((await stat(join(scratch, (await readdir(scratch))[0] ?? ''))).mode & 0o777).toBe(0o700);
        stop.abort();
        yield* USERS;
      },
    };
    await expect(run({ format: 'csv', signal: stop.signal }, broken)).rejects.toMatchObject({ code: 'interrupted' });
    expect(await readdir(scratch)).toEqual([]);
  });

  it.runIf(process.platform === 'linux').each(['csv', 'spreadsheet', 'jsonl'] as const)(
    'writes %s to files without a name, so that a kill leaves nothing of them',
    async (format) => {
      const out = await openLocalFolder(root, { runtime });
      const put = out.put.bind(out);
      const seen: string[] = [];
      vi.spyOn(out, 'put').mockImplementation(async (...args) => {
        seen.push(...(await readdir(scratch, { recursive: true, withFileTypes: true })).filter(isFile).map(nameOf));
        return put(...args);
      });
      const { files } = await run({ format, out });
      expect(files.length).toBeGreaterThan(0);
      expect(seen).toEqual([]);
    },
  );
});

const isFile = (entry: Dirent): boolean => entry.isFile();
const nameOf = ({ name }: Dirent): string => name;
