import type { Open, Seal } from '../encryption/age.ts';
import type { EncryptionChoice } from '../encryption/encryption-choice.ts';
import type { EncryptionFacts } from '../encryption/encryption-facts.ts';
import { createEnvelope, sealFor, type KeyFile } from '../encryption/envelope.ts';
import { BackupError } from '../model/errors.ts';
import type { CallOptions, Storage } from '../storage/storage.ts';
import type { Vault } from '../snapshot/vault.ts';
import { runPrefix, type RunRef } from './run-keys.ts';
import type { RunRecord } from './run-record.ts';

/** What encrypts the parts of one run and opens them again; empty for a run that is not encrypted. */
export interface RunCipher {
  readonly facts?: EncryptionFacts;
  readonly seal?: Seal;
  readonly open?: Open;
  /** Stored with the run's first record; until then the run is known to this process alone. */
  readonly keyFiles: readonly KeyFile[];
}

export const PLAIN_RUN: RunCipher = { keyFiles: [] };

/** What a run is written with by this process. Throws what the key service throws. */
export async function newRunCipher(
  vault: Vault,
  ref: RunRef & { readonly round: number },
  choice: EncryptionChoice | undefined,
): Promise<RunCipher> {
  if (!choice) return PLAIN_RUN;
  const place = placeOf(vault, ref);
  return createEnvelope({ choice, place, keys: vault.keys, prefix: `key-${ref.round}` });
}

/** What an earlier slice has written the run with. Throws `key-missing`, `key-wrong`, `kms-refused`. */
export async function storedRunCipher(
  vault: Vault | undefined,
  run: RunRecord,
  storage: Storage,
  options: CallOptions = {},
): Promise<RunCipher> {
  const facts = run.encryption;
  if (!facts) return PLAIN_RUN;
  if (!vault) {
    throw new BackupError('key-missing', `Run ${run.id} is encrypted and no key is given`, {
      hint: 'Pass the vault with its keys to the operation',
    });
  }
  const open = await vault.keys.ring.unlock({
    name: `Run ${run.id}`,
    facts,
    place: placeOf(vault, run),
    keyFile: async ({ path, sizeBytes }) => {
      return (await storage.get(`${runPrefix(run)}${path}`, { ...options, maxBytes: sizeBytes }))?.bytes;
    },
  });
  return { facts, seal: sealFor(facts), open, keyFiles: [] };
}

export async function storeRunKeys(storage: Storage, ref: RunRef, { keyFiles }: RunCipher): Promise<void> {
  for (const { path, bytes } of keyFiles) await storage.put(`${runPrefix(ref)}${path}`, bytes);
}

function placeOf({ id }: Vault, ref: RunRef) {
  return { vault: id, pool: ref.target, run: ref.id };
}
