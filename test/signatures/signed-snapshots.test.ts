import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { backupPool } from '../../src/operations/backup/backup.ts';
import { acceptSnapshot } from '../../src/operations/snapshots/accept-snapshot.ts';
import { listSnapshots } from '../../src/operations/snapshots/list-snapshots.ts';
import { quickVerifySnapshot } from '../../src/operations/verify/quick-verify.ts';
import { verifySnapshot } from '../../src/operations/verify/verify-snapshot.ts';
import { manualRuntime, type ManualRuntime } from '../../src/runtime/manual-runtime.ts';
import { generateSigningKey } from '../../src/signing/signing-key.ts';
import { openVaultTrust, type TrustOptions } from '../../src/signing/vault-trust.ts';
import { encodeDigested } from '../../src/snapshot/digested-json.ts';
import { acceptedKey, manifestKey, snapshotPrefix, type SnapshotRef } from '../../src/snapshot/keys.ts';
import { resolveSnapshot } from '../../src/snapshot/resolve-snapshot.ts';
import { signed } from '../../src/snapshot/signed-manifest.ts';
import { openSnapshot } from '../../src/snapshot/snapshot-reader.ts';
import { openVault, type Vault } from '../../src/snapshot/vault.ts';
import { memoryStorage, type MemoryStorage } from '../fakes/memory-storage.ts';
import { samplePool, sampleUsers } from '../fakes/sample-pool.ts';
import { poolHandlers, scriptedGateway } from '../fakes/scripted-gateway.ts';

const POOL = samplePool();
const NOT_TRUSTED = { code: 'not-trusted' };

let folder: string;
let storage: MemoryStorage;
let runtime: ManualRuntime;
let files: { readonly [name in 'sign' | 'verify' | 'otherSign' | 'seen']: string };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signatures-'));
  storage = memoryStorage();
  runtime = manualRuntime();
  const [ours, theirs] = [generateSigningKey(), generateSigningKey()];
  const write = async (name: string, text: string): Promise<string> => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };
  files = {
    sign: await write('ours', ours.privateKey),
    verify: await write('ours.pub', ours.publicKey),
    otherSign: await write('theirs', theirs.privateKey),
    seen: join(folder, 'seen.json'),
  };
});
afterEach(() => rm(folder, { recursive: true }));

async function vaultWith(options: TrustOptions = {}): Promise<Vault> {
  return openVault(storage, { create: true, runtime, trust: await openVaultTrust(options, '/vault', runtime) });
}

const reading = (): Promise<Vault> => vaultWith({ verifyKey: files.verify, seenFile: files.seen });

async function backUp(options: TrustOptions = { signKey: files.sign }, users = 100): Promise<SnapshotRef> {
  const gateway = scriptedGateway(poolHandlers({ pool: POOL, users: sampleUsers(users) }), () => runtime.now());
  const vault = await vaultWith(options);
  const result = await backupPool({ gateway, vault, runtime, observer: () => undefined }, { poolId: POOL.id });
  runtime.advance(3_600_000);
  return { poolId: POOL.id, id: result.snapshot.id };
}

/** What somebody who can write to the vault does: change it, and make the digest agree. */
function forge(key: string, change: (body: Record<string, unknown>) => void): void {
  const { digest: _digest, ...body } = JSON.parse(Buffer.from(storage.objects.get(key)!).toString());
  change(body);
  storage.objects.set(key, encodeDigested(body));
}

function remove(ref: SnapshotRef): void {
  for (const key of storage.objects.keys()) if (key.startsWith(snapshotPrefix(ref))) storage.objects.delete(key);
}

async function refused(ref: SnapshotRef): Promise<void> {
  const vault = await reading();
  await expect(openSnapshot(vault, ref)).rejects.toMatchObject(NOT_TRUSTED);
  await expect(verifySnapshot(vault, ref)).rejects.toMatchObject(NOT_TRUSTED);
  await expect(quickVerifySnapshot(vault, ref)).rejects.toMatchObject(NOT_TRUSTED);
  await expect(resolveSnapshot(vault, 'latest')).rejects.toMatchObject(NOT_TRUSTED);
}

