import type { SnapshotReader } from '../snapshot/snapshot-reader.ts';
import { requestOf, scopeOf, type ApplyOptions } from './apply-options.ts';
import type { ReconcileDependencies } from './reconcile/dependencies.ts';
import { reconcile } from './reconcile/reconcile.ts';
import type { ReconcileResult, ReconcileSlice } from './reconcile/requests.ts';
import { snapshotValue } from './values/snapshot-value.ts';

export interface MirrorOptions extends ApplyOptions {
  /** A snapshot that was verified whole. */
  readonly reader: SnapshotReader;
}

/** Keeps a standby pool up to date by its differences from a snapshot alone, deletes included. */
export async function mirrorSnapshot(
  deps: ReconcileDependencies,
  options: MirrorOptions,
): Promise<ReconcileResult | ReconcileSlice> {
  const scope = scopeOf(options, { values: 'exact', existing: 'update', deletes: true });
  const desired = await snapshotValue(options.reader, scope);
  const suspect = options.reader.state === 'suspect';
  return reconcile(deps, requestOf(options, { command: 'mirror', desired, suspect }));
}
