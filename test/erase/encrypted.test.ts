import { gunzipSync } from 'node:zlib';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { KeyOptions } from '../../src/encryption/open-keys.ts';
import { acceptSnapshot } from '../../src/operations/snapshots/accept-snapshot.ts';
import { listSnapshots } from '../../src/operations/snapshots/list-snapshots.ts';
import { verifySnapshot } from '../../src/operations/verify/verify-snapshot.ts';
import { newRunCipher, storeRunKeys } from '../../src/runs/run-cipher.ts';
import { readRunFile, RunFileWriter } from '../../src/runs/run-files.ts';
import { runRecordKey } from '../../src/runs/run-keys.ts';
import { encodeRun, loadRun } from '../../src/runs/run-record.ts';
import { manualRuntime, type ManualRuntime } from '../../src/runtime/manual-runtime.ts';
import { generateSigningKey } from '../../src/signing/signing-key.ts';
import { openVaultTrust, type TrustOptions } from '../../src/signing/vault-trust.ts';
import { encodeDigested } from '../../src/snapshot/digested-json.ts';
import { manifestKey, partKey, type SnapshotRef } from '../../src/snapshot/keys.ts';
import type { Manifest } from '../../src/snapshot/manifest.ts';
import { resolveSnapshot } from '../../src/snapshot/resolve-snapshot.ts';
import { openSnapshot } from '../../src/snapshot/snapshot-reader.ts';
import { unlockSnapshot } from '../../src/snapshot/unlock-snapshot.ts';
import { openVault, type Vault } from '../../src/snapshot/vault.ts';
import {
  keyFolder,
  KMS_KEY,
  testKms,
  vaultWith,
  type KeyFolder,
  type TestKey,
  type TestKms,
} from '../encryption/encryption-bench.ts';
import { collect } from '../fakes/collect.ts';
import { memoryStorage, type MemoryStorage } from '../fakes/memory-storage.ts';
import { sampleUser } from '../fakes/sample-pool.ts';
import { sampleRun } from '../fakes/sample-run.ts';
import { contentsOf } from '../prune/dated-vault.ts';
import { backUp, erase, EVE, mapLine, OTHERS, POOL, TRACES, usernamesIn } from './erasing-vault.ts';

const TWIN = 'ee000001-0000-4000-8000-000000000001';
const NAMES = OTHERS.map(({ username }) => username).toSorted();

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

const opened = (options: KeyOptions = {}): Promise<Vault> => vaultWith(storage, options, kms);

/** Every part, unsealed and unpacked. */
async function plainOf(vault: Vault, ref: SnapshotRef): Promise<string> {
  const { manifest } = await openSnapshot(vault, ref);
  const open = await unlockSnapshot(vault, ref, manifest.encryption);
  let text = '';
  for (const { path } of manifest.parts) {
    text += gunzipSync(await open!(storage.objects.get(partKey(ref, path))!)).toString('utf8');
  }
  return text;
}

