import type { EncryptionChoice } from './encryption-choice.ts';
import { KeyRing } from './key-ring.ts';
import type { KeyService } from './key-service.ts';
import { readIdentities, readPassphrase, readRecipients } from './read-keys.ts';
import type { VaultKeys } from './vault-keys.ts';

/** Keys as a person names them. */
export interface KeyOptions {
  /** Public keys of age, or `@FILE` with such. */
  readonly encryptTo?: readonly string[];
  /** ARN of a KMS key. */
  readonly kmsKey?: string;
  /** A file whose first line is the passphrase: to write under, to open with, and to open identity files with. */
  readonly passphraseFile?: string;
  /** Files with private keys of age. */
  readonly identities?: readonly string[];
  /** Lets a pool whose newest snapshot is encrypted get one that is not. */
  readonly unencrypted?: boolean;
}

/**
 * Reads the files that are named. Throws `usage`, `file-not-found`, and for a protected identity file `key-missing` or
 * `key-wrong`.
 */
export async function openVaultKeys(options: KeyOptions, keyService: KeyService): Promise<VaultKeys> {
  const { encryptTo = [], kmsKey, passphraseFile, identities = [], unencrypted = false } = options;
  const recipients = await readRecipients(encryptTo);
  const passphrase = passphraseFile === undefined ? undefined : await readPassphrase(passphraseFile);
  const keys = (await Promise.all(identities.map((path) => readIdentities(path, passphrase)))).flat();
  const choice: EncryptionChoice = {
    recipients,
    ...(passphrase && { passphrase }),
    ...(kmsKey !== undefined && { kmsKey }),
  };
  const encrypts = !unencrypted && (recipients.length > 0 || passphrase !== undefined || kmsKey !== undefined);
  return {
    ...(encrypts && { choice }),
    allowsPlain: unencrypted,
    ring: new KeyRing({ keys, keyService, ...(passphrase && { passphrase }) }),
    keyService,
  };
}
