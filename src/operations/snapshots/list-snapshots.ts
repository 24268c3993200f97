import { isBackupError } from '../../model/errors.ts';
import type { PoolId, SnapshotId } from '../../model/ids.ts';
import { inParallel } from '../../runtime/in-parallel.ts';
import type { SnapshotRef } from '../../snapshot/keys.ts';
import { readExpiry } from '../../snapshot/expiry.ts';
import type { SnapshotTotals } from '../../snapshot/manifest.ts';
import { readHead, type SnapshotHead } from '../../snapshot/snapshot-head.ts';
import { readSupersedingNote } from '../../snapshot/superseding-note.ts';
import type { Vault } from '../../snapshot/vault.ts';
import type { CallOptions } from '../../storage/storage.ts';

/** How many manifests are read at once. */
const CONCURRENT_READS = 8;

export interface SnapshotSummary {
  readonly id: SnapshotId;
  readonly poolId: PoolId;
  /** `unfinished`: no manifest. `damaged`: its manifest cannot be trusted. `too-new`: written by a later version. `untrusted`: its signature is not that of a key given. */
  readonly status: 'complete' | 'suspect' | 'accepted' | 'unfinished' | 'damaged' | 'too-new' | 'untrusted';
  readonly poolName?: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly totals?: SnapshotTotals;
  /** Stored bytes of all parts. */
  readonly sizeBytes?: number;
  /** What `erase` wrote it in the place of. */
  readonly supersedes?: SnapshotId;
  /** Of an unfinished one that `erase` is writing: when it began to. */
  readonly begunAt?: string;
  /** Since when `prune` has it marked; the first prune after its grace period removes it. */
  readonly expiredAt?: string;
}

export interface ListSnapshotsOptions extends CallOptions {
  /** Only this pool's. */
  readonly poolId?: PoolId;
}

/** What the vault holds: pool by pool, oldest first. A manifest that cannot be read is shown, not thrown. */
export async function listSnapshots(
  vault: Vault,
  options: ListSnapshotsOptions = {},
): Promise<readonly SnapshotSummary[]> {
  const pools = options.poolId === undefined ? await vault.pools(options) : [options.poolId];
  const refs: SnapshotRef[] = [];
  for (const poolId of pools) refs.push(...(await vault.snapshots(poolId, options)));
  const summaries: SnapshotSummary[] = [];
  await inParallel(refs.entries(), CONCURRENT_READS, async ([index, ref]) => {
    summaries[index] = (await inspectSnapshot(vault, ref, options)).summary;
  });
  return summaries;
}

/** One snapshot: what is shown of it, and its manifest where that can be read. */
export async function inspectSnapshot(
  vault: Vault,
  ref: SnapshotRef,
  options: CallOptions = {},
): Promise<{ readonly summary: SnapshotSummary; readonly head?: FinishedHead }> {
  const { id, poolId } = ref;
  try {
    const head = await readHead(vault, ref, options);
    if (head.state === 'unfinished') {
      const note = await readSupersedingNote(vault.storage, ref, options);
      return { summary: { id, poolId, status: 'unfinished', ...(note && { begunAt: note.begunAt }) } };
    }
    const mark = await readExpiry(vault, ref, options);
    const isMarked = mark?.manifestSha256 === head.manifestSha256;
    return { summary: { ...summaryOf(head), ...(isMarked && { expiredAt: mark.expiredAt }) }, head };
  } catch (error) {
    if (isBackupError(error, 'damaged')) return { summary: { id, poolId, status: 'damaged' } };
    if (isBackupError(error, 'vault-too-new')) return { summary: { id, poolId, status: 'too-new' } };
    if (isBackupError(error, 'not-trusted')) return { summary: { id, poolId, status: 'untrusted' } };
    throw error;
  }
}

type FinishedHead = Exclude<SnapshotHead, { readonly state: 'unfinished' }>;

function summaryOf({ ref, state, manifest }: FinishedHead): SnapshotSummary {
  const { pool, window, totals, parts, supersedes } = manifest;
  const { startedAt, endedAt } = window;
  const sizeBytes = parts.reduce((sum, part) => sum + part.sizeBytes, 0);
  const summary = { ...ref, status: state, poolName: pool.name, startedAt, endedAt, totals, sizeBytes };
  return supersedes ? { ...summary, supersedes: supersedes.snapshotId } : summary;
}
