import * as z from 'zod';
import { BackupError } from '../model/errors.ts';
import { timedId, type PoolId } from '../model/ids.ts';
import { inParallel } from '../runtime/in-parallel.ts';
import { randomHex } from '../runtime/random-hex.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { CallOptions } from '../storage/storage.ts';
import { damaged } from './damaged.ts';
import { decodeDigested, encodeDigested, FORMAT_VERSION } from './digested-json.ts';
import { erasureHash, Erasures } from './erasures.ts';
import { asErasureId, ERASURE_KEY_FILE, erasureKey, ERASURES_PREFIX } from './keys.ts';
import { digest, instant, poolId } from './manifest.ts';
import { sha256 } from './sha256.ts';
import { MAX_INDEX_BYTES, MAX_NOTE_BYTES } from './size-limits.ts';
import { storeOnce } from './store-once.ts';
import type { Vault } from './vault.ts';

const keyFile = z.strictObject({
  format: z.literal(FORMAT_VERSION),
  vaultId: z.string(),
  /** Not secret from whoever reads the vault: a restore must never fail to honour an erasure for want of a key. */
  key: digest,
  digest,
});

const entry = z.strictObject({
  format: z.literal(FORMAT_VERSION),
  vaultId: z.string(),
  id: z.string(),
  erasedAt: instant,
  /** The pool that it was asked for; `null`: all that the vault holds. */
  pool: poolId.nullable(),
  /** Of the key that the hashes were made with. */
  keySha256: digest,
  hashes: z.array(digest).min(1),
  digest,
});

const READS_AT_ONCE = 8;

type Place = Pick<Vault, 'storage' | 'id'>;

/**
 * Everybody who was erased from the vault. Throws `damaged` for an entry that cannot be trusted, and for entries without
 * the key they were made with: nothing may be restored as long as it is not known who must not come back.
 */
export async function loadErasures(vault: Place, options: CallOptions = {}): Promise<Erasures> {
  const keys: string[] = [];
  for await (const { key } of vault.storage.list(ERASURES_PREFIX, options)) if (asErasureId(key)) keys.push(key);
  if (keys.length === 0) return new Erasures('', []);
  const key = await readKey(vault, options);
  if (key === undefined) throw damaged(ERASURE_KEY_FILE, 'it is missing, and there are erasures made with it');
  const hashes: string[] = [];
  await inParallel(keys, READS_AT_ONCE, async (file) => {
    hashes.push(...(await readEntry(vault, { file, key }, options)));
  });
  return new Erasures(key, hashes);
}

/** Adds people to the ledger, durably. Answers how many were not in it before. */
export async function rememberErased(
  { vault, runtime }: { readonly vault: Place; readonly runtime: Runtime },
  { subs, pool }: { readonly subs: Iterable<string>; readonly pool: PoolId | null },
  options: CallOptions = {},
): Promise<number> {
  const known = await loadErasures(vault, options);
  const added = [...new Set(subs)].filter((sub) => !known.has(sub));
  if (added.length === 0) return 0;
  const key = (await readKey(vault, options)) ?? (await makeKey({ vault, runtime }, options));
  const id = timedId(runtime.now(), runtime.randomBytes(3));
  const file = {
    format: FORMAT_VERSION,
    vaultId: vault.id,
    id,
    erasedAt: runtime.now().toISOString(),
    pool,
    keySha256: sha256(Buffer.from(key, 'hex')),
    // Sorted: their order says nothing of the people.
    hashes: added.map((sub) => erasureHash(key, sub)).toSorted(),
  };
  await storeOnce(vault.storage, erasureKey(id), encodeDigested(file));
  return added.length;
}

async function readEntry(
  { storage, id: vaultId }: Place,
  { file, key }: { readonly file: string; readonly key: string },
  options: CallOptions,
): Promise<readonly string[]> {
  const stored = await storage.get(file, { ...options, maxBytes: MAX_INDEX_BYTES });
  if (stored === undefined) throw damaged(file, 'it has gone while it was read');
  const erasure = decodeDigested(stored.bytes, file, entry);
  if (erasure.vaultId !== vaultId || erasure.id !== asErasureId(file)) throw damaged(file, 'it belongs elsewhere');
  if (erasure.keySha256 !== sha256(Buffer.from(key, 'hex'))) throw damaged(file, 'it was made with another key');
  return erasure.hashes;
}

async function readKey({ storage, id: vaultId }: Place, options: CallOptions): Promise<string | undefined> {
  const stored = await storage.get(ERASURE_KEY_FILE, { ...options, maxBytes: MAX_NOTE_BYTES });
  if (stored === undefined) return undefined;
  const file = decodeDigested(stored.bytes, ERASURE_KEY_FILE, keyFile);
  if (file.vaultId !== vaultId) throw damaged(ERASURE_KEY_FILE, 'it belongs to another vault');
  return file.key;
}

/** Whoever loses the race uses the winner's. */
async function makeKey(
  { vault, runtime }: { readonly vault: Place; readonly runtime: Runtime },
  options: CallOptions,
): Promise<string> {
  const key = randomHex(runtime, 32);
  const bytes = encodeDigested({ format: FORMAT_VERSION, vaultId: vault.id, key });
  if (await vault.storage.putIfAbsent(ERASURE_KEY_FILE, bytes, options)) return key;
  const winner = await readKey(vault, options);
  if (winner !== undefined) return winner;
  throw new BackupError('storage-failed', `${ERASURE_KEY_FILE} can neither be written nor read`);
}
