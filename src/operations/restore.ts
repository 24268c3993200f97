import type { DesiredValue } from '../plan/desired.ts';
import type { SnapshotReader } from '../snapshot/snapshot-reader.ts';
import { requestOf, scopeOf, type ApplyOptions } from './apply-options.ts';
import type { ReconcileDependencies } from './reconcile/dependencies.ts';
import { reconcile } from './reconcile/reconcile.ts';
import type { ReconcileResult, ReconcileSlice } from './reconcile/requests.ts';
import { snapshotValue } from './values/snapshot-value.ts';

export interface RestoreOptions extends ApplyOptions {
  readonly reader: SnapshotReader;
  /** Users who exist in the target are left alone (`skip`, the default) or brought to the snapshot's state. */
  readonly existing?: 'skip' | 'update';
  /** IAM roles of groups that others take the place of: in another account. */
  readonly roles?: ReadonlyMap<string, string>;
}

/** Brings back what the target lacks of a snapshot; nothing is deleted. */
export async function restoreSnapshot(
  deps: ReconcileDependencies,
  options: RestoreOptions,
): Promise<ReconcileResult | ReconcileSlice> {
  const scope = scopeOf(options, { values: 'exact', existing: options.existing ?? 'skip', deletes: false });
  const desired = withRoles(await snapshotValue(options.reader, scope), options.roles);
  const suspect = options.reader.state === 'suspect';
  const { encryption: encryptedLike } = options.reader.manifest;
  return reconcile(deps, { ...requestOf(options, { command: 'restore', desired, suspect }), encryptedLike });
}

function withRoles(value: DesiredValue, roles: RestoreOptions['roles']): DesiredValue {
  if (!roles || !value.groups) return value;
  const groups = value.groups.map((group) => {
    const roleArn = group.roleArn === undefined ? undefined : (roles.get(group.roleArn) ?? group.roleArn);
    return roleArn === undefined ? group : { ...group, roleArn };
  });
  return { ...value, groups };
}
