import { BackupError } from '../model/errors.ts';
import type { PoolId } from '../model/ids.ts';
import type { CallOptions } from '../storage/storage.ts';
import { manifestKey, type SnapshotRef } from './keys.ts';
import { readHead } from './snapshot-head.ts';
import type { Vault } from './vault.ts';

const LATEST = 'latest';
const SHOWN_CANDIDATES = 5;

/**
 * Finds the snapshot a person means: a full id, a unique beginning of one, `latest`, `POOL@latest` or `POOL@beginning`.
 * `latest` is the newest that is complete or accepted, and stands alone only where the vault holds one pool. Throws
 * `snapshot-not-found`, `snapshot-ambiguous` with the candidates in the hint, and for `latest` also `damaged` and `not-trusted`: an older
 * snapshot never takes the place of a damaged one in silence.
 */
export async function resolveSnapshot(vault: Vault, name: string, options: CallOptions = {}): Promise<SnapshotRef> {
  const at = name.indexOf('@');
  const wanted = name.slice(at + 1);
  const known = await vault.pools(options);
  const pools = at < 0 ? known : known.filter((poolId) => poolId === name.slice(0, at));
  if (pools.length === 0) throw noSuchPool(known, at < 0);
  return wanted === LATEST ? latest(vault, pools, options) : byBeginning(vault, pools, wanted, options);
}

async function latest(vault: Vault, pools: readonly PoolId[], options: CallOptions): Promise<SnapshotRef> {
  const [poolId, ...others] = pools;
  if (poolId === undefined || others.length > 0) {
    throw new BackupError(
      'snapshot-ambiguous',
      `The vault holds ${pools.length} pools, so "latest" names no snapshot`,
      {
        hint: `Say which pool: ${candidates(pools.map((pool) => `${pool}@latest`))}`,
      },
    );
  }
  for (const ref of (await vault.snapshots(poolId, options)).toReversed()) {
    const head = await readHead(vault, ref, options);
    if (head.state !== 'complete' && head.state !== 'accepted') continue;
    const { startedAt } = head.manifest.window;
    await vault.trust.seen?.checkLatest({ poolId, startedAt });
    return ref;
  }
  throw new BackupError('snapshot-not-found', `Pool ${poolId} has no complete snapshot`, {
    hint: 'Run a backup; a suspect snapshot is named by its id, or accepted with: cognito-backup snapshots accept ID',
  });
}

async function byBeginning(
  vault: Vault,
  pools: readonly PoolId[],
  beginning: string,
  options: CallOptions,
): Promise<SnapshotRef> {
  const found: SnapshotRef[] = [];
  if (beginning !== '') {
    for (const poolId of pools) {
      for (const ref of await vault.snapshots(poolId, options)) if (ref.id.startsWith(beginning)) found.push(ref);
    }
  }
  const finished = await onlyFinished(vault, found, options);
  if (finished.length > 1) {
    throw new BackupError('snapshot-ambiguous', `${finished.length} snapshots begin like that`, {
      hint: `Name one of them: ${candidates(finished.map(({ poolId, id }) => `${poolId}@${id}`))}`,
    });
  }
  if (finished[0]) return finished[0];
  throw new BackupError(
    'snapshot-not-found',
    found.length === 0 ? 'No snapshot has that name' : 'That snapshot is not finished',
    {
      hint:
        found.length === 0
          ? 'List what there is with: cognito-backup snapshots'
          : 'Run the backup of its pool again: it goes on where it stopped',
    },
  );
}

async function onlyFinished(
  vault: Vault,
  refs: readonly SnapshotRef[],
  options: CallOptions,
): Promise<readonly SnapshotRef[]> {
  const finished: SnapshotRef[] = [];
  for (const ref of refs) if (await vault.storage.head(manifestKey(ref), options)) finished.push(ref);
  return finished;
}

function noSuchPool(known: readonly PoolId[], any: boolean): BackupError {
  if (any || known.length === 0) {
    return new BackupError('snapshot-not-found', 'The vault holds no snapshot', { hint: 'Run a backup first' });
  }
  return new BackupError('snapshot-not-found', 'The vault holds no snapshot of that pool', {
    hint: `It holds: ${candidates(known)}`,
  });
}

function candidates(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN_CANDIDATES).join(', ');
  return names.length > SHOWN_CANDIDATES ? `${shown} and ${names.length - SHOWN_CANDIDATES} more` : shown;
}
