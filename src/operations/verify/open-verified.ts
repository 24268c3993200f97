import { BackupError } from '../../model/errors.ts';
import type { SnapshotRef } from '../../snapshot/keys.ts';
import { openSnapshot, type SnapshotReader } from '../../snapshot/snapshot-reader.ts';
import type { Vault } from '../../snapshot/vault.ts';
import { verifySnapshot, type VerifyOptions, type VerifyResult } from './verify-snapshot.ts';

export interface VerifiedSnapshot {
  readonly reader: SnapshotReader;
  readonly verified: VerifyResult;
}

/** Checks a snapshot whole before it is relied on. Throws `damaged`. */
export async function openVerified(
  vault: Vault,
  ref: SnapshotRef,
  options: VerifyOptions = {},
): Promise<VerifiedSnapshot> {
  const verified = await verifySnapshot(vault, ref, options);
  if (!verified.ok) {
    const { problems } = verified;
    const [first] = problems;
    const more = problems.length > 1 ? ` (and ${problems.length - 1} more problems)` : '';
    throw new BackupError('damaged', `Snapshot ${ref.id} is damaged: ${first?.message ?? 'unknown problem'}${more}`, {
      hint: `See all of it with: cognito-backup verify ${ref.poolId}@${ref.id}; take another snapshot, or an older one`,
    });
  }
  const reader = await openSnapshot(vault, ref, options);
  if (reader.manifestSha256 !== verified.manifestSha256) {
    throw new BackupError('damaged', `Snapshot ${ref.id} was changed while it was verified`, {
      hint: 'Snapshots never change: find out who writes to the vault',
    });
  }
  return { reader, verified };
}
