import { BackupError } from '../model/errors.ts';
import type { DesiredValue } from '../plan/desired.ts';
import type { SnapshotReader } from '../snapshot/snapshot-reader.ts';
import { requestOf, scopeOf, type ApplyOptions } from './apply-options.ts';
import type { ReconcileDependencies } from './reconcile/dependencies.ts';
import { reconcile } from './reconcile/reconcile.ts';
import type { ReconcileResult, ReconcileSlice } from './reconcile/requests.ts';
import type { ReadableFile } from './values/csv-value.ts';
import { snapshotValue } from './values/snapshot-value.ts';
import { withHashes } from './values/with-hashes.ts';

export interface RestoreOptions extends Omit<ApplyOptions, 'hashes'> {
  readonly reader: SnapshotReader;
  /** Users who exist in the target are left alone (`skip`, the default) or brought to the snapshot's state. */
  readonly existing?: 'skip' | 'update';
  /** IAM roles of groups that others take the place of, in another account; one that stands for itself is kept. */
  readonly roles?: ReadonlyMap<string, string>;
  /** Password hashes by username, as JSON lines or CSV; they go by import job alone, so `importRole` is needed. */
  readonly hashFile?: ReadableFile;
}

/**
 * Brings back what the target lacks of a snapshot; nothing is deleted. Parts are checked as they are read: `verifySnapshot` before
 * it reads the snapshot whole.
 *
 * Errors: `usage`, `bad-input` (also for a file of hashes), `refused`, `schema-gap`, `damaged`, `locked`, `interrupted`, and those
 * of keys, storage and Cognito; run again to go on.
 */
export async function restoreSnapshot(
  deps: ReconcileDependencies,
  options: RestoreOptions,
): Promise<ReconcileResult | ReconcileSlice> {
  const scope = scopeOf(options, { values: 'exact', existing: options.existing ?? 'skip', deletes: false });
  const value = withRoles(await snapshotValue(options.reader, scope, options.subAttribute), options.roles);
  const { desired, hashes } = await desiredOf(deps, value, options);
  const suspect = options.reader.state === 'suspect';
  const { encryption: encryptedLike } = options.reader.manifest;
  const request = requestOf({ ...options, ...hashes }, { command: 'restore', desired, suspect });
  return reconcile(deps, { ...request, encryptedLike });
}

function withRoles(value: DesiredValue, roles: RestoreOptions['roles']): DesiredValue {
  if (!roles || !value.groups) return value;
  const groups = value.groups.map((group) => {
    const roleArn = group.roleArn === undefined ? undefined : roles.get(group.roleArn);
    return roleArn === undefined ? group : { ...group, roleArn, isRoleChosen: true as const };
  });
  return { ...value, groups };
}

async function desiredOf(
  { runtime, vault, observer }: ReconcileDependencies,
  snapshot: DesiredValue,
  { hashFile, importRole, engine, reader, dryRun, signal }: RestoreOptions,
): Promise<{ readonly desired: DesiredValue; readonly hashes?: Pick<ApplyOptions, 'hashes'> }> {
  if (!hashFile) return { desired: snapshot };
  if (importRole === undefined || engine === 'api') {
    throw new BackupError('usage', 'Password hashes go by import job alone, and none can run', {
      hint: 'Name the role with which Cognito writes the log of the job (--import-role), and leave out --engine api',
    });
  }
  if (!dryRun && !vault?.keys.choice && !reader.manifest.encryption) observer(HASHES_IN_CLEAR);
  const { value, algorithm } = await withHashes(snapshot, hashFile, { runtime, signal });
  return { desired: value, ...(algorithm !== undefined && { hashes: { hashes: algorithm } }) };
}

const HASHES_IN_CLEAR = {
  kind: 'warning',
  code: 'hashes-in-clear',
  message: 'The plan is not encrypted: until the run is finished the vault holds the password hashes in the clear',
} as const;
