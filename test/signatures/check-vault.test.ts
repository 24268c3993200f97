import { execFile, execFileSync } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openVaultKeys } from '../../src/encryption/open-keys.ts';
import { backupPool } from '../../src/operations/backup/backup.ts';
import { eraseUsers } from '../../src/operations/erase/erase.ts';
import { manualRuntime } from '../../src/runtime/manual-runtime.ts';
import { realRuntime } from '../../src/runtime/real-runtime.ts';
import { generateSigningKey } from '../../src/signing/signing-key.ts';
import { openVaultTrust } from '../../src/signing/vault-trust.ts';
import { encodeDigested } from '../../src/snapshot/digested-json.ts';
import type { ListingMode } from '../../src/snapshot/checkpoint.ts';
import { snapshotPrefix } from '../../src/snapshot/keys.ts';
import { openVault } from '../../src/snapshot/vault.ts';
import { openLocalFolder } from '../../src/storage/local-folder.ts';
import { keyFolder, type KeyFolder, type TestKey } from '../encryption/encryption-bench.ts';
import { sampleGroup, samplePool, sampleUsers } from '../fakes/sample-pool.ts';
import { poolHandlers, scriptedGateway } from '../fakes/scripted-gateway.ts';

const SCRIPT = join(import.meta.dirname, '../../scripts/check-vault.sh');
const TOOLS = ['sh', 'jq', 'gzip', 'sha256sum', 'openssl', 'age'];
const missing = TOOLS.filter((tool) => !isInstalled(tool));

const POOL = samplePool();
const USERS = sampleUsers(60);
const GROUPS = ['admins', 'tab\tand "quotes"', 'empty'].map((name) => sampleGroup(name));
const MEMBERS = new Map([
  ['admins', [...USERS.slice(0, 20).map(({ sub }) => sub), 'b-not-listed']],
  [GROUPS[1]!.name, [USERS[30]!.sub]],
]);

