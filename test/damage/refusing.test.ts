import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { plantSeed } from '../../src/simulator/seeds/plant-seed.ts';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.ts';
import { encodeDigested } from '../../src/snapshot/digested-json.ts';
import type { PartEntry } from '../../src/snapshot/manifest.ts';
import { sha256 } from '../../src/snapshot/sha256.ts';
import { cliHere, type CliHereResult } from '../support/cli-here.ts';
import type { Json } from './sample-vault.ts';
import { stubAws } from '../support/environment.ts';

/** `sub` values of several shards; the last part in reading order is that of `f`. */
const SUBS = ['30', '31', '32', '40', '41', 'f0', 'f1'].map((start) => `${start}000000-0000-4000-8000-000000000000`);

let simulator: Simulator;
let source: string;
let target: string;
let folder: string;
let snapshot: string;
let older: string;

const at = (...names: readonly string[]): string => join(folder, ...names);
const inSnapshot = (path: string, id = snapshot): string => at('vault', 'pools', source, 'snapshots', id, path);

beforeAll(async () => {
  simulator = await startSimulator({ quotaScale: 'unlimited' });
  stubAws(simulator);
  source = plantSeed(simulator, {
    config: { PoolName: 'source' },
    groups: [{ name: 'admins' }, { name: 'editors' }],
    users: SUBS.map((sub, index) => ({
      sub,
      username: `user-${index}`,
      attributes: [['email', `user-${index}@example.com`]],
      groups: index % 2 === 0 ? ['admins'] : ['editors'],
    })),
  });
  target = plantSeed(simulator, { config: { PoolName: 'target' }, groups: [], users: [] });
  folder = await mkdtemp(join(tmpdir(), 'cognito-backup-damage-'));
  older = await backUp();
  simulator.pool(source).addUser({ username: 'late', sub: '3f000000-0000-4000-8000-000000000000' });
  // Ids tell seconds apart.
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  snapshot = await backUp();
  await cp(at('vault'), at('whole'), { recursive: true });
});

afterEach(async () => {
  await rm(at('vault'), { recursive: true, force: true });
  await rm(at('out'), { recursive: true, force: true });
  await cp(at('whole'), at('vault'), { recursive: true });
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await simulator.stop();
  await rm(folder, { recursive: true, force: true });
});

async function backUp(): Promise<string> {
  const args = ['backup', '--pool', source, '--vault', at('vault'), '--listing', 'sharded', '--json'];
  const { stdout } = await cliHere(args);
  return JSON.parse(stdout).snapshot.id;
}

async function readManifest(): Promise<Json> {
  return JSON.parse(await readFile(inSnapshot('manifest.json'), 'utf8'));
}

async function pathOf(kind: string, shard?: string): Promise<string> {
  const { parts } = await readManifest();
  return parts.findLast((part: PartEntry) => part.kind === kind && (shard === undefined || part.shard === shard)).path;
}

async function change(path: string, alter: (bytes: Buffer) => Uint8Array): Promise<void> {
  await writeFile(inSnapshot(path), alter(await readFile(inSnapshot(path))));
}

async function forge(alter: (body: Json) => void): Promise<void> {
  const { digest: _digest, ...body } = await readManifest();
  alter(body);
  await writeFile(inSnapshot('manifest.json'), encodeDigested(body));
}

/** Other records in a part, and a manifest that agrees in everything that it says of the part. */
async function forgeLines(path: string, alter: (lines: string[]) => string[]): Promise<void> {
  const lines = alter(
    gunzipSync(await readFile(inSnapshot(path)))
      .toString()
      .trim()
      .split('\n'),
  );
  const plain = Buffer.from(`${lines.join('\n')}\n`);
  const bytes = gzipSync(plain);
  await writeFile(inSnapshot(path), bytes);
  await forge((body) => {
    Object.assign(
      body.parts.find((part: PartEntry) => part.path === path),
      {
        sizeBytes: bytes.length,
        sha256: sha256(bytes),
        plainBytes: plain.length,
        plainSha256: sha256(plain),
      },
    );
  });
}

const flip = (bytes: Buffer): Buffer => {
  bytes[bytes.length >> 1]! ^= 16;
  return bytes;
};
const altered = (line: string | undefined, fields: object): string =>
  JSON.stringify({ ...JSON.parse(line!), ...fields });

interface Case {
  readonly name: string;
  readonly damage: () => Promise<void>;
  /** Where the manifest alone tells, or the bytes of a file, or only its records, or only all records together. */
  readonly seenBy: 'manifest' | 'bytes' | 'records' | 'whole';
  readonly kind?: 'pool' | 'groups' | 'users' | 'memberships';
  /** 5, where nothing else is said. */
  readonly exitCode?: number;
}

