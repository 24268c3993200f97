import type { EncryptionFacts, KeyFileFacts } from '../../encryption/encryption-facts.ts';
import { BackupError } from '../../model/errors.ts';
import { partKey, type SnapshotRef } from '../../snapshot/keys.ts';
import { readKeyFile } from '../../snapshot/read-key-file.ts';
import { sha256 } from '../../snapshot/sha256.ts';
import { storeOnce } from '../../snapshot/store-once.ts';
import { placeOf } from '../../snapshot/unlock-snapshot.ts';
import type { Vault } from '../../snapshot/vault.ts';
import type { CallOptions } from '../../storage/storage.ts';

/**
 * Brings the key files of a snapshot to the one that supersedes it: both have the same key, so that everybody who could
 * open the one can open the other, and parts can be copied as they are. What KMS wrapped belongs to its place and is
 * wrapped anew. Throws `damaged`, `kms-refused`, `key-wrong`.
 */
export async function carryKeyFiles(
  vault: Vault,
  { from, to, facts }: { readonly from: SnapshotRef; readonly to: SnapshotRef; readonly facts: EncryptionFacts | null },
  options: CallOptions,
): Promise<EncryptionFacts | null> {
  if (facts === null) return null;
  const keyFiles: KeyFileFacts[] = [];
  for (const file of facts.keyFiles) {
    const stored = await readKeyFile(vault.storage, from, file, options);
    const bytes = file.kind === 'kms' ? await rewrap(vault, { from, to, keyArn: file.keyArn, stored }) : stored;
    await storeOnce(vault.storage, partKey(to, file.path), bytes);
    keyFiles.push({ ...file, sizeBytes: bytes.length, sha256: sha256(bytes) });
  }
  return { ...facts, keyFiles };
}

interface Wrapped {
  readonly from: SnapshotRef;
  readonly to: SnapshotRef;
  readonly keyArn: string;
  readonly stored: Uint8Array;
}

async function rewrap(vault: Vault, { from, to, keyArn, stored }: Wrapped): Promise<Uint8Array> {
  const { keyService } = vault.keys;
  if (!keyService) {
    throw new BackupError('key-missing', `Snapshot ${from.id} is encrypted under KMS, which is out of reach`, {
      hint: `It needs the right to use the KMS key ${keyArn}`,
    });
  }
  return keyService.wrap(keyArn, await keyService.unwrap(keyArn, stored, placeOf(vault, from)), placeOf(vault, to));
}
