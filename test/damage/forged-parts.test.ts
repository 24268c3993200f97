import { constants, deflateSync, gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { partKey } from '../../src/snapshot/keys.ts';
import type { PartEntry } from '../../src/snapshot/manifest.ts';
import { groupCodec, membershipCodec, poolCodec, resourceCodec, userCodec } from '../../src/snapshot/record-codec.ts';
import { sha256 } from '../../src/snapshot/sha256.ts';
import { openSnapshot } from '../../src/snapshot/snapshot-reader.ts';
import { collect } from '../fakes/collect.ts';
import { sampleGroup, samplePool, sampleUser } from '../fakes/sample-pool.ts';
import { sampleVault, USERS, type Json, type SampleVault } from './sample-vault.ts';

let sample: SampleVault;
let whole: ReadonlyMap<string, Uint8Array>;

beforeAll(async () => {
  sample = await sampleVault();
  whole = new Map(sample.storage.objects);
});

afterEach(() => {
  for (const [key, bytes] of whole) sample.storage.objects.set(key, bytes);
});

/** The three users of shard 3, as lines. */
const THREES = USERS.slice(0, 3).map(userCodec.encode);

function users(shard: string): PartEntry {
  return sample.parts('users', shard)[0]!;
}

/** Stores any bytes as the part of shard 3; the manifest states their size, hash and content as they are. */
function forgeBytes(bytes: Uint8Array, plain: Uint8Array): void {
  const entry = users('3');
  sample.storage.objects.set(partKey(sample.ref, entry.path), bytes);
  sample.forge((body) => {
    Object.assign(
      body.parts.find(({ path }: PartEntry) => path === entry.path),
      { sizeBytes: bytes.length, sha256: sha256(bytes), plainBytes: plain.length, plainSha256: sha256(plain) },
    );
  });
}

function plainOf(entry: PartEntry): Buffer {
  return gunzipSync(sample.storage.objects.get(partKey(sample.ref, entry.path))!);
}

async function expectReaderRefuses(read: () => Promise<unknown>): Promise<void> {
  await expect(read()).rejects.toMatchObject({ code: 'damaged' });
}

const readUsers = async () => collect((await openSnapshot(sample.vault, sample.ref)).users());
const readGroups = async () => collect((await openSnapshot(sample.vault, sample.ref)).groups());
const readConfiguration = async () => collect((await openSnapshot(sample.vault, sample.ref)).configuration());
const readPool = async () => (await openSnapshot(sample.vault, sample.ref)).pool();

describe('records that do not belong where they stand, all digests right:', () => {
  it('a user of another shard', async () => {
    await sample.forgePart(users('3'), [...THREES.slice(1), userCodec.encode(sampleUser(36))]);
    expect(await sample.verify()).toContain('user-misplaced');
    await expectReaderRefuses(readUsers);
  });

  it('a user with no sub at all', async () => {
    await sample.forgePart(users('3'), [...THREES.slice(1), userCodec.encode(sampleUser(3, { sub: '' }))]);
    expect(await sample.verify()).toContain('user-misplaced');
    await expectReaderRefuses(readUsers);
  });

  it('a user twice in one part', async () => {
    await sample.forgePart(users('3'), [THREES[0]!, THREES[1]!, THREES[0]!]);
    expect(await sample.verify()).toContain('user-repeated');
  });

  it('a user twice in two parts', async () => {
    await sample.forgePart(users('4'), [THREES[0]!, userCodec.encode(USERS[3]!)]);
    expect(await sample.verify()).toEqual(expect.arrayContaining(['user-misplaced', 'user-repeated']));
    await expectReaderRefuses(readUsers);
  });

  it('a user with another status, or disabled', async () => {
    for (const change of [{ status: 'UNCONFIRMED' as const }, { enabled: false }]) {
      await sample.forgePart(users('3'), [userCodec.encode({ ...USERS[0]!, ...change }), ...THREES.slice(1)]);
      expect(new Set(await sample.verify())).toEqual(new Set(['totals-differ']));
      await expectReaderRefuses(readUsers);
    }
  });

  it('factors of somebody in a snapshot that is not deep, and fewer than it states in one that is', async () => {
    const factors = { mfa: ['SMS_MFA'], configured: ['PASSWORD'] };
    const lines = [userCodec.encode({ ...USERS[0]!, factors }), ...THREES.slice(1)];
    await sample.forgePart(users('3'), lines);
    expect(await sample.verify()).toEqual(['totals-differ']);
    await expectReaderRefuses(readUsers);
    await sample.forgePart(users('3'), lines, (body) => void (body.totals.factors = 1));
    expect(await sample.verify()).toEqual([]);
    expect((await readUsers()).find(({ sub }) => sub === USERS[0]!.sub)?.factors).toEqual(factors);
    await sample.forgePart(users('3'), lines, (body) => void (body.totals.factors = 2));
    expect(await sample.verify()).toEqual(['totals-differ']);
    await expectReaderRefuses(readUsers);
  });

  it('a group twice', async () => {
    const lines = [sampleGroup('admins'), sampleGroup('editors'), sampleGroup('admins')].map(groupCodec.encode);
    await sample.forgePart(sample.parts('groups')[0]!, lines);
    expect(await sample.verify()).toEqual(['group-repeated', 'totals-differ']);
    await expectReaderRefuses(readGroups);
  });

  it('a resource twice, and kinds that the manifest does not count', async () => {
    const server = (key: string) => resourceCodec.encode({ kind: 'resource-server', key, document: {} });
    const mfa = resourceCodec.encode({ kind: 'mfa', key: 'ALL', document: {} });
    const [entry] = sample.parts('config');
    for (const [lines, code] of [
      [[mfa, server('a'), server('a')], 'resource-repeated'],
      [[server('a'), server('b'), server('c')], 'configuration-differs'],
      [[mfa, server('a'), '{"document":{},"key":"x","kind":"coffee"}'], 'part-damaged'],
      [[mfa, server('a'), '{"document":[],"key":"x","kind":"resource-server"}'], 'part-damaged'],
    ] as const) {
      await sample.forgePart(entry!, lines);
      expect(await sample.verify()).toEqual([code]);
      await expectReaderRefuses(readConfiguration);
    }
  });

  it('another pool, or the same in another account', async () => {
    const { pool } = sample.manifest();
    for (const other of [
      { id: 'eu-central-1_Foreign99' as never },
      { arn: pool.arn.replace('123456789012', '210987654321') },
    ]) {
      const line = poolCodec.encode(samplePool({ id: pool.id, arn: pool.arn, ...other }));
      await sample.forgePart(sample.parts('pool')[0]!, [line]);
      expect(await sample.verify()).toEqual(['part-damaged']);
      await expectReaderRefuses(readPool);
    }
  });

  it('a membership of nobody, and of no group', async () => {
    const [entry] = sample.parts('memberships');
    const lines = plainOf(entry!).toString().trim().split('\n').map(membershipCodec.decode);
    await sample.forgePart(entry!, [{ ...lines[0]!, sub: 'nobody' }, ...lines.slice(1)].map(membershipCodec.encode));
    expect(await sample.verify()).toContain('membership-without-user');
    await sample.forgePart(entry!, [{ ...lines[0]!, group: 'nothing' }, ...lines.slice(1)].map(membershipCodec.encode));
    expect(await sample.verify()).toContain('membership-without-group');
  });

  it('memberships in the place of users, users in that of groups', async () => {
    await sample.forgePart(
      users('a'),
      plainOf(sample.parts('memberships')[0]!).toString().trim().split('\n').slice(0, 1),
    );
    expect(await sample.verify()).toEqual(['part-damaged']);
    await sample.forgePart(users('a'), [userCodec.encode(USERS[5]!)]);
    await sample.forgePart(
      sample.parts('groups')[0]!,
      [51, 67, 83].map((index) => userCodec.encode(sampleUser(index))),
    );
    expect(await sample.verify()).toEqual(['part-damaged']);
  });
});

const LINE = JSON.parse(THREES[0]!) as Record<string, unknown>;
const changed = (fields: Record<string, unknown>): string => JSON.stringify({ ...LINE, ...fields });

describe('lines that are no users, all digests right:', () => {
  it.each([
    ['an empty line', ''],
    ['a blank', ' '],
    ['null', 'null'],
    ['an array', '[]'],
    ['half an object', '{"sub":"3a"'],
    ['a carriage return behind it is white space to JSON, and a field too many is not', changed({ admin: true })],
    ['a byte order mark', `\ufeff${THREES[0]}`],
    ['no username', changed({ username: undefined })],
    ['a username that is a number', changed({ username: 7 })],
    ['a status that there is not', changed({ status: 'SUPERUSER' })],
    ['enabled as text', changed({ enabled: 'true' })],
    ['a date without milliseconds', changed({ createdAt: '2026-01-02T03:04:05Z' })],
    ['attributes as an object', changed({ attributes: { email: 'x' } })],
    ['an attribute of three', changed({ attributes: [['a', 'b', 'c']] })],
    ['an attribute without a value', changed({ attributes: [['a', null]] })],
    [
      'attributes nested deeply',
      THREES[0]!.replace('"attributes":[', `"attributes":[${'['.repeat(50_000)}${']'.repeat(50_000)},`),
    ],
    ['factors without a list', changed({ factors: { mfa: [] } })],
    ['factors that are no texts', changed({ factors: { mfa: [1], configured: [] } })],
    ['factors with a field too many', changed({ factors: { mfa: [], configured: [], secret: 'x' } })],
    ['factors that are null', changed({ factors: null })],
    ['an own __proto__', THREES[0]!.replace('{', '{"__proto__":{"enabled":true},')],
    ['an own constructor', THREES[0]!.replace('{', '{"constructor":{},')],
  ])('%s', async (_what, line) => {
    await sample.forgePart(users('3'), [line, ...THREES.slice(1)]);
    const problems = await sample.problems();
    expect(problems).toMatchObject([{ code: 'part-damaged', path: partKey(sample.ref, users('3').path) }]);
    expect(problems[0]!.message).toMatch(/:1 is damaged: /);
    expect(problems[0]!.message).not.toContain('user-3');
    await expectReaderRefuses(readUsers);
    expect(({} as { enabled?: boolean }).enabled).toBeUndefined();
  });
});

describe('files that are no plain gzip of lines, all digests right:', () => {
  const plain = (): Buffer => plainOf(users('3'));
  it.each<[string, (text: Buffer) => readonly [stored: Uint8Array, content: Uint8Array]]>([
    ['bytes behind the member', (text) => [Buffer.concat([gzipSync(text), Buffer.from('garbage')]), text]],
    ['zeros behind the member', (text) => [Buffer.concat([gzipSync(text), Buffer.alloc(512)]), text]],
    ['an empty member behind', (text) => [Buffer.concat([gzipSync(text), gzipSync('')]), text]],
    ['two members', (text) => [Buffer.concat([gzipSync(text.subarray(0, 50)), gzipSync(text.subarray(50))]), text]],
    ['gzip in gzip', (text) => [gzipSync(gzipSync(text)), gzipSync(text)]],
    ['zlib', (text) => [deflateSync(text), text]],
    ['nothing packed', (text) => [text, text]],
    ['no line feed at the end', (text) => [gzipSync(text.subarray(0, -1)), text.subarray(0, -1)]],
    ['a line too many', (text) => repacked(Buffer.concat([text, Buffer.from('{}\n')]))],
    ['a line too few', (text) => firstLines(text, 2)],
    ['bytes that are no UTF-8', (text) => notUtf8(text)],
    ['UTF-16', (text) => utf16(text)],
  ])('%s', async (_what, make) => {
    const [stored, content] = make(plain());
    forgeBytes(stored, content);
    expect(await sample.verify()).toEqual(['part-damaged']);
    await expectReaderRefuses(readUsers);
  });

  it('any level of packing is the same content', async () => {
    for (const level of [constants.Z_NO_COMPRESSION, 1, 9]) {
      forgeBytes(gzipSync(plain(), { level }), plain());
      expect(await sample.verify()).toEqual([]);
      expect(await readUsers()).toEqual([...USERS].sort((one, other) => (one.sub < other.sub ? -1 : 1)));
    }
  });
});

describe('a part that unpacks to more than it says', () => {
  it('is refused where the promised size ends', async () => {
    const bomb = gzipSync(Buffer.alloc(60 * 1024 * 1024));
    forgeBytes(bomb, plainOf(users('3')));
    const before = process.memoryUsage().rss;
    expect(await sample.verify()).toEqual(['part-damaged']);
    expect(await sample.quick()).toEqual([]);
    expect(process.memoryUsage().rss - before).toBeLessThan(32 * 1024 * 1024);
  });

  it('is refused at the manifest where it promises more than the cap', async () => {
    sample.forge((body: Json) => {
      body.parts[2].plainBytes = 2 ** 40;
    });
    expect(await sample.verify()).toEqual(['manifest-damaged']);
  });
});

function firstLines(text: Buffer, count: number): readonly [Uint8Array, Uint8Array] {
  const content = Buffer.from(`${text.toString().split('\n').slice(0, count).join('\n')}\n`);
  return repacked(content);
}

function notUtf8(text: Buffer): readonly [Uint8Array, Uint8Array] {
  const content = Buffer.from(text);
  content[content.indexOf('user-3')] = 0xff;
  return repacked(content);
}

function utf16(text: Buffer): readonly [Uint8Array, Uint8Array] {
  const content = Buffer.from(text.toString(), 'utf16le');
  return repacked(content);
}

function repacked(content: Buffer): readonly [Uint8Array, Uint8Array] {
  return [gzipSync(content), content];
}
