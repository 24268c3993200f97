import { requestOf, scopeOf, type ApplyOptions } from './apply-options.ts';
import type { ReconcileDependencies } from './reconcile/dependencies.ts';
import { reconcile } from './reconcile/reconcile.ts';
import type { ReconcileResult, ReconcileSlice } from './reconcile/requests.ts';
import { emptyValue } from './values/empty-value.ts';

export interface CleanOptions extends ApplyOptions {
  /** Takes a verified snapshot of the target before the first delete; absent only on request (`--no-backup`). */
  readonly backUpFirst?: () => Promise<void>;
  /** Nobody created later is deleted: the beginning of a snapshot that was taken before. */
  readonly deletesUntil?: Date | undefined;
}

/**
 * Empties a pool of its users and groups; the groups of its identity providers stay, as they are the service's own.
 *
 * Errors: `bad-input`, `refused`, `locked`, `interrupted`, those of storage and Cognito, and what `backUpFirst` throws; run again
 * to go on.
 */
export async function cleanPool(
  deps: ReconcileDependencies,
  options: CleanOptions,
): Promise<ReconcileResult | ReconcileSlice> {
  const desired = emptyValue(scopeOf(options, { values: 'exact', existing: 'skip', deletes: true }));
  const { backUpFirst, deletesUntil } = options;
  const request = requestOf(options, { command: 'clean', desired, suspect: false });
  return reconcile(deps, { ...request, deletesUntil, ...(backUpFirst && { beforeWrite: backUpFirst }) });
}
