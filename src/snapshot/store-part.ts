import { BackupError } from '../model/errors.ts';
import { encryptedPath, parsePartPath, partKey, type SnapshotRef } from './keys.ts';
import type { PartEntry } from './manifest.ts';
import type { SealedPart } from './part-builder.ts';
import { storeOnce } from './store-once.ts';
import type { Vault } from './vault.ts';

export interface PartStore {
  readonly vault: Vault;
  /** Told of every part that stands in the vault. */
  readonly onPart?: (key: string, entry: PartEntry) => void;
}

/** Stores a part; only a manifest that names it makes it part of the snapshot. The path says whether it is encrypted. */
export async function storePart(
  ref: SnapshotRef,
  plainPath: string,
  { bytes, ...facts }: SealedPart,
  { vault, onPart }: PartStore,
): Promise<PartEntry> {
  const path = facts.plainSha256 === undefined ? encryptedPath(plainPath) : plainPath;
  const name = parsePartPath(path);
  if (!name) throw new BackupError('internal', `Not a part path: ${JSON.stringify(path)}`);
  const key = partKey(ref, path);
  await storeOnce(vault.storage, key, bytes);
  const entry = { path, ...name, ...facts };
  onPart?.(key, entry);
  return entry;
}
