import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sampleGroup, samplePool, sampleUsers } from '../fakes/sample-pool.ts';
import { memoryStorage, type MemoryStorage } from '../fakes/memory-storage.ts';
import {
  poolHandlers,
  scriptedGateway,
  type Handlers,
  type PoolContent,
  type ScriptedGateway,
} from '../fakes/scripted-gateway.ts';
import { collect } from '../fakes/collect.ts';
import type { KeyOptions } from '../../src/encryption/open-keys.ts';
import { sealTo } from '../../src/encryption/age.ts';
import { backupPool, type BackupResult } from '../../src/operations/backup/backup.ts';
import { quickVerifySnapshot } from '../../src/operations/verify/quick-verify.ts';
import { verifySnapshot } from '../../src/operations/verify/verify-snapshot.ts';
import { manualRuntime, type ManualRuntime } from '../../src/runtime/manual-runtime.ts';
import type { SnapshotRef } from '../../src/snapshot/keys.ts';
import { encodeManifest } from '../../src/snapshot/manifest.ts';
import { sha256 } from '../../src/snapshot/sha256.ts';
import { unlockSnapshot } from '../../src/snapshot/unlock-snapshot.ts';
import { openSnapshot } from '../../src/snapshot/snapshot-reader.ts';
import type { Vault } from '../../src/snapshot/vault.ts';
import {
  keyFolder,
  KMS_KEY,
  testKms,
  vaultWith,
  type KeyFolder,
  type TestKey,
  type TestKms,
} from './encryption-bench.ts';

const POOL = samplePool({ estimatedUsers: 300 });
const USERS = sampleUsers(300);
const GROUPS = ['admins', 'empty', 'others'].map((name) => sampleGroup(name));
const MEMBERS = new Map([
  ['admins', USERS.slice(0, 150).map(({ sub }) => sub)],
  ['others', USERS.slice(290).map(({ sub }) => sub)],
]);
const CONTENT = { pool: POOL, users: USERS, groups: GROUPS, members: MEMBERS };

let keys: KeyFolder;
let alice: TestKey;
let bob: TestKey;
let passphrase: string;
let storage: MemoryStorage;
let runtime: ManualRuntime;
let kms: TestKms;

beforeAll(async () => {
  keys = await keyFolder();
  alice = await keys.newKey('alice');
  bob = await keys.newKey('bob');
  passphrase = await keys.passphrase('right', 'correct horse battery staple');
});
afterAll(() => keys.remove());
beforeEach(() => {
  storage = memoryStorage();
  runtime = manualRuntime();
  kms = testKms();
});

function gatewayOf(content: Partial<PoolContent> = {}): ScriptedGateway {
  return scriptedGateway(poolHandlers({ ...CONTENT, ...content }), () => runtime.now());
}

const opened = (options: KeyOptions): Promise<Vault> => vaultWith(storage, options, kms);

async function backUp(vault: Vault, gateway = gatewayOf(), more: object = {}): Promise<BackupResult> {
  const observer = (): void => undefined;
  const options = { poolId: POOL.id, listing: 'sharded', ...more } as const;
  return backupPool({ gateway, vault, runtime, observer }, options);
}

async function read(vault: Vault, { snapshot }: BackupResult) {
  const reader = await openSnapshot(vault, { poolId: POOL.id, id: snapshot.id });
  const users = await collect(reader.users());
  return { users: users.toSorted((a, b) => (a.sub < b.sub ? -1 : 1)), groups: await collect(reader.groups()) };
}

const BY_SUB = USERS.toSorted((a, b) => (a.sub < b.sub ? -1 : 1));

describe('an encrypted backup', () => {
  it('is read with the private key of any recipient, on a machine that knows nothing else', async () => {
    const result = await backUp(await opened({ encryptTo: [alice.recipient, bob.recipient] }));
    for (const { file } of [alice, bob]) {
      const vault = await opened({ identities: [file] });
      expect(await read(vault, result)).toEqual({ users: BY_SUB, groups: GROUPS });
      const ref = { poolId: POOL.id, id: result.snapshot.id };
      expect(await verifySnapshot(vault, ref)).toMatchObject({ ok: true, checked: { totals: { memberships: 160 } } });
    }
  });

  it('is read with the passphrase that it was made with', async () => {
    const result = await backUp(await opened({ passphraseFile: passphrase }));
    expect((await read(await opened({ passphraseFile: passphrase }), result)).users).toEqual(BY_SUB);
  });

  it('is read with the help of KMS, in one call for the whole of it', async () => {
    const result = await backUp(await opened({ kmsKey: KMS_KEY }));
    const vault = await opened({});
    expect((await read(vault, result)).users).toEqual(BY_SUB);
    expect(kms.calls).toEqual(['wrap', 'unwrap']);
  });

  it('holds nothing in the clear, and names no key but public ones', async () => {
    await backUp(await opened({ encryptTo: [alice.recipient], passphraseFile: passphrase, kmsKey: KMS_KEY }));
    const canaries = [USERS[7]!.sub, USERS[7]!.username, 'admins', alice.identity, 'correct horse', 'AGE-SECRET-KEY-'];
    for (const [key, bytes] of storage.objects) {
      // What is packed shows nothing either: it has to be an age file.
      expect(Buffer.from(bytes).subarray(0, 2).toString('hex'), key).not.toBe('1f8b');
      if (key.includes('.gz')) expect(key).toMatch(/\.age$/);
      for (const canary of canaries) {
        // The stand-in for KMS keeps what it wraps to itself.
        expect(Buffer.from(bytes).includes(canary), `${canary} in ${key}`).toBe(false);
      }
    }
  });
});

