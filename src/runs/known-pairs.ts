import { isBackupError } from '../model/errors.ts';
import type { PoolId, RunId } from '../model/ids.ts';
import type { KnownPair } from '../plan/match-users.ts';
import type { CallOptions, Storage } from '../storage/storage.ts';
import type { Vault } from '../snapshot/vault.ts';
import { storedRunCipher, type RunCipher } from './run-cipher.ts';
import { readRunFile } from './run-files.ts';
import { runsOf, type RunRecord } from './run-record.ts';

/** One line of a map file: who a source user is in the target. */
export interface MapEntry extends KnownPair {
  readonly sourceUsername: string;
  readonly targetUsername: string;
}

export interface KnownPairsOptions extends CallOptions {
  /** Whose keys open an encrypted map. */
  readonly vault?: Vault | undefined;
  /** Told of a map that no key at hand opens: it is passed over, and users are matched by their keys. */
  readonly onUnreadable?: ((runId: RunId) => void) | undefined;
}

/** The pairs of the newest map from this source to this target; each run rebuilds the map from the whole match. */
export async function* knownPairs(
  storage: Storage,
  source: PoolId,
  target: PoolId,
  { vault, onUnreadable, ...options }: KnownPairsOptions = {},
): AsyncIterable<MapEntry> {
  for await (const run of runsOf(storage, target, options)) {
    if (run.source !== source || run.map.length === 0) continue;
    const cipher = await cipherOf(vault, run, storage, options);
    if (cipher) yield* readRunFile<MapEntry>(storage, run.map, { ...options, cipher });
    else onUnreadable?.(run.id);
    return;
  }
}

async function cipherOf(
  vault: Vault | undefined,
  run: RunRecord,
  storage: Storage,
  options: CallOptions,
): Promise<RunCipher | undefined> {
  if (run.encryption && !vault) return undefined;
  try {
    return await storedRunCipher(vault, run, storage, options);
  } catch (error) {
    if (isBackupError(error, 'key-missing', 'key-wrong', 'kms-refused', 'damaged')) return undefined;
    throw error;
  }
}
