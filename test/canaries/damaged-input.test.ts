import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { readGroups, readMemberships } from '../../src/csv/side-files.ts';
import { csvUsers } from '../../src/csv/csv-users.ts';
import { isBackupError } from '../../src/model/errors.ts';
import { exportSnapshot } from '../../src/operations/export/export.ts';
import { showUser } from '../../src/operations/snapshots/show.ts';
import { quickVerifySnapshot } from '../../src/operations/verify/quick-verify.ts';
import { verifySnapshot } from '../../src/operations/verify/verify-snapshot.ts';
import { manualRuntime } from '../../src/runtime/manual-runtime.ts';
import { loadRun, newRunId } from '../../src/runs/run-record.ts';
import { checkpointKey, manifestKey, partKey, type SnapshotRef } from '../../src/snapshot/keys.ts';
import { sealPart } from '../../src/snapshot/part.ts';
import { openSnapshot } from '../../src/snapshot/snapshot-reader.ts';
import { openVault, type Vault } from '../../src/snapshot/vault.ts';
import { encodeDigested } from '../../src/snapshot/digested-json.ts';
import { collect } from '../fakes/collect.ts';
import { memoryStorage, type MemoryStorage } from '../fakes/memory-storage.ts';
import { sampleGroup, samplePool, sampleUser } from '../fakes/sample-pool.ts';
import { sampleSnapshot } from '../fakes/sample-snapshot.ts';
import { everythingOf } from './everything-of.ts';
import { marked, markedEmail, markedName, markedPhone, markedSub, WORD } from './marks.ts';
import { expectNobody, Net, type Channel } from './net.ts';

const net = new Net();
const runtime = manualRuntime();
let storage: MemoryStorage;
let vault: Vault;
let ref: SnapshotRef;

const USERS = [0, 1, 2].map((index) =>
  sampleUser(index, {
    username: markedName(`u${index}`),
    sub: markedSub(index),
    attributes: [
      ['email', markedEmail(`u${index}`)],
      ['name', marked('name')],
    ],
  }),
);

beforeAll(async () => {
  storage = memoryStorage();
  vault = await openVault(storage, { create: true, runtime });
  ref = await sampleSnapshot(
    { vault, runtime },
    {
      pool: samplePool(),
      users: USERS,
      groups: [sampleGroup(markedName('group'), { description: marked('description') })],
      members: new Map([[markedName('group'), [markedSub(0)]]]),
    },
  );
});

/** What every way of reading the snapshot says of it. */
async function said(): Promise<Channel[]> {
  const reading: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['verify', () => verifySnapshot(vault, ref)],
    ['quick', () => quickVerifySnapshot(vault, ref)],
    ['users', async () => void (await collect((await openSnapshot(vault, ref)).users()))],
    ['groups', async () => void (await collect((await openSnapshot(vault, ref)).groups()))],
    ['memberships', async () => void (await collect((await openSnapshot(vault, ref)).memberships()))],
    ['pool', async () => void (await (await openSnapshot(vault, ref)).pool())],
    ['show', () => showUser(vault, { ref, key: markedEmail('nobody') })],
    [
      'export',
      async () => {
        const reader = await openSnapshot(vault, ref);
        return exportSnapshot({ reader, runtime, observer: () => {} }, { format: 'csv', out: memoryStorage() });
      },
    ],
  ];
  const channels: Channel[] = [];
  for (const [name, read] of reading) {
    try {
      channels.push({ name, text: JSON.stringify(await read()) ?? '' });
    } catch (error) {
      expect(isBackupError(error), `${name}: ${String(error)}`).toBe(true);
      channels.push(...everythingOf(error, name));
    }
  }
  return channels;
}

/** Changes the lines of all parts of a kind, with digests that agree, looks at what is said of it, and takes it back. */
async function withLines(kind: string, change: (lines: string[]) => readonly string[]): Promise<Channel[]> {
  const before = new Map(storage.objects);
  const { digest: _digest, ...manifest } = JSON.parse(text(storage.objects.get(manifestKey(ref))!));
  for (const part of manifest.parts) {
    if (part.kind !== kind) continue;
    const key = partKey(ref, part.path);
    const lines = gunzipSync(storage.objects.get(key)!).toString().split('\n').slice(0, -1);
    const { bytes, ...facts } = await sealPart(change(lines));
    storage.objects.set(key, bytes);
    Object.assign(part, facts);
  }
  storage.objects.set(manifestKey(ref), encodeDigested(manifest));
  const channels = await said();
  restore(before);
  return channels;
}