describe('a backup with secrets', () => {
  const CLIENT: Handlers = {
    ListUserPoolClients: () => ({ items: ['c'] }),
    DescribeUserPoolClient: () => ({ ClientId: 'c', ClientSecret: 'secret-canary' }),
    GetUserPoolClientSessionConfiguration: () => ({}),
    DescribeManagedLoginBrandingByClient: () => ({}),
  };
  const gateway = () => scriptedGateway({ ...poolHandlers(CONTENT), ...CLIENT }, () => runtime.now());

  it('is refused before anything is asked where nothing is encrypted', async () => {
    const asked = gateway();
    await expect(backUp(await opened({}), asked, { includeSecrets: true })).rejects.toMatchObject({ code: 'usage' });
    expect(asked.calls).toEqual([]);
  });

  it('is not continued without them, nor one without them with them', async () => {
    const vault = await opened({ encryptTo: [alice.recipient], identities: [alice.file] });
    for (const includeSecrets of [true, false]) {
      const left = await backUp(vault, gateway(), { includeSecrets, deadline: () => true });
      runtime.advance(1_000);
      const done = await backUp(vault, gateway(), { includeSecrets: !includeSecrets });
      expect(done.snapshot.id).not.toBe(left.snapshot.id);
      const reader = await openSnapshot(vault, { poolId: POOL.id, id: done.snapshot.id });
      const text = JSON.stringify(await collect(reader.configuration()));
      expect(text.includes('secret-canary')).toBe(!includeSecrets);
      runtime.advance(1_000);
    }
  });
});

const SLOW = { pageSize: 30, emptyPages: false };

/** Stops before the k-th write takes effect, as a kill does; the key that was made dies with the process. */
async function killedAt(options: KeyOptions, write: number): Promise<void> {
  const from = storage.writes.length;
  const vault = await opened(options);
  let isDead = false;
  storage.beforeWrite = (_key, at) => {
    isDead ||= at - from >= write;
    if (isDead) throw new Error('killed');
  };
  await backUp(vault, gatewayOf(SLOW), { listing: 'single' }).catch(() => undefined);
  storage.beforeWrite = () => undefined;
}

const listUsersCalls = (gateway: ScriptedGateway): number =>
  gateway.calls.filter(({ operation }) => operation === 'ListUsers').length;

