import { BackupError, isBackupError } from '../../model/errors.ts';
import type { Observer } from '../../model/events.ts';
import type { SnapshotId } from '../../model/ids.ts';
import { inParallel } from '../../runtime/in-parallel.ts';
import { manifestKey, type SnapshotRef } from '../../snapshot/keys.ts';
import type { Manifest, SnapshotTotals } from '../../snapshot/manifest.ts';
import type { SnapshotReader } from '../../snapshot/snapshot-reader.ts';
import { readHead } from '../../snapshot/snapshot-head.ts';
import type { Vault } from '../../snapshot/vault.ts';
import type { CallOptions } from '../../storage/storage.ts';
import { checkStoredFile, type StoredFile } from './check-stored-file.ts';
import { countUnnamed } from './count-unnamed.ts';
import type { VerifyProblem } from './verify-problem.ts';

export interface QuickVerifyResult {
  readonly snapshot: { readonly id: SnapshotId };
  /** Absent where the manifest is damaged. */
  readonly state?: SnapshotReader['state'];
  /** No problems. */
  readonly ok: boolean;
  readonly problems: readonly VerifyProblem[];
  /** Every byte was read, no record. */
  readonly depth: 'bytes';
  readonly checked: { readonly parts: number; readonly sizeBytes: number };
  /** What the manifest says that the parts hold; nobody counted. Absent where it is damaged. */
  readonly stated?: SnapshotTotals;
  /** Files in the snapshot's folder that its manifest does not name: leftovers of interrupted runs, harmless. */
  readonly unnamedParts: number;
  /** Absent where the manifest is damaged. */
  readonly manifestSha256?: string;
}

export interface QuickVerifyOptions extends CallOptions {
  readonly observer?: Observer;
}

/** Files that are read at once. */
const CONCURRENT_READS = 4;

/**
 * Checks a snapshot's bytes alone: manifest and its digest, and of every part and key file that it is there with its stored size and
 * SHA-256. Opens no part, so it needs no key and holds no more than a chunk of each. Damage is listed, never thrown.
 * Throws `snapshot-not-found`, `vault-too-new`, `not-trusted`, `interrupted`, and what the storage throws.
 */
export async function quickVerifySnapshot(
  vault: Vault,
  ref: SnapshotRef,
  options: QuickVerifyOptions = {},
): Promise<QuickVerifyResult> {
  const start = { snapshot: { id: ref.id }, depth: 'bytes' as const };
  const head = await readHead(vault, ref, options).catch((error: unknown) => {
    if (isBackupError(error, 'damaged')) return error;
    throw error;
  });
  if (isBackupError(head)) {
    const problems = [{ code: 'manifest-damaged' as const, message: head.message, path: manifestKey(ref) }];
    return { ...start, ok: false, problems, checked: { parts: 0, sizeBytes: 0 }, unnamedParts: 0 };
  }
  if (head.state === 'unfinished') {
    throw new BackupError('snapshot-not-found', `Snapshot ${ref.id} is not finished: it has no manifest`, {
      hint: 'Run the backup of its pool again: it goes on where it stopped',
    });
  }
  const { manifest, manifestSha256, state } = head;
  const problems = await checkBytes(vault, ref, manifest, options);
  const sizeBytes = manifest.parts.reduce((sum, part) => sum + part.sizeBytes, 0);
  return {
    ...start,
    state,
    ok: problems.length === 0,
    problems,
    checked: { parts: manifest.parts.length, sizeBytes },
    stated: manifest.totals,
    unnamedParts: await countUnnamed(vault, { ref, manifest }, options),
    manifestSha256,
  };
}

async function checkBytes(
  vault: Vault,
  ref: SnapshotRef,
  { parts, encryption }: Manifest,
  options: QuickVerifyOptions,
): Promise<VerifyProblem[]> {
  const { observer } = options;
  const files: readonly StoredFile[] = [...(encryption?.keyFiles ?? []), ...parts];
  const total = files.length;
  const found = new Map<StoredFile, VerifyProblem>();
  let done = 0;
  observer?.({ kind: 'phase', phase: 'verify-parts', poolId: ref.poolId, total });
  await inParallel(files, CONCURRENT_READS, async (file) => {
    const problem = await checkStoredFile(vault, ref, file, options);
    if (problem) found.set(file, problem);
    done += 1;
    observer?.({ kind: 'progress', phase: 'verify-parts', done, total });
  });
  return files.flatMap((file) => found.get(file) ?? []);
}
