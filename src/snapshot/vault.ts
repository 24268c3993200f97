import * as z from 'zod';
import { noKeys, type VaultKeys } from '../encryption/vault-keys.ts';
import { BackupError, isBackupError } from '../model/errors.ts';
import { isPoolId, type PoolId } from '../model/ids.ts';
import { randomHex } from '../runtime/random-hex.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { VaultTrust } from '../signing/vault-trust.ts';
import type { CallOptions, Storage } from '../storage/storage.ts';
import { checkShape, FORMAT_VERSION, parseVersioned } from './digested-json.ts';
import { asSnapshotId, POOLS_PREFIX, snapshotsPrefix, VAULT_KEY, type SnapshotRef } from './keys.ts';
import { MAX_NOTE_BYTES } from './size-limits.ts';

/** A folder or an S3 prefix that holds snapshots, opened. */
export interface Vault {
  readonly storage: Storage;
  /** Random, made once when the vault was created. */
  readonly id: string;
  /** To whom is written, and what can be opened. */
  readonly keys: VaultKeys;
  /** Whose signatures are asked for and given. */
  readonly trust: VaultTrust;
  /** Pools that have a folder in the vault, in order. */
  pools(options?: CallOptions): Promise<readonly PoolId[]>;
  /** The snapshots of a pool, oldest first, unfinished ones too; reads no manifest. */
  snapshots(poolId: PoolId, options?: CallOptions): Promise<readonly SnapshotRef[]>;
}

export interface OpenVaultOptions extends CallOptions {
  readonly runtime: Runtime;
  /** Makes the vault when there is none. */
  readonly create?: boolean;
  /** Default: nothing is encrypted, and nothing encrypted can be opened. */
  readonly keys?: VaultKeys;
  /** Default: nothing is signed, and no signature is asked for. */
  readonly trust?: VaultTrust;
}

const vaultFile = z.strictObject({
  format: z.literal(FORMAT_VERSION),
  id: z.string().regex(/^[0-9a-f]{32}$/),
  createdAt: z.iso.datetime({ precision: 3 }),
});

/** Opens a vault. Throws `vault-not-found`, `vault-too-new`, `damaged`, and what the storage throws. */
export async function openVault(storage: Storage, options: OpenVaultOptions): Promise<Vault> {
  const bytes = (await readVaultFile(storage, options)) ?? (await createVaultFile(storage, options));
  const { id } = checkShape(parseVersioned(bytes, VAULT_KEY), VAULT_KEY, vaultFile);
  return {
    storage,
    id,
    keys: options.keys ?? noKeys(),
    trust: options.trust ?? {},
    pools: (callOptions) => listPools(storage, callOptions),
    snapshots: (poolId, callOptions) => listSnapshotRefs(storage, poolId, callOptions),
  };
}

async function readVaultFile(storage: Storage, options: OpenVaultOptions): Promise<Uint8Array | undefined> {
  try {
    return (await storage.get(VAULT_KEY, { ...options, maxBytes: MAX_NOTE_BYTES }))?.bytes;
  } catch (error) {
    // A folder that does not exist yet can be made; a bucket that does not exist fails again on the first write.
    if (options.create && isBackupError(error, 'vault-not-found')) return undefined;
    throw error;
  }
}

async function createVaultFile(storage: Storage, options: OpenVaultOptions): Promise<Uint8Array> {
  if (!options.create) {
    throw new BackupError('vault-not-found', `No vault at ${storage.location}`, {
      hint: 'Check the vault location; the first backup into a new place makes the vault',
    });
  }
  const file = {
    createdAt: options.runtime.now().toISOString(),
    format: FORMAT_VERSION,
    id: randomHex(options.runtime, 16),
  };
  const bytes = Buffer.from(`${JSON.stringify(file, undefined, 2)}\n`);
  if (await storage.putIfAbsent(VAULT_KEY, bytes, options)) return bytes;
  const other = await storage.get(VAULT_KEY, { ...options, maxBytes: MAX_NOTE_BYTES });
  if (other) return other.bytes;
  throw new BackupError('storage-failed', `${VAULT_KEY} can neither be written nor read at ${storage.location}`);
}

async function listPools(storage: Storage, options?: CallOptions): Promise<readonly PoolId[]> {
  const pools: PoolId[] = [];
  for await (const folder of storage.folders(POOLS_PREFIX, options)) {
    if (isPoolId(folder)) pools.push(folder);
  }
  return pools;
}

async function listSnapshotRefs(
  storage: Storage,
  poolId: PoolId,
  options?: CallOptions,
): Promise<readonly SnapshotRef[]> {
  const refs: SnapshotRef[] = [];
  for await (const folder of storage.folders(snapshotsPrefix(poolId), options)) {
    const id = asSnapshotId(folder);
    if (id) refs.push({ poolId, id });
  }
  return refs;
}