function isInstalled(tool: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${tool}`]);
    return true;
  } catch {
    return false;
  }
}

let keys: KeyFolder;
let reader: TestKey;
let verifyKey: string;
let signKey: string;

beforeAll(async () => {
  keys = await keyFolder();
  reader = await keys.newKey('reader');
  const pair = generateSigningKey();
  signKey = join(keys.folder, 'sign.pem');
  verifyKey = `${signKey}.pub`;
  await writeFile(signKey, pair.privateKey);
  await writeFile(verifyKey, pair.publicKey);
});
afterAll(() => keys.remove());

interface Made {
  readonly vault: string;
  readonly snapshot: string;
}

async function makeVault(encrypted: boolean, listing: ListingMode): Promise<Made> {
  const vault = await mkdtemp(join(keys.folder, 'vault-'));
  const runtime = manualRuntime();
  const gateway = scriptedGateway(poolHandlers({ pool: POOL, users: USERS, groups: GROUPS, members: MEMBERS }), () =>
    runtime.now(),
  );
  const storage = await openLocalFolder(vault, { runtime: realRuntime, create: true });
  const opened = await openVault(storage, {
    create: true,
    runtime,
    keys: await openVaultKeys(encrypted ? { encryptTo: [reader.recipient] } : {}, { wrap: never, unwrap: never }),
    trust: await openVaultTrust({ signKey }, vault, runtime),
  });
  const { snapshot } = await backupPool(
    { gateway, vault: opened, runtime, observer: () => undefined },
    { poolId: POOL.id, listing },
  );
  return { vault, snapshot: join(vault, snapshotPrefix({ poolId: POOL.id, id: snapshot.id })) };
}

const never = (): Promise<never> => Promise.reject(new Error('No KMS here'));

function check(...options: readonly string[]): Promise<{ readonly code: number; readonly text: string }> {
  return new Promise((resolve) => {
    execFile(SCRIPT, options, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, text: `${stdout}${stderr}` });
    });
  });
}

describe.skipIf(missing.length > 0)(`the independent check (needs ${TOOLS.join(', ')})`, () => {
  let plain: Made;
  let encrypted: Made;
  beforeAll(async () => {
    plain = await makeVault(false, 'single');
    encrypted = await makeVault(true, 'single');
  });

  it('finds a sound vault sound, signed, plain or encrypted, with the key and without', async () => {
    const sound = { code: 0, text: '1 snapshots checked, 0 problems\n' };
    expect(await check(plain.vault)).toEqual(sound);
    const { vault: sharded } = await makeVault(false, 'sharded');
    expect(await check('-k', verifyKey, sharded)).toEqual(sound);
    expect(await check('-k', verifyKey, encrypted.vault)).toEqual(sound);
    expect(await check('-i', reader.file, '-k', verifyKey, encrypted.vault)).toEqual(sound);
  });

  it('finds a vault sound in which somebody was erased, and a spoiled ledger not', async () => {
    const { vault } = await makeVault(true, 'single');
    const storage = await openLocalFolder(vault, { runtime: realRuntime });
    const runtime = manualRuntime();
    const opened = await openVault(storage, {
      runtime,
      keys: await openVaultKeys({ identities: [reader.file] }, { wrap: never, unwrap: never }),
      trust: await openVaultTrust({ signKey }, vault, runtime),
    });
    const subs = [USERS[3]!.sub, USERS[30]!.sub];
    const result = await eraseUsers({ vault: opened, runtime }, { subs, apply: true });
    expect(result).toMatchObject({ complete: true, counts: { rewritten: 1 } });
    const sound = { code: 0, text: '1 snapshots checked, 0 problems\n' };
    expect(await check('-i', reader.file, '-k', verifyKey, vault)).toEqual(sound);
    const key = join(vault, 'erasures', 'key.json');
    const { digest: _digest, ...file } = JSON.parse(await readFile(key, 'utf8')) as { digest: string };
    await writeFile(key, encodeDigested({ ...file, key: 'a'.repeat(64) }));
    expect(await check(vault)).toMatchObject({ code: 1, text: expect.stringContaining('made with another key') });
    await writeFile(key, '{}');
    expect(await check(vault)).toMatchObject({ code: 1, text: expect.stringContaining('its digest does not match') });
  });

  it('says how it is called', async () => {
    expect(await check()).toMatchObject({ code: 2, text: expect.stringContaining('usage') });
    expect(await check(keys.folder)).toMatchObject({ code: 2 });
  });

  const other = generateSigningKey().publicKey;
  const damages: Record<string, (made: Made) => Promise<string>> = {
    'a part that is missing': async ({ snapshot }) => {
      await rm(await partOf(snapshot));
      return 'is missing';
    },
    'a part cut short': async ({ snapshot }) => {
      const part = await partOf(snapshot);
      await writeFile(part, (await readFile(part)).subarray(0, -1));
      return 'has another size';
    },
    'a changed byte in a part': async ({ snapshot }) => {
      const part = await partOf(snapshot);
      const bytes = await readFile(part);
      bytes[bytes.length - 9]! ^= 1;
      await writeFile(part, bytes);
      return 'its SHA-256 is another';
    },
    'a changed manifest': async ({ snapshot }) => {
      const path = join(snapshot, 'manifest.json');
      await writeFile(path, (await readFile(path, 'utf8')).replace('"users": 60', '"users": 61'));
      return 'its digest does not match';
    },
    'a forged manifest': (made) => forge(made, (body) => (body.totals.users = 61), 'its signature is wrong'),
    'a manifest without signature': (made) => forge(made, (body) => delete body.signature, 'is not signed'),
    'a wrong number of disabled users': (made) => forge(made, (body) => (body.totals.disabled += 1), 'disabled'),
    'a wrong number of orphans': (made) => forge(made, (body) => (body.totals.orphans = 0), 'orphans'),
    'the manifest of another vault': (made) => forge(made, (body) => (body.vaultId = '0'.repeat(32)), 'another vault'),
    'the manifest of another snapshot': (made) =>
      forge(made, (body) => (body.snapshotId = '20200101T000000Z-000000'), 'another snapshot'),
    'a part outside of the snapshot': (made) =>
      forge(made, (body) => (body.parts[1].path = '../../../../etc/passwd'), 'by no name of a part'),
    'a part named twice': (made) => forge(made, (body) => body.parts.push(body.parts[1]), 'names a part twice'),
    'a part left out': (made) => forge(made, (body) => body.parts.splice(2, 1), 'its parts hold'),
    'a later format': (made) => forge(made, (body) => (body.format = 2), 'no manifest of format 1'),
    'another key': async () => {
      await writeFile(verifyKey, other);
      return 'its signature is wrong';
    },
  };

  it.each(Object.entries(damages))('finds %s', async (_name, damage) => {
    const own = await readFile(verifyKey, 'utf8');
    for (const made of [plain, encrypted]) {
      const vault = await mkdtemp(join(keys.folder, 'damaged-'));
      await cp(made.vault, vault, { recursive: true });
      const expected = await damage({ vault, snapshot: made.snapshot.replace(made.vault, vault) });
      const { code, text } = await check('-i', reader.file, '-k', verifyKey, vault);
      await writeFile(verifyKey, own);
      expect(text).toContain(expected);
      expect(code).toBe(1);
    }
  });
});

async function partOf(snapshot: string): Promise<string> {
  const [first] = (await readdir(join(snapshot, 'users'))).toSorted();
  return join(snapshot, 'users', first!);
}

// oxlint-disable-next-line typescript/no-explicit-any -- forgeries have any shape
async function forge({ snapshot }: Made, change: (body: any) => unknown, expected: string): Promise<string> {
  const path = join(snapshot, 'manifest.json');
  const { digest: _digest, ...body } = JSON.parse(await readFile(path, 'utf8'));
  change(body);
  await writeFile(path, encodeDigested(body));
  return expected;
}
