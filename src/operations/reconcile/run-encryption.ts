import { bothChoices, choiceLike, type EncryptionChoice } from '../../encryption/encryption-choice.ts';
import { BackupError } from '../../model/errors.ts';
import { refusePlain } from '../../snapshot/refuse-plain.ts';
import type { ReconcileDependencies } from './dependencies.ts';
import type { ReconcileRequest } from './requests.ts';

/**
 * For whom the plan, the map and the failures of a run are encrypted: for those who were asked for and those of the snapshot
 * that is applied. Throws `refused` where nobody is asked for and the target's own snapshots are encrypted, and where a run
 * is cut into slices that could not read each other's plan. Nothing is written before this function is through.
 */
export async function runEncryption(
  { vault }: ReconcileDependencies,
  { target, encryptedLike, deadline, signal }: ReconcileRequest,
): Promise<EncryptionChoice | undefined> {
  if (!vault) return undefined;
  const like = encryptedLike ? choiceLike(encryptedLike, vault.keys.ring.passphrase) : undefined;
  const choice = bothChoices(vault.keys.choice, like);
  if (!choice) await refusePlain(vault, target, { signal });
  else if (deadline && choice.kmsKey === undefined) {
    throw new BackupError('refused', 'Refused to cut an encrypted run into slices without a KMS key', {
      hint: 'The next slice could not read the plan. Name a KMS key as well, or run the command line, which needs no slices',
    });
  }
  return choice;
}