const CASES: readonly Case[] = [
  { name: 'a flipped bit in the manifest', seenBy: 'manifest', damage: () => change('manifest.json', flip) },
  {
    name: 'half a manifest',
    seenBy: 'manifest',
    damage: () => change('manifest.json', (bytes) => bytes.subarray(0, 500)),
  },
  { name: 'no manifest', seenBy: 'manifest', exitCode: 7, damage: () => rm(inSnapshot('manifest.json')) },
  {
    name: 'the manifest of the snapshot before',
    seenBy: 'manifest',
    damage: () => cp(inSnapshot('manifest.json', older), inSnapshot('manifest.json')),
  },
  {
    name: 'a snapshot of another vault',
    seenBy: 'manifest',
    damage: () => forge((body) => void (body.vaultId = 'a'.repeat(32))),
  },
  {
    name: 'another vault.json',
    seenBy: 'manifest',
    damage: async () => {
      const text = await readFile(at('vault', 'vault.json'), 'utf8');
      await writeFile(at('vault', 'vault.json'), text.replace(/"id": "[0-9a-f]{32}"/, `"id": "${'e'.repeat(32)}"`));
    },
  },
  {
    name: 'a part named twice',
    seenBy: 'manifest',
    damage: () => forge((body) => void body.parts.splice(2, 0, body.parts[2])),
  },
  { name: 'wrong totals', seenBy: 'manifest', damage: () => forge((body) => void (body.totals.users += 1)) },
  {
    name: 'a path that leaves the folder',
    seenBy: 'manifest',
    damage: () => forge((body) => void (body.parts[2].path = '../../x')),
  },
  {
    name: 'a promise of a terabyte',
    seenBy: 'manifest',
    damage: () => forge((body) => void (body.parts[2].plainBytes = 2 ** 40)),
  },
  ...(['pool', 'groups', 'users', 'memberships'] as const).map((kind): Case => ({
    name: `a flipped bit in the last part of ${kind}`,
    seenBy: 'bytes',
    kind,
    damage: async () => change(await pathOf(kind), flip),
  })),
  {
    name: 'a flipped bit in the first part of users',
    seenBy: 'bytes',
    kind: 'users',
    damage: async () => change(await pathOf('users', '3'), flip),
  },
  {
    name: 'the last part of users gone',
    seenBy: 'bytes',
    kind: 'users',
    damage: async () => rm(inSnapshot(await pathOf('users'))),
  },
  {
    name: 'the last part of users cut short',
    seenBy: 'bytes',
    kind: 'users',
    damage: async () => change(await pathOf('users'), (bytes) => bytes.subarray(0, -1)),
  },
  {
    name: 'the last part of users grown by a byte',
    seenBy: 'bytes',
    kind: 'users',
    damage: async () => change(await pathOf('users'), (bytes) => Buffer.concat([bytes, Buffer.alloc(1)])),
  },
  {
    name: 'two parts of users in each other’s place',
    seenBy: 'bytes',
    kind: 'users',
    damage: async () => {
      const [one, other] = [inSnapshot(await pathOf('users', '4')), inSnapshot(await pathOf('users', 'f'))];
      const [first, second] = [await readFile(one), await readFile(other)];
      await writeFile(one, second);
      await writeFile(other, first);
    },
  },
  {
    name: 'a part of the snapshot before',
    seenBy: 'bytes',
    kind: 'users',
    damage: async () => {
      const folderOf = inSnapshot('users', older);
      const name = (await readdir(folderOf)).find((file) => file.startsWith('3-'))!;
      await cp(join(folderOf, name), inSnapshot(await pathOf('users', '3')));
    },
  },
  {
    name: 'a user in the part of another shard, all digests right',
    seenBy: 'records',
    kind: 'users',
    damage: async () =>
      forgeLines(await pathOf('users'), ([line, ...rest]) => [
        altered(line, { sub: `0${SUBS[5]!.slice(1)}` }),
        ...rest,
      ]),
  },
  {
    name: 'a user enabled who was not, all digests right',
    seenBy: 'records',
    kind: 'users',
    damage: async () =>
      forgeLines(await pathOf('users'), ([line, ...rest]) => [altered(line, { enabled: false }), ...rest]),
  },
  {
    name: 'a line that is no user in the last part, all digests right',
    seenBy: 'records',
    kind: 'users',
    damage: async () =>
      forgeLines(await pathOf('users'), ([line, ...rest]) => [...rest, altered(line, { admin: true })]),
  },
  {
    name: 'the description of another pool, all digests right',
    seenBy: 'records',
    kind: 'pool',
    damage: () => forgeLines('pool.json.gz', ([line]) => [altered(line, { id: 'eu-central-1_Another99' })]),
  },
  {
    name: 'a user twice, all digests right',
    seenBy: 'whole',
    kind: 'users',
    damage: async () => forgeLines(await pathOf('users'), ([line]) => [line!, line!]),
  },
  {
    name: 'a membership of nobody, all digests right',
    seenBy: 'whole',
    kind: 'memberships',
    damage: async () =>
      forgeLines(await pathOf('memberships'), ([line, ...rest]) => [altered(line, { sub: 'nobody' }), ...rest]),
  },
];