function restore(before: ReadonlyMap<string, Uint8Array>): void {
  storage.objects.clear();
  for (const [key, bytes] of before) storage.objects.set(key, bytes);
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

describe('what is said of a damaged snapshot names nobody of it:', () => {
  const damages: readonly (readonly [string, (line: string) => string])[] = [
    ['cut', (line) => line.slice(0, -3)],
    ['begun with a name', (line) => `${WORD} ${line}`],
    ['a name instead', () => WORD],
    ['a name in quotes instead', () => JSON.stringify(markedEmail('line'))],
    ['a list instead', () => JSON.stringify([markedEmail('line')])],
    ['a field named for somebody', (line) => line.replace('{', `{${JSON.stringify(markedEmail('field'))}:1,`)],
    ['a prototype', (line) => line.replace('{', `{"__proto__":${JSON.stringify({ a: marked('x') })},`)],
    ...[
      'attributes',
      'sub',
      'username',
      'status',
      'createdAt',
      'name',
      'group',
      'mfaOptions',
      'schema',
      'tags',
      'id',
    ].map((field): [string, (line: string) => string] => [
      `${field} of another kind`,
      (line) => JSON.stringify({ ...JSON.parse(line), [field]: { [markedEmail('key')]: marked('value') } }),
    ]),
    ['attributes in threes', (line) => JSON.stringify({ ...JSON.parse(line), attributes: [[WORD, WORD, WORD]] })],
    ['a status of its own', (line) => JSON.stringify({ ...JSON.parse(line), status: markedName('status') })],
    ['a sub of its own', (line) => JSON.stringify({ ...JSON.parse(line), sub: markedName('sub') })],
  ];

  it.each(['users', 'groups', 'memberships', 'pool'])('%s, line by line', async (kind) => {
    for (const [, damage] of damages) expectNobody(net, await withLines(kind, (lines) => lines.map(damage)));
    expectNobody(net, await withLines(kind, (lines) => [...lines, ...lines]));
    expectNobody(net, await withLines(kind, (lines) => lines.slice(1)));
  });

  it('a file of users in the place of any other', async () => {
    const users = Buffer.from(`${USERS.map((user) => JSON.stringify(user)).join('\n')}\n`);
    const { id: poolId } = samplePool();
    const run = { target: poolId, id: await newRunId(storage, poolId, { at: runtime.now(), runtime }) };
    for (const [key, bytes] of [...storage.objects].map(([name]): [string, Uint8Array] => [name, users])) {
      for (const content of [
        bytes,
        Buffer.from(JSON.stringify(markedEmail('x'))),
        // Quoted by the syntax error
        Buffer.from(markedEmail('x')),
        Buffer.from(`{"format":"${WORD}"}`),
      ]) {
        const before = new Map(storage.objects);
        storage.objects.set(key, content);
        expectNobody(net, await said());
        restore(before);
      }
    }
    for (const key of [checkpointKey(ref), `runs/${run.target}/${run.id}/run.json`, `locks/${run.target}.json`]) {
      storage.objects.set(key, users);
      expectNobody(net, await said());
    }
    const error = await loadRun(storage, run).catch((thrown: unknown) => thrown);
    expect(isBackupError(error, 'damaged')).toBe(true);
    expectNobody(net, everythingOf(error));
  });
});

async function* bytesOf(content: string | Uint8Array): AsyncGenerator<Uint8Array> {
  yield Buffer.from(content);
}

describe('what is said of a malformed file of somebody names nobody:', () => {
  const header = ['cognito:username', 'email', 'email_verified', 'birthdate', 'updated_at', 'name'];
  const options = { header, schema: [], source: 'users.csv' };
  const email = markedEmail('csv');
  const row = (...cells: readonly string[]): string => `${header.join(',')}\n${cells.join(',')}\n`;

  it.each<[string, string | Uint8Array]>([
    ['without a header', `${markedName('a')},${email},true\n${markedName('b')},${email},true\n`],
    ['with a header and a row on one line', `${header.join(',')}${markedName('a')},${email}\n`],
    ['separated otherwise', `${header.join(';')}\n${email};${email}\n`],
    ['with a row for a header, quoted', `"${email}","${email}"\n`],
    ['with too few cells', row(markedName('a'))],
    ['with too many', row(...header.map(() => email), email)],
    ['with quotes', row(`"${email}"`, '', '', '', '', '')],
    ['with a backslash', row(String.raw`${email}\x`, '', '', '', '', '')],
    ['with a flag that is none', row(markedName('a'), email, email, '', '', '')],
    ['with a date that is none', row(markedName('a'), email, 'true', email, '', '')],
    ['with a time that is none', row(markedName('a'), email, 'true', '', markedPhone(1), '')],
    ['without a username', row('', email, 'true', '', '', marked('x').replaceAll(/[",\\]/g, ''))],
    ['with a row too long', row(markedName('a'), email, '', '', '', email.repeat(900))],
    ['not in UTF-8', Buffer.concat([Buffer.from(row(email, email)), Buffer.from([0xff, 0xfe])])],
    ['in UTF-16', Buffer.from(row(email, email), 'utf16le')],
    ['of another kind', Buffer.from(JSON.stringify({ email }))],
  ])('users %s', async (_, content) => {
    const error = await collect(csvUsers(bytesOf(content), options)).catch((thrown: unknown) => thrown);
    expect(isBackupError(error, 'bad-input'), String(error)).toBe(true);
    expectNobody(net, everythingOf(error));
  });

  it.each<[string, string | Uint8Array]>([
    ['without a header', `${markedName('group')},${markedName('a')}\n`],
    ['with a quote that does not end', `group,username\n"${markedName('group')},${markedName('a')}\n`],
    ['with a quote in a cell', `group,username\n${markedName('g')}"x",${markedName('a')}\n`],
    ['with too many cells', `group,username\n${markedName('g')},${email},${email}\n`],
    ['with too few', `group,username\n${markedName('g')}\n`],
    ['with blanks', `group,username\n,${email}\n`],
    ['of an unknown column', `group,username,${markedName('c')}\n${markedName('g')},${email},x\n`],
    ['not in UTF-8', Buffer.concat([Buffer.from(`group,username\n${email}`), Buffer.from([0xff])])],
  ])('memberships %s', async (_, content) => {
    const asGroups = typeof content === 'string' ? content.replace('group,username', 'name,description') : content;
    for (const rows of [
      readMemberships(bytesOf(content), { source: 'side.csv' }),
      readGroups(bytesOf(asGroups), { source: 'side.csv' }),
    ] as readonly AsyncIterable<unknown>[]) {
      const error = await collect(rows).catch((thrown: unknown) => thrown);
      expect(isBackupError(error, 'bad-input'), String(error)).toBe(true);
      expectNobody(net, everythingOf(error));
    }
  });
});