describe('erase in an encrypted vault', () => {
  it.each<[string, () => KeyOptions, () => KeyOptions, () => KeyOptions]>([
    [
      'age',
      () => ({ encryptTo: [alice.recipient, bob.recipient] }),
      () => ({ identities: [alice.file] }),
      () => ({ identities: [bob.file] }),
    ],
    [
      'a passphrase and age',
      () => ({ encryptTo: [alice.recipient], passphraseFile: passphrase }),
      () => ({ identities: [alice.file] }),
      () => ({ passphraseFile: passphrase }),
    ],
    [
      'KMS and age',
      () => ({ encryptTo: [alice.recipient], kmsKey: KMS_KEY }),
      () => ({ identities: [alice.file] }),
      () => ({}),
    ],
  ])('under %s, opens for everybody whom it opened for before', async (_what, writing, erasing, reading) => {
    const old = await backUp({ vault: await opened(writing()), runtime });
    expect(await plainOf(await opened(reading()), old)).toContain('canary');
    const result = await erase({ vault: await opened(erasing()), runtime });
    expect(result).toMatchObject({ complete: true, counts: { rewritten: 1 } });
    for (const readers of [erasing(), reading()]) {
      const vault = await opened(readers);
      const [ref, ...more] = await vault.snapshots(POOL.id);
      expect(more).toEqual([]);
      expect(await verifySnapshot(vault, ref!)).toMatchObject({ ok: true });
      expect(await usernamesIn(vault, ref!)).toEqual(NAMES);
      const plain = await plainOf(vault, ref!);
      expect(TRACES.filter((trace) => plain.includes(trace))).toEqual([]);
    }
  });

  it('says which snapshots no key opens, leaves them, and does them when the key is there', async () => {
    const old = await backUp({ vault: await opened({ encryptTo: [alice.recipient] }), runtime });
    const before = await contentsOf(storage, `pools/`);
    const result = await erase({ vault: await opened({ identities: [bob.file] }), runtime });
    expect(result).toMatchObject({ complete: false, users: { found: 0, remembered: 1 } });
    expect(result.pools[0]?.snapshots).toMatchObject([{ id: old.id, fate: 'unreadable', reason: 'no-key' }]);
    expect(await contentsOf(storage, `pools/`)).toEqual(before);
    const vault = await opened({ identities: [alice.file] });
    expect(await usernamesIn(vault, old)).toEqual(NAMES);
    expect(await erase({ vault, runtime }, { subs: [] })).toMatchObject({ complete: true, counts: { rewritten: 1 } });
    expect(await plainOf(vault, (await vault.snapshots(POOL.id))[0]!)).not.toContain('canary');
  });

  it('leaves a snapshot whose KMS key refuses, and says so', async () => {
    const old = await backUp({ vault: await opened({ encryptTo: [alice.recipient], kmsKey: KMS_KEY }), runtime });
    kms.denied = true;
    const vault = await opened({ identities: [alice.file] });
    const result = await erase({ vault, runtime });
    expect(result.pools[0]?.snapshots).toMatchObject([
      { id: old.id, fate: 'unreadable', reason: 'no-key', done: false },
    ]);
    expect((await verifySnapshot(vault, old)).ok).toBe(true);
    kms.denied = false;
    expect((await erase({ vault, runtime }, { subs: [] })).complete).toBe(true);
    expect((await vault.snapshots(POOL.id)).length).toBe(1);
  });

  it('writes an encrypted map anew, and names the run whose map no key opens', async () => {
    const writing = await opened({ encryptTo: [alice.recipient] });
    const run = sampleRun(1, { target: POOL.id });
    const cipher = await newRunCipher(writing, run, writing.keys.choice);
    const map = new RunFileWriter<unknown>(storage, run, 'map-1', { cipher });
    await map.add(mapLine(EVE, TWIN));
    await map.add(mapLine(OTHERS[0]!, OTHERS[1]!.sub));
    await storeRunKeys(storage, run, cipher);
    await storage.put(runRecordKey(run), encodeRun({ ...run, map: [...(await map.end())], encryption: cipher.facts! }));
    const blind = await erase({ vault: await opened(), runtime });
    expect(blind.complete).toBe(false);
    expect(blind.pools[0]?.runs).toMatchObject([{ id: run.id, fate: 'unreadable', reason: 'no-key' }]);
    expect((await erase({ vault: await opened({ identities: [alice.file] }), runtime })).complete).toBe(true);
    const now = (await loadRun(storage, run))!;
    expect(now.map[0]?.key).toMatch(/\.jsonl\.gz\.age$/);
    const lines = await collect(readRunFile(storage, now.map, { cipher }));
    expect(lines).toEqual([mapLine(OTHERS[0]!, OTHERS[1]!.sub)]);
  });
});

