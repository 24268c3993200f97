import { beforeEach, describe, expect, it } from 'vitest';
import { memoryStorage, type MemoryStorage } from '../../test/fakes/memory-storage.ts';
import { manualRuntime } from '../runtime/manual-runtime.ts';
import { encodeDigested } from './digested-json.ts';
import { loadErasures, rememberErased } from './erasure-ledger.ts';
import { ERASURE_KEY_FILE } from './keys.ts';
import { openVault, type Vault } from './vault.ts';

const EVE = '0a000001-0000-4000-8000-00000000eeee';
const BOB = '0a000002-0000-4000-8000-00000000bbbb';

let storage: MemoryStorage;
let vault: Vault;
const runtime = manualRuntime();

beforeEach(async () => {
  storage = memoryStorage();
  vault = await openVault(storage, { create: true, runtime });
});

const remember = (...subs: readonly string[]): Promise<number> => {
  runtime.advance(1_000);
  return rememberErased({ vault, runtime }, { subs, pool: null });
};
const entryKey = (): string => [...storage.objects.keys()].find((key) => /^erasures\/\d/.test(key))!;

/** Puts a file in place of another that differs in some fields, with a right digest. */
function rewrite(key: string, change: object): void {
  const { digest: _digest, ...file } = JSON.parse(Buffer.from(storage.objects.get(key)!).toString()) as object & {
    digest: string;
  };
  storage.objects.set(key, encodeDigested({ ...file, ...change }));
}

describe('the ledger of erasures', () => {
  it('is empty in a vault that knows of none', async () => {
    const erasures = await loadErasures(vault);
    expect([erasures.size, erasures.has(EVE), erasures.fingerprint]).toEqual([0, false, '']);
  });

  it('knows who is in it, and nobody else', async () => {
    expect(await remember(EVE, EVE)).toBe(1);
    const erasures = await loadErasures(vault);
    expect([erasures.has(EVE), erasures.has(BOB)]).toEqual([true, false]);
  });

  it('adds nobody twice, and its fingerprint tells one state from another', async () => {
    await remember(EVE);
    const before = (await loadErasures(vault)).fingerprint;
    expect(await remember(EVE)).toBe(0);
    expect((await loadErasures(vault)).fingerprint).toBe(before);
    expect(await remember(EVE, BOB)).toBe(1);
    const after = await loadErasures(vault);
    expect([after.size, after.has(EVE), after.has(BOB)]).toEqual([2, true, true]);
    expect(after.fingerprint).not.toBe(before);
  });

  it('holds no sub, and is made with one key', async () => {
    await Promise.all([remember(EVE), remember(BOB)]);
    const erasures = await loadErasures(vault);
    expect([erasures.has(EVE), erasures.has(BOB)]).toEqual([true, true]);
    for (const bytes of storage.objects.values()) expect(Buffer.from(bytes).toString()).not.toMatch(/eeee|bbbb/);
  });

  it('is asked in the words of another vault in vain', async () => {
    await remember(EVE);
    const elsewhere = await openVault(memoryStorage(), { create: true, runtime });
    await rememberErased({ vault: elsewhere, runtime }, { subs: [EVE], pool: null });
    const hashesOf = async ({ storage: place }: Vault): Promise<string> => {
      for await (const { key } of place.list('erasures/'))
        if (key !== ERASURE_KEY_FILE)
          return Buffer.from((await place.get(key))!.bytes)
            .toString()
            .match(/"[0-9a-f]{64}"/g)!
            .join();
      return '';
    };
    expect(await hashesOf(elsewhere)).not.toBe(await hashesOf(vault));
  });

  it.each([
    ['an entry is damaged', () => void (storage.objects.get(entryKey())![40]! ^= 1)],
    ['an entry is empty', () => void storage.objects.set(entryKey(), Buffer.from(''))],
    ['an entry belongs elsewhere', () => rewrite(entryKey(), { vaultId: '0'.repeat(32) })],
    ['an entry bears another name', () => rewrite(entryKey(), { id: '20260101T000000Z-000000' })],
    ['an entry has no hashes', () => rewrite(entryKey(), { hashes: [] })],
    ['the key is missing', () => void storage.objects.delete(ERASURE_KEY_FILE)],
    ['the key is damaged', () => void storage.objects.set(ERASURE_KEY_FILE, Buffer.from('{}'))],
    ['the key is another one', () => rewrite(ERASURE_KEY_FILE, { key: 'a'.repeat(64) })],
    ['the key is that of another vault', () => rewrite(ERASURE_KEY_FILE, { vaultId: '0'.repeat(32) })],
  ])('is refused whole where %s', async (_what, spoil) => {
    await remember(EVE);
    spoil();
    await expect(loadErasures(vault)).rejects.toMatchObject({ code: 'damaged' });
    await expect(remember(BOB)).rejects.toMatchObject({ code: 'damaged' });
  });

  it('of a later version asks for one', async () => {
    await remember(EVE);
    rewrite(entryKey(), { format: 2 });
    await expect(loadErasures(vault)).rejects.toMatchObject({ code: 'vault-too-new' });
  });
});