describe('a signed snapshot', () => {
  it('is trusted by whoever holds the public key, and read by everybody', async () => {
    const ref = await backUp();
    for (const vault of [await reading(), await vaultWith()]) {
      expect(await verifySnapshot(vault, ref)).toMatchObject({ ok: true });
      expect(await quickVerifySnapshot(vault, ref)).toMatchObject({ ok: true });
      expect(await resolveSnapshot(vault, 'latest')).toEqual(ref);
    }
  });

  it.each([
    ['something left uncaptured', (body: Record<string, unknown>) => (body['notCaptured'] = [])],
    ['another version of the tool', (body: Record<string, unknown>) => (body['toolVersion'] = '9.9.9')],
    ['no signature', (body: Record<string, unknown>) => delete body['signature']],
  ])('with %s is refused, though its digest is right', async (_name, change) => {
    const ref = await backUp();
    forge(manifestKey(ref), (body) => void change(body));
    await refused(ref);
  });

  it('is refused when nobody or somebody else signed it', async () => {
    const plain = await backUp({});
    await refused(plain);
    remove(plain);
    await refused(await backUp({ signKey: files.otherSign }));
  });

  it('is refused with the signature of another snapshot, and under the name of another', async () => {
    const older = await backUp();
    const newer = await backUp();
    const { signature } = JSON.parse(Buffer.from(storage.objects.get(manifestKey(older))!).toString());
    const whole = storage.objects.get(manifestKey(newer))!;
    forge(manifestKey(newer), (body) => (body['signature'] = signature));
    await refused(newer);
    storage.objects.set(manifestKey(newer), storage.objects.get(manifestKey(older))!);
    await expect(openSnapshot(await reading(), newer)).rejects.toMatchObject({ code: 'damaged' });
    storage.objects.set(manifestKey(newer), whole);
    expect(await resolveSnapshot(await reading(), 'latest')).toEqual(newer);
  });

  it('that was forged is listed as untrusted, and does not count for the next backup', async () => {
    const good = await backUp({ signKey: files.sign, verifyKey: files.verify });
    await backUp({ signKey: files.otherSign }, 900);
    const third = await backUp({ signKey: files.sign, verifyKey: files.verify });
    const vault = await reading();
    expect((await listSnapshots(vault)).map(({ status }) => status)).toEqual(['complete', 'untrusted', 'complete']);
    expect((await openSnapshot(vault, third)).manifest.previous?.snapshotId).toBe(good.id);
  });
});

describe('a vault that was rolled back', () => {
  it('is noticed by whoever saw its newest snapshot', async () => {
    const older = await backUp();
    const newer = await backUp();
    expect(await resolveSnapshot(await reading(), 'latest')).toEqual(newer);
    remove(newer);
    await expect(resolveSnapshot(await reading(), 'latest')).rejects.toMatchObject({
      ...NOT_TRUSTED,
      message: expect.stringContaining(newer.id),
    });
    expect(await resolveSnapshot(await reading(), older.id)).toEqual(older);
    expect(await resolveSnapshot(await vaultWith({ verifyKey: files.verify }), 'latest')).toEqual(older);
  });

  it('is noticed when the snapshot seen has become another of the same name', async () => {
    const ref = await backUp();
    await openSnapshot(await reading(), ref);
    const signer = (await vaultWith({ signKey: files.sign })).trust.signer!;

    forge(manifestKey(ref), (body) => {
      delete body['signature'];
      body['toolVersion'] = '9.9.9';
      Object.assign(body, signed('manifest', { ...body }, signer));
    });
    await expect(openSnapshot(await reading(), ref)).rejects.toMatchObject({
      ...NOT_TRUSTED,
      message: expect.stringContaining('not the one that was seen before'),
    });
  });
});

describe('accepting a suspect snapshot', () => {
  const accept = async (ref: SnapshotRef, options: TrustOptions): Promise<void> => {
    await acceptSnapshot({ vault: await vaultWith(options), runtime }, ref);
  };
  const stateOf = async (ref: SnapshotRef): Promise<string> => (await openSnapshot(await reading(), ref)).state;

  it('needs a signature too where signatures are asked for', async () => {
    await backUp({ signKey: files.sign }, 300);
    const suspect = await backUp({ signKey: files.sign }, 100);
    await accept(suspect, {});
    expect(await stateOf(suspect)).toBe('suspect');
    storage.objects.delete(acceptedKey(suspect));
    await accept(suspect, { signKey: files.sign, verifyKey: files.verify });
    expect(await stateOf(suspect)).toBe('accepted');
  });
});

it('keys that cannot be read are named before the vault is touched', async () => {
  const missing = join(folder, 'missing.pem');
  await expect(openVaultTrust({ signKey: missing }, '/vault', runtime)).rejects.toMatchObject({
    code: 'file-not-found',
  });
  await expect(openVaultTrust({ verifyKey: files.sign }, '/vault', runtime)).rejects.toMatchObject({ code: 'usage' });
});