describe('erase in a signed vault', () => {
  let files: { readonly sign: string; readonly verify: string; readonly other: string; readonly both: string };

  beforeEach(async () => {
    const pair = generateSigningKey();
    const other = generateSigningKey();
    const at = (name: string): string => join(keys.folder, name);
    files = { sign: at('sign.pem'), verify: at('sign.pem.pub'), other: at('other.pem'), both: at('both.pub') };
    await writeFile(files.other, other.privateKey);
    await writeFile(files.both, `${pair.publicKey}${other.publicKey}`);
    await writeFile(files.sign, pair.privateKey);
    await writeFile(files.verify, pair.publicKey);
  });

  const trusting = async (options: TrustOptions = {}): Promise<Vault> =>
    openVault(storage, { create: true, runtime, trust: await openVaultTrust(options, '/vault', runtime) });

  it.each([
    ['without its key', () => ({})],
    ['where signatures are asked for', () => ({ verifyKey: files.verify })],
    ['with another key', () => ({ signKey: files.other })],
    ['with a key that is not among the trusted', () => ({ signKey: files.other, verifyKey: files.verify })],
  ])('writes nothing %s', async (_what, options) => {
    await backUp({ vault: await trusting({ signKey: files.sign }), runtime });
    const before = await contentsOf(storage);
    await expect(erase({ vault: await trusting(options()), runtime })).rejects.toMatchObject({ code: 'refused' });
    expect(await contentsOf(storage)).toEqual(before);
  });

  it('takes a new key that is among the trusted', async () => {
    await backUp({ vault: await trusting({ signKey: files.sign }), runtime });
    const changed = { signKey: files.other, verifyKey: files.both };
    expect(await erase({ vault: await trusting(changed), runtime })).toMatchObject({ complete: true });
  });

  it('signs what it writes, and a reader who has seen the old one takes the new one', async () => {
    const reading = { verifyKey: files.verify, seenFile: join(keys.folder, `seen.json`) };
    const old = await backUp({ vault: await trusting({ signKey: files.sign }), runtime });
    expect(await usernamesIn(await trusting(reading), old)).toContain(EVE.username);
    await erase({ vault: await trusting({ signKey: files.sign, verifyKey: files.verify }), runtime });
    const vault = await trusting(reading);
    const ref = await resolveSnapshot(vault, 'latest');
    expect(ref.id).not.toBe(old.id);
    expect((await openSnapshot(vault, ref)).manifest.signature).toBeDefined();
    expect((await verifySnapshot(vault, ref)).ok).toBe(true);
    expect(await usernamesIn(vault, ref)).toEqual(NAMES);
  });

  it.each<[string, (manifest: Manifest) => object]>([
    ['was not signed', () => ({ signature: undefined })],
    ['is not what its signature says', ({ throttles }) => ({ throttles: throttles + 1 })],
  ])('does not sign what %s', async (_what, forged) => {
    const signing = { signKey: files.sign };
    const old = await backUp({ vault: await trusting(signing), runtime });
    const { manifest } = await openSnapshot(await trusting(), old);
    const { digest: _digest, ...body } = { ...manifest, ...forged(manifest) };
    storage.objects.set(manifestKey(old), encodeDigested(body));
    expect(await erase({ vault: await trusting(signing), runtime })).toMatchObject({ complete: true });
    const [ref] = await (await trusting()).snapshots(POOL.id);
    expect(ref?.id).not.toBe(old.id);
    expect((await openSnapshot(await trusting(), ref!)).manifest.signature).toBeUndefined();
    const reading = await trusting({ verifyKey: files.verify });
    expect(await listSnapshots(reading)).toMatchObject([{ id: ref!.id, status: 'untrusted' }]);
  });

  it.each([
    ['does not sign an acceptance that was not signed', false, 'suspect'],
    ['signs an acceptance that was signed', true, 'accepted'],
  ])('%s', async (_what, wasSigned, status) => {
    const signing = { signKey: files.sign };
    const many = Array.from({ length: 200 }, (_, index) => sampleUser(100 + index));
    await backUp({ vault: await trusting(signing), runtime }, many);
    const suspect = await backUp({ vault: await trusting(signing), runtime });
    await acceptSnapshot({ vault: await trusting(wasSigned ? signing : {}), runtime }, suspect);
    expect(await erase({ vault: await trusting(signing), runtime })).toMatchObject({ counts: { rewritten: 1 } });
    const reading = await trusting({ verifyKey: files.verify });
    expect((await listSnapshots(reading)).map((each) => each.status)).toEqual(['complete', status]);
  });
});
