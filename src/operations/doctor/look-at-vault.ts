import { isBackupError, type BackupError } from '../../model/errors.ts';
import type { PoolId } from '../../model/ids.ts';
import { snapshotPrefix, type SnapshotRef } from '../../snapshot/keys.ts';
import type { Manifest } from '../../snapshot/manifest.ts';
import type { Vault } from '../../snapshot/vault.ts';
import type { LocationProtection } from '../../storage/location-protection.ts';
import type { CallOptions } from '../../storage/storage.ts';
import { inspectSnapshot, type SnapshotSummary } from '../snapshots/list-snapshots.ts';

/** A vault that was named, as far as it can be looked at. */
export interface NamedVault {
  readonly location: string;
  readonly open: () => Promise<Vault>;
  readonly protection: (signal?: AbortSignal) => Promise<LocationProtection>;
}

export interface SeenSnapshot {
  readonly summary: SnapshotSummary;
  /** Absent where it is unfinished, damaged, of a later format or not trusted. */
  readonly manifest?: Manifest;
}

export interface SeenVault {
  readonly location: string;
  readonly protection: LocationProtection;
  /** Of this pool, oldest first. */
  readonly snapshots: readonly SeenSnapshot[];
  /** Of the newest snapshot that is good: files that its manifest names and that are not there, or have another size. */
  readonly missingFiles: number;
}

/** Why there is nothing to be said about it. */
export interface ClosedVault {
  readonly location: string;
  readonly error: BackupError;
}

/** What says nothing about whether a backup can be relied on, but about this run: passed on. */
const PASSING = ['throttled', 'unavailable', 'interrupted', 'credentials', 'usage'] as const;

/** Reads manifests and lists the newest snapshot; opens no part and writes nothing. Throws what is likely to pass. */
export async function lookAtVault(
  { location, open, protection }: NamedVault,
  poolId: PoolId,
  options: CallOptions = {},
): Promise<SeenVault | ClosedVault> {
  try {
    const vault = await open();
    const snapshots: SeenSnapshot[] = [];
    for (const ref of await vault.snapshots(poolId, options)) {
      const { summary, head } = await inspectSnapshot(vault, ref, options);
      snapshots.push({ summary, ...(head && { manifest: head.manifest }) });
    }
    const newest = newestGood(snapshots);
    const missingFiles = newest ? await countMissing(vault, newest.ref, newest.manifest, options) : 0;
    return { location, protection: await protection(options.signal), snapshots, missingFiles };
  } catch (error) {
    if (!isBackupError(error) || isBackupError(error, ...PASSING)) throw error;
    return { location, error };
  }
}

export function newestGood(
  snapshots: readonly SeenSnapshot[],
): { readonly ref: SnapshotRef; readonly manifest: Manifest } | undefined {
  for (const { summary, manifest } of snapshots.toReversed()) {
    const isGood = summary.status === 'complete' || summary.status === 'accepted';
    if (manifest && isGood) return { ref: { poolId: summary.poolId, id: summary.id }, manifest };
  }
  return undefined;
}

/** By one listing: that a file is there with its size is not yet that it is whole. */
async function countMissing(
  { storage }: Vault,
  ref: SnapshotRef,
  { parts }: Manifest,
  options: CallOptions,
): Promise<number> {
  const prefix = snapshotPrefix(ref);
  const sizes = new Map<string, number>();
  for await (const { key, sizeBytes } of storage.list(prefix, options)) sizes.set(key, sizeBytes);
  return parts.filter(({ path, sizeBytes }) => sizes.get(prefix + path) !== sizeBytes).length;
}
