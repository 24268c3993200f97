import { BackupError } from '../../model/errors.ts';

/** Secrets go into encrypted snapshots alone. Throws `usage`, before anything is read or written. */
export function refusePlainSecrets(asked: { readonly includeSecrets: boolean; readonly isEncrypted: boolean }): void {
  if (!asked.includeSecrets || asked.isEncrypted) return;
  throw new BackupError('usage', 'Secrets are captured into encrypted snapshots alone, and this one would not be', {
    hint: 'Nothing was done. Name a recipient with --encrypt-to, --passphrase-file or --kms-key, or leave --include-secrets out',
  });
}
