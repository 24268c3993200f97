import { BackupError } from '../../model/errors.ts';
import type { PoolId, SnapshotId } from '../../model/ids.ts';

export interface DrillCheck {
  readonly ref: { readonly poolId: PoolId; readonly id: SnapshotId };
  /** `suspect`: it holds far fewer users than the one before, and nobody has accepted it. */
  readonly state: 'complete' | 'suspect' | 'accepted';
  readonly users: number;
  readonly hasConfiguration: boolean;
  /** Restores so many users instead of all. */
  readonly sample: number | undefined;
}

/** Throws `refused` or `usage` where a drill would prove nothing: known from the manifest, before anything is asked or written. */
export function checkDrill({ ref: { poolId, id }, state, users, hasConfiguration, sample }: DrillCheck): void {
  if (sample === 0) {
    throw new BackupError('usage', 'A drill with a sample of no users proves nothing', {
      hint: 'Leave --sample out to restore all of them',
    });
  }
  if (state === 'suspect') {
    throw refused('a suspect snapshot: it holds far fewer users than the one before', {
      hint: `Look at it with: cognito-backup diff ${poolId}@latest ${poolId}@${id}; if the drop is real: cognito-backup snapshots accept ${poolId}@${id}`,
    });
  }
  if (users === 0) {
    throw refused('an empty snapshot: nobody could sign in, so nothing would be proven', {
      hint: 'Name another snapshot; list them with: cognito-backup snapshots',
    });
  }
  if (!hasConfiguration) {
    throw refused('a snapshot without configuration: the pool could not be made like its source', {
      hint: 'Take a new backup: those of this version hold the configuration',
    });
  }
}

function refused(what: string, options: { readonly hint: string }): BackupError {
  return new BackupError('refused', `Refused to drill with ${what}`, options);
}