/** Every call to Cognito that is no question. */
function writes(): number {
  return Object.entries(simulator.counters.calls)
    .filter(([operation]) => !/^(Describe|List|Get|AdminGet|AdminList)/.test(operation))
    .reduce((sum, [, count]) => sum + count, 0);
}

async function vaultWith(args: readonly string[]): Promise<CliHereResult> {
  return cliHere([...args, '--vault', at('vault')]);
}

describe.each(CASES)('$name', ({ damage, seenBy, kind, exitCode = 5 }) => {
  const name = (): string => `${source}@${snapshot}`;

  it('is found, and nothing of the snapshot reaches a pool', async () => {
    await damage();
    simulator.resetCounters();
    expect((await vaultWith(['verify', name()])).exitCode, 'verify').toBe(exitCode);
    const quick = seenBy === 'manifest' || seenBy === 'bytes' ? exitCode : 0;
    expect((await vaultWith(['verify', name(), '--quick'])).exitCode, 'verify --quick').toBe(quick);

    for (const args of [
      ['restore', name(), '--pool', target, '--yes'],
      ['restore', name(), '--pool', target, '--yes', '--existing', 'update'],
      ['restore', name(), '--pool', target, '--dry-run'],
      ['mirror', name(), '--pool', target, '--confirm', target],
    ]) {
      const result = await vaultWith(args);
      expect(result.exitCode, `${args.join(' ')}: ${result.stderr}`).toBe(exitCode);
      expect(result.stderr).toMatch(/damaged|no manifest|not finished/);
      expect(result.stderr).not.toContain('user-');
    }
    expect(writes()).toBe(0);
    expect(simulator.pool(target).size).toBe(0);
    expect(simulator.pool(target).groups()).toEqual([]);
  });

  it('is refused by whatever reads as far as it', async () => {
    await damage();
    const isSeen = seenBy !== 'whole';
    const expected = isSeen ? exitCode : 0;
    const usesKind = (...kinds: readonly string[]) => (kind === undefined || kinds.includes(kind) ? expected : 0);
    for (const format of ['csv', 'spreadsheet', 'jsonl']) {
      const result = await vaultWith(['export', name(), '--format', format, '--out', at('out')]);
      expect(result.exitCode, `export ${format}: ${result.stderr}`).toBe(
        format === 'jsonl' && kind === 'pool' ? result.exitCode : expected,
      );
      // What was whole may have been written before; of what was damaged nothing is.
      const files = await filesIn(at('out'));
      if (result.exitCode !== 0)
        expect(files.filter((file) => kind === undefined || file.startsWith(kind))).toEqual([]);
      await rm(at('out'), { recursive: true, force: true });
    }
    expect((await vaultWith(['diff', `${source}@${older}`, name()])).exitCode, 'diff').toBe(expected);
    expect((await vaultWith(['show', name()])).exitCode, 'show').toBe(seenBy === 'manifest' ? exitCode : 0);
    expect((await vaultWith(['show', name(), '--user', 'user-0'])).exitCode, 'show --user').toBe(
      usesKind('users', 'memberships'),
    );
  });
});

it('without damage all of this works', async () => {
  const name = `${source}@${snapshot}`;
  simulator.resetCounters();
  for (const args of [
    ['verify', name],
    ['verify', name, '--quick'],
    ['restore', name, '--pool', target, '--dry-run'],
    ['export', name, '--out', at('out')],
    ['diff', `${source}@${older}`, name],
    ['show', name],
    ['show', name, '--user', 'user-0'],
  ]) {
    const result = await vaultWith(args);
    expect(result.exitCode, `${args.join(' ')}: ${result.stderr}`).toBe(0);
  }
  expect((await vaultWith(['verify', name, '--quick', '--pool', target])).exitCode, 'bytes say nothing of a pool').toBe(
    2,
  );
  expect(writes()).toBe(0);
  const restored = await vaultWith(['restore', name, '--pool', target, '--yes']);
  expect(restored.exitCode, restored.stderr).toBe(0);
  expect(simulator.pool(target).size).toBe(8);
});

it('verify --quick needs no key: it finds damage in an encrypted snapshot that nobody can open', async () => {
  const encrypted = at('encrypted');
  const recipient = await identityToRecipient(await generateX25519Identity());
  const args = ['backup', '--pool', source, '--vault', encrypted, '--encrypt-to', recipient];
  const backup = await cliHere(args);
  expect(backup.exitCode, backup.stderr).toBe(0);
  const quick = (): Promise<CliHereResult> => cliHere(['verify', 'latest', '--quick', '--vault', encrypted]);
  expect(await quick()).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('no record') });
  expect((await cliHere(['verify', 'latest', '--vault', encrypted])).exitCode).not.toBe(0);
  const files = await readdir(encrypted, { recursive: true });
  const part = join(
    encrypted,
    files.find((name) => /users.*\.age$/.test(name))!,
  );
  await writeFile(part, flip(await readFile(part)));
  expect((await quick()).exitCode).toBe(5);
});

async function filesIn(path: string): Promise<string[]> {
  return (await readdir(path, { recursive: true }).catch(() => [])).filter((name) => name.includes('.'));
}