describe('a machine that has no private key', () => {
  it('finishes a backup that was killed at any write, and what it made opens whole', async () => {
    const options = { encryptTo: [alice.recipient] };
    await backUp(await opened(options), gatewayOf(SLOW), { listing: 'single' });
    const writes = storage.writes.length;
    for (let write = 0; write < writes; write += 1) {
      storage = memoryStorage();
      await killedAt(options, write);
      runtime.advance(1_000);
      const gateway = gatewayOf(SLOW);
      const result = await backUp(await opened(options), gateway, { listing: 'single' });
      const vault = await opened({ identities: [alice.file] });
      const ref = { poolId: POOL.id, id: result.snapshot.id };
      expect(await verifySnapshot(vault, ref), `write ${write}`).toMatchObject({
        ok: true,
        checked: { totals: { users: 300, memberships: 160, orphans: 0, groups: 3 } },
      });
      expect([...storage.objects.keys()].filter((key) => key.endsWith('.digests') && key.includes(ref.id))).toEqual([]);
    }
  });

  it('lists no user again that is stored', async () => {
    const options = { encryptTo: [alice.recipient] };
    const gateway = gatewayOf(SLOW);
    const listed = gateway.handlers.ListUsers!;
    const controller = new AbortController();
    gateway.handlers.ListUsers = (request, call) => {
      if (call === 6) controller.abort();
      return listed(request, call);
    };
    const stopped = backUp(await opened(options), gateway, { listing: 'single', signal: controller.signal });
    await expect(stopped).rejects.toMatchObject({ code: 'interrupted' });
    const second = gatewayOf(SLOW);
    await backUp(await opened(options), second, { listing: 'single' });
    expect(listUsersCalls(gateway) + listUsersCalls(second)).toBeLessThanOrEqual(11);
  });

  it('finds a user that was listed twice, and memberships of nobody, in what it cannot read', async () => {
    const members = new Map([['admins', [USERS[0]!.sub, 'b-not-listed']]]);
    const options = { encryptTo: [alice.recipient] };
    const result = await backUp(await opened(options), gatewayOf({ members }));
    expect(result).toMatchObject({ totals: { memberships: 1, orphans: 1 } });
    const vault = await opened({ identities: [alice.file] });
    const ref = { poolId: POOL.id, id: result.snapshot.id };
    expect((await verifySnapshot(vault, ref)).problems).toEqual([]);
    expect(await collect((await openSnapshot(vault, ref)).memberships())).toHaveLength(1);

    storage = memoryStorage();
    const users = [...USERS, USERS[3]!];
    await expect(backUp(await opened(options), gatewayOf({ users }), { listing: 'single' })).rejects.toMatchObject({
      code: 'listing-broken',
    });
  });

  it('goes on with the groups by their digests, although one is gone and one is new', async () => {
    const options = { encryptTo: [alice.recipient] };
    const gateway = gatewayOf();
    const controller = new AbortController();
    gateway.handlers.ListUsersInGroup = () => {
      controller.abort();
      throw new Error('stopped');
    };
    await backUp(await opened(options), gateway, { signal: controller.signal }).catch(() => undefined);
    const groups = [sampleGroup('new'), GROUPS[2]!, GROUPS[1]!];
    const result = await backUp(await opened(options), gatewayOf({ groups }));
    expect(result).toMatchObject({ done: true, totals: { groups: 3, memberships: 10 } });
    expect(result).toMatchObject({ warnings: [{ code: 'group-deleted' }] });
  });
});

async function interrupted(options: KeyOptions): Promise<void> {
  await killedAt(options, options.passphraseFile === undefined ? 5 : 6);
  runtime.advance(1_000);
}

async function snapshotsBegun(): Promise<number> {
  return (await (await opened({})).snapshots(POOL.id)).length;
}

describe('a backup begun for others', () => {
  it.each([
    ['other recipients', () => ({ encryptTo: [bob.recipient] })],
    ['one more recipient', () => ({ encryptTo: [alice.recipient, bob.recipient] })],
    ['KMS as well', () => ({ encryptTo: [alice.recipient], kmsKey: KMS_KEY })],
    ['nobody', () => ({ unencrypted: true })],
  ])('is left, and a new one begins for %s', async (_what, asked) => {
    await interrupted({ encryptTo: [alice.recipient] });
    await backUp(await opened(asked()), gatewayOf(), { listing: 'single' });
    expect(await snapshotsBegun()).toBe(2);
  });

  it('is left when the passphrase has been changed', async () => {
    const other = await keys.passphrase('changed', 'another one');
    await interrupted({ passphraseFile: passphrase });
    await backUp(await opened({ passphraseFile: other }), gatewayOf(), { listing: 'single' });
    expect(await snapshotsBegun()).toBe(2);
  });

  it('is finished for the same, in whatever order they are named', async () => {
    await interrupted({ encryptTo: [alice.recipient, bob.recipient] });
    await backUp(await opened({ encryptTo: [bob.recipient, alice.recipient] }), gatewayOf(), { listing: 'single' });
    expect(await snapshotsBegun()).toBe(1);
  });
});

describe('a backup without keys', () => {
  it('is refused where the newest snapshot is encrypted, before anything is written', async () => {
    await backUp(await opened({ encryptTo: [alice.recipient] }));
    runtime.advance(60_000);
    const writes = storage.writes.length;
    await expect(backUp(await opened({}))).rejects.toMatchObject({ code: 'refused' });
    expect(storage.writes.length).toBe(writes);
    expect(await backUp(await opened({ unencrypted: true }))).toMatchObject({ done: true });
    runtime.advance(60_000);
    expect(await backUp(await opened({}))).toMatchObject({ done: true });
  });

  it('is refused where an encrypted one was interrupted', async () => {
    await interrupted({ encryptTo: [alice.recipient] });
    await expect(backUp(await opened({}))).rejects.toMatchObject({ code: 'refused' });
  });
});

