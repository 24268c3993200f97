import type { PoolId } from '../../model/ids.ts';
import {
  checkpointKey,
  expiredKey,
  isDigestsPath,
  parsePartPath,
  partKey,
  snapshotPrefix,
  supersedingKey,
  type SnapshotRef,
} from '../../snapshot/keys.ts';
import type { Manifest } from '../../snapshot/manifest.ts';
import { readExpiry } from '../../snapshot/expiry.ts';
import type { Vault } from '../../snapshot/vault.ts';
import type { CallOptions, StoredObject } from '../../storage/storage.ts';
import { inspectSnapshot, type SnapshotSummary } from '../snapshots/list-snapshots.ts';

/** What prune knows of one folder of a pool's snapshots. */
export interface SurveyedSnapshot {
  readonly ref: SnapshotRef;
  /** As it is listed, but `damaged` where a file that the manifest names is missing or has another size. */
  readonly summary: SnapshotSummary;
  readonly manifestSha256?: string;
  /** Everything in the folder. */
  readonly objects: readonly StoredObject[];
  /** `expired.json` stands there, whatever it says. */
  readonly hasMark: boolean;
  /** It was a snapshot until an earlier prune was interrupted while it removed it. */
  readonly isHalfRemoved: boolean;
  /** What backups left beside a finished snapshot: no reader opens it. */
  readonly leftovers: readonly StoredObject[];
}

/** Looks at every snapshot of a pool, oldest first: manifest, mark, and the names and sizes of its files. */
export async function surveyPool(
  vault: Vault,
  poolId: PoolId,
  options: CallOptions,
): Promise<readonly SurveyedSnapshot[]> {
  const surveyed: SurveyedSnapshot[] = [];
  for (const ref of await vault.snapshots(poolId, options)) surveyed.push(await survey(vault, ref, options));
  return surveyed;
}

async function survey(vault: Vault, ref: SnapshotRef, options: CallOptions): Promise<SurveyedSnapshot> {
  const objects: StoredObject[] = [];
  // Before the manifest: what a backup commits meanwhile then looks damaged, and stays.
  for await (const object of vault.storage.list(snapshotPrefix(ref), options)) objects.push(object);
  const { summary, head } = await inspectSnapshot(vault, ref, options);
  const hasMark = objects.some(({ key }) => key === expiredKey(ref));
  if (!head) {
    const isHalfRemoved = summary.status === 'unfinished' && (await readExpiry(vault, ref, options)) !== undefined;
    return { ref, summary, objects, hasMark, isHalfRemoved, leftovers: [] };
  }
  const { manifest, manifestSha256 } = head;
  const isWhole = hasEveryFile(ref, manifest, objects);
  return {
    ref,
    summary: isWhole ? summary : { ...summary, status: 'damaged' },
    manifestSha256,
    objects,
    hasMark,
    isHalfRemoved: false,
    leftovers: isWhole ? leftoversOf(ref, manifest, objects) : [],
  };
}

export function hasEveryFile(
  ref: SnapshotRef,
  { parts, encryption }: Manifest,
  objects: readonly StoredObject[],
): boolean {
  const sizes = new Map(objects.map(({ key, sizeBytes }) => [key, sizeBytes]));
  const files = [...parts, ...(encryption?.keyFiles ?? [])];
  return files.every(({ path, sizeBytes }) => sizes.get(partKey(ref, path)) === sizeBytes);
}

function leftoversOf(ref: SnapshotRef, { parts }: Manifest, objects: readonly StoredObject[]): StoredObject[] {
  const named = new Set(parts.map(({ path }) => partKey(ref, path)));
  const prefix = snapshotPrefix(ref);
  return objects.filter(({ key }) => {
    if (named.has(key)) return false;
    const path = key.slice(prefix.length);
    const isNote = key === checkpointKey(ref) || key === supersedingKey(ref);
    return isNote || isDigestsPath(path) || parsePartPath(path) !== undefined;
  });
}
