import { BackupError } from '../model/errors.ts';
import type { SnapshotReader } from '../snapshot/snapshot-reader.ts';
import { requestOf, scopeOf, type ApplyOptions } from './apply-options.ts';
import type { ReconcileDependencies } from './reconcile/dependencies.ts';
import { reconcile } from './reconcile/reconcile.ts';
import type { ReconcileResult, ReconcileSlice } from './reconcile/requests.ts';
import { snapshotValue } from './values/snapshot-value.ts';
import type { VerifyResult } from './verify/verify-snapshot.ts';

export interface MirrorOptions extends ApplyOptions {
  readonly reader: SnapshotReader;
  /** What `verifySnapshot` said of this very snapshot: a mirror deletes, so it takes no snapshot on trust. */
  readonly verified: VerifyResult;
}

/**
 * Keeps a standby pool up to date by its differences from a verified snapshot alone, deletes included.
 *
 * Errors: `usage`, `bad-input`, `refused` (also for a snapshot that is not verified), `schema-gap`, `damaged`, `locked`,
 * `interrupted`, and those of keys, storage and Cognito; run again to go on.
 */
export async function mirrorSnapshot(
  deps: ReconcileDependencies,
  options: MirrorOptions,
): Promise<ReconcileResult | ReconcileSlice> {
  const { reader, verified } = options;
  if (!verified.ok || verified.manifestSha256 !== reader.manifestSha256) {
    throw new BackupError('refused', `Refused to mirror from snapshot ${reader.ref.id}: it is not verified`, {
      hint: `See what is wrong with it: cognito-backup verify ${reader.ref.id}`,
    });
  }
  const scope = scopeOf(options, { values: 'exact', existing: 'update', deletes: true });
  const desired = await snapshotValue(reader, scope, options.subAttribute);
  const suspect = reader.state === 'suspect';
  const { encryption: encryptedLike } = reader.manifest;
  return reconcile(deps, { ...requestOf(options, { command: 'mirror', desired, suspect }), encryptedLike });
}
