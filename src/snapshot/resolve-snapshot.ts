import { BackupError } from '../model/errors.ts';
import { isTimedId, type PoolId } from '../model/ids.ts';
import type { CallOptions } from '../storage/storage.ts';
import { manifestKey, type SnapshotRef } from './keys.ts';
import { isUnusable, readHead } from './snapshot-head.ts';
import type { Vault } from './vault.ts';

const LATEST = 'latest';
const SHOWN_CANDIDATES = 5;

/**
 * Finds the snapshot a person means: a full id, a unique beginning of one, `latest`, `POOL@latest` or `POOL@beginning`.
 * `latest` is the newest that is complete or accepted, and stands alone only where the vault holds one pool. The id of one
 * that was superseded names the one in its place. Throws `snapshot-not-found`, `snapshot-ambiguous` with the candidates in the
 * hint, and for `latest` also `damaged`, `vault-too-new` and `not-trusted`: an older snapshot never takes the place of a
 * damaged one in silence.
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
    hint: 'Run a backup; a suspect snapshot is named by its id, or accepted with: cognito-backup snapshots accept SNAPSHOT',
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
  const finished = await onlyStanding(vault, await onlyFinished(vault, found, options), options);
  if (finished.length > 1) {
    throw new BackupError('snapshot-ambiguous', `${finished.length} snapshots begin like that`, {
      hint: `Name one of them: ${candidates(finished.map(({ poolId, id }) => `${poolId}@${id}`))}`,
    });
  }
  const named = finished[0] ?? (await successorOf(vault, pools, beginning, options));
  if (named) return named;
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

/** An erasure that was interrupted leaves a snapshot beside the one in its place: that one is meant. */
async function onlyStanding(
  vault: Vault,
  refs: readonly SnapshotRef[],
  options: CallOptions,
): Promise<readonly SnapshotRef[]> {
  if (refs.length < 2) return refs;
  const superseded = new Set<string>();
  for (const ref of refs) {
    const supersedes = await supersededBy(vault, ref, options);
    if (supersedes !== undefined) superseded.add(`${ref.poolId}@${supersedes}`);
  }
  return refs.filter(({ poolId, id }) => !superseded.has(`${poolId}@${id}`));
}

/** What `erase` wrote in the place of a snapshot that is named whole and is gone; it has the time of that one in its id. */
async function successorOf(
  vault: Vault,
  pools: readonly PoolId[],
  id: string,
  options: CallOptions,
): Promise<SnapshotRef | undefined> {
  if (!isTimedId(id)) return undefined;
  const successors: SnapshotRef[] = [];
  for (const poolId of pools) {
    for (const ref of await vault.snapshots(poolId, options)) {
      if (!ref.id.startsWith(id.slice(0, id.indexOf('-') + 1))) continue;
      const supersedes = await supersededBy(vault, ref, options);
      if (supersedes === id) return ref;
      if (supersedes !== undefined) successors.push(ref);
    }
  }
  return successors.length === 1 ? successors[0] : undefined;
}

async function supersededBy(vault: Vault, ref: SnapshotRef, options: CallOptions): Promise<string | undefined> {
  try {
    const head = await readHead(vault, ref, options);
    return head.state === 'unfinished' ? undefined : head.manifest.supersedes?.snapshotId;
  } catch (error) {
    if (isUnusable(error)) return undefined;
    throw error;
  }
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
