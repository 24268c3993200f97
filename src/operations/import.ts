import { headerFromSchema } from '../csv/header-from-schema.ts';
import { isBackupError } from '../model/errors.ts';
import { requestOf, scopeOf, type ApplyOptions } from './apply-options.ts';
import type { ReconcileDependencies } from './reconcile/dependencies.ts';
import { reconcile } from './reconcile/reconcile.ts';
import type { ReconcileResult, ReconcileSlice } from './reconcile/requests.ts';
import { csvValue, type CsvFiles } from './values/csv-value.ts';

export interface ImportOptions extends ApplyOptions {
  readonly files: CsvFiles;
  readonly existing?: 'skip' | 'update';
}

/**
 * Brings what CSV files hold into the target; a blank cell is unspecified, nothing is deleted.
 *
 * Errors: `usage`, `bad-input` (also for what the files hold), `refused`, `schema-gap`, `locked`, `interrupted`, and those of
 * storage and Cognito; run again to go on.
 */
export async function importCsv(
  deps: ReconcileDependencies,
  options: ImportOptions,
): Promise<ReconcileResult | ReconcileSlice> {
  const { target: poolId, signal } = options;
  const target = await deps.gateway.send('DescribeUserPool', { poolId }, signal);
  const { hashes } = options;
  const desired = await csvValue(options.files, {
    target,
    ...(hashes !== undefined && { hashes }),
    header: await headerOf(deps, options, headerFromSchema(target.schema, { passwordHash: true })),
    scope: scopeOf(options, { values: 'given', existing: options.existing ?? 'skip', deletes: false }),
    signal,
  });
  return reconcile(deps, requestOf(options, { command: 'import', desired, suspect: false }));
}

/** The pool's own header decides; where the service gives none, its schema does. */
async function headerOf(
  { gateway }: ReconcileDependencies,
  { target, signal }: ImportOptions,
  fromSchema: readonly string[],
): Promise<readonly string[]> {
  try {
    return await gateway.send('GetCSVHeader', { poolId: target }, signal);
  } catch (error) {
    if (!isBackupError(error, 'rejected', 'not-authorized', 'unavailable', 'unreadable-answer')) throw error;
    return fromSchema;
  }
}