describe('a key', () => {
  it.each([
    ['missing', 'key-missing', () => ({})],
    ['of somebody else', 'key-wrong', () => ({ identities: [bob.file] })],
    ['for something else', 'key-wrong', () => ({ passphraseFile: passphrase })],
  ])('%s is told from damage: %s, and nobody is asked for a part', async (_what, code, given) => {
    const { snapshot } = await backUp(await opened({ encryptTo: [alice.recipient] }));
    const reads: string[] = [];
    const get = storage.get;
    storage.get = (key, options) => {
      reads.push(key);
      return get(key, options);
    };
    const vault = await opened(given());
    const reader = await openSnapshot(vault, { poolId: POOL.id, id: snapshot.id });
    const error: unknown = await reader.pool().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code, hint: expect.stringContaining(alice.recipient) });
    await expect(verifySnapshot(vault, reader.ref)).rejects.toMatchObject({ code });
    expect(reads.filter((key) => key.endsWith('.age'))).toEqual([]);
  });

  it('that does not fit the passphrase file, or that KMS refuses, has its own code', async () => {
    const wrong = await keys.passphrase('wrong', 'not it');
    const { snapshot } = await backUp(await opened({ passphraseFile: passphrase, kmsKey: KMS_KEY }));
    const ref = { poolId: POOL.id, id: snapshot.id };
    kms.denied = true;
    const open = async (options: KeyOptions) => (await openSnapshot(await opened(options), ref)).pool();
    await expect(open({})).rejects.toMatchObject({ code: 'kms-refused' });
    await expect(open({ passphraseFile: wrong })).rejects.toMatchObject({ code: 'kms-refused' });
    kms.denied = false;
    expect(await open({ passphraseFile: wrong })).toMatchObject({ id: POOL.id });
  });

  it('of KMS opens no copy of the snapshot in another place', async () => {
    const { snapshot } = await backUp(await opened({ kmsKey: KMS_KEY }));
    const vault = { ...(await opened({})), id: 'f'.repeat(32) };
    const ref = { poolId: POOL.id, id: snapshot.id };
    await expect(unlockSnapshot(vault, ref, (await headOf(ref)).encryption)).rejects.toMatchObject({
      code: 'key-wrong',
    });
  });

  it('that fits does not hide damage: of a part, of a key file, of a part made for somebody else', async () => {
    const { snapshot } = await backUp(await opened({ encryptTo: [alice.recipient], kmsKey: KMS_KEY }));
    const ref = { poolId: POOL.id, id: snapshot.id };
    const folder = `pools/${POOL.id}/snapshots/${snapshot.id}`;
    const intact = new Map(storage.objects);
    const vault = await opened({ identities: [alice.file] });

    flip(storage, `${folder}/groups.jsonl.gz.age`);
    expect((await verifySnapshot(vault, ref)).problems).toMatchObject([{ code: 'part-damaged' }]);
    storage.objects.set(`${folder}/groups.jsonl.gz.age`, intact.get(`${folder}/groups.jsonl.gz.age`)!);

    flip(storage, `${folder}/key.kms`);
    const found = [{ code: 'part-damaged', path: `${folder}/key.kms` }];
    expect((await verifySnapshot(vault, ref)).problems).toMatchObject(found);
    expect((await quickVerifySnapshot(await opened({}), ref)).problems).toMatchObject(found);
    const byKms = await openSnapshot(await opened({}), ref);
    await expect(byKms.pool()).rejects.toMatchObject({ code: 'damaged', message: expect.stringContaining('key.kms') });

    storage.objects.set(`${folder}/key.kms`, intact.get(`${folder}/key.kms`)!);

    const forged = await sealTo([bob.recipient])(gzipSync('{}\n'));
    const manifest = await headOf(ref);
    const parts = manifest.parts.map((part) =>
      part.kind === 'groups' ? { ...part, sizeBytes: forged.length, sha256: sha256(forged) } : part,
    );
    storage.objects.set(`${folder}/groups.jsonl.gz.age`, forged);
    const { digest: _digest, ...body } = manifest;
    storage.objects.set(`${folder}/manifest.json`, encodeManifest({ ...body, parts }));
    expect((await verifySnapshot(vault, ref)).problems).toMatchObject([
      { code: 'part-damaged', message: expect.stringContaining('does not decrypt') },
    ]);
  });
});

async function headOf(ref: SnapshotRef) {
  return (await openSnapshot(await opened({}), ref)).manifest;
}

function flip({ objects }: MemoryStorage, key: string): void {
  const bytes = Uint8Array.from(objects.get(key)!);
  bytes[bytes.length - 1]! ^= 1;
  objects.set(key, bytes);
}
