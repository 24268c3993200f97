import type { CognitoGateway } from '../../cognito/gateway.ts';
import { headerFromSchema } from '../../csv/header-from-schema.ts';
import { BackupError, isBackupError } from '../../model/errors.ts';
import type { Observer } from '../../model/events.ts';
import type { PoolId } from '../../model/ids.ts';
import type { PoolDescription } from '../../model/pool.ts';
import type { SnapshotReader } from '../../snapshot/snapshot-reader.ts';

/** The pool that an import file is made for, and its columns. */
export interface ExportTarget {
  readonly pool: PoolDescription;
  readonly header: readonly string[];
}

export interface ExportTargetOptions {
  /** The pool to write for; the snapshot's own by default. */
  readonly forPool?: PoolId;
  /** Columns to write, where the caller knows better than the pool. */
  readonly header?: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

/**
 * Finds the pool and the header of an import file. Without `forPool` the snapshot's pool need not exist any more: the
 * header then comes from the schema in the snapshot, and a warning says so.
 * Errors: `usage` for `forPool` without a gateway; whatever the gateway says of a pool that was named.
 */
export async function exportTarget(
  from: { readonly reader: SnapshotReader; readonly gateway?: CognitoGateway; readonly observer: Observer },
  options: ExportTargetOptions,
): Promise<ExportTarget> {
  const { gateway } = from;
  if (options.forPool !== undefined) {
    if (gateway === undefined) throw new BackupError('usage', 'Writing for another pool needs access to that pool');
    const request = { poolId: options.forPool };
    const pool = await gateway.send('DescribeUserPool', request, options.signal);
    return { pool, header: options.header ?? (await gateway.send('GetCSVHeader', request, options.signal)) };
  }
  const pool = await from.reader.pool();
  if (options.header !== undefined) return { pool, header: options.header };
  try {
    if (gateway !== undefined)
      return { pool, header: await gateway.send('GetCSVHeader', { poolId: pool.id }, options.signal) };
  } catch (error) {
    if (!isBackupError(error) || error.code === 'interrupted') throw error;
    from.observer({
      kind: 'warning',
      code: 'header-from-schema',
      message: `The pool gave no import header (${error.code}): it is made from the schema in the snapshot`,
    });
  }
  return { pool, header: headerFromSchema(pool.schema) };
}
