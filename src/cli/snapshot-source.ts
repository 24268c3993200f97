import { BackupError } from '../model/errors.ts';
import { parsePoolId, type PoolId } from '../model/ids.ts';

const POOL_PREFIX = 'pool:';

/** A snapshot by its name, or a live pool as `pool:ID`. */
export type Source =
  | { readonly kind: 'snapshot'; readonly name: string }
  | { readonly kind: 'pool'; readonly poolId: PoolId };

export function parseSource(text: string): Source {
  if (!text.startsWith(POOL_PREFIX)) return { kind: 'snapshot', name: text };
  return { kind: 'pool', poolId: parsePoolId(text.slice(POOL_PREFIX.length)) };
}

/** The Region of S3 may have to be guessed from a pool: `POOL@latest` names one. */
export function poolOfName(name: string): PoolId | undefined {
  const at = name.indexOf('@');
  return at > 0 ? parsePoolId(name.slice(0, at)) : undefined;
}

/** An empty listing of a pool that was named is a mistyped id: it is no good news, as it would be of a whole vault. */
export function refuseUnknownPool(poolId: PoolId | undefined, snapshots: number): void {
  if (poolId === undefined || snapshots > 0) return;
  throw new BackupError('snapshot-not-found', `The vault holds nothing of pool ${poolId}`, {
    hint: 'List what there is with: cognito-backup snapshots',
  });
}
