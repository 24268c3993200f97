import { isBackupError } from '../../model/errors.ts';
import { manifestKey, type SnapshotRef } from '../../snapshot/keys.ts';
import type { Manifest } from '../../snapshot/manifest.ts';
import { isUnusable, readHead } from '../../snapshot/snapshot-head.ts';
import type { Vault } from '../../snapshot/vault.ts';
import type { CallOptions } from '../../storage/storage.ts';
import type { VerifyProblem } from './verify-problem.ts';

/** Compares what a manifest says of the snapshot before with that snapshot's own manifest, where it can still be read. */
export async function checkPrevious(
  vault: Vault,
  { ref, manifest: { previous } }: { readonly ref: SnapshotRef; readonly manifest: Manifest },
  options: CallOptions,
): Promise<readonly VerifyProblem[]> {
  if (previous === null) return [];
  const users = await usersOf(vault, { poolId: ref.poolId, id: previous.snapshotId }, options);
  if (users === undefined || users === previous.users) return [];
  const message = `The manifest gives snapshot ${previous.snapshotId} ${previous.users} users, its own gives it ${users}`;
  return [{ code: 'previous-differs', message, path: manifestKey(ref) }];
}

async function usersOf(vault: Vault, ref: SnapshotRef, options: CallOptions): Promise<number | undefined> {
  try {
    const head = await readHead(vault, ref, options);
    return head.state === 'unfinished' ? undefined : head.manifest.totals.users;
  } catch (error) {
    if (isUnusable(error) || isBackupError(error, 'not-authorized')) return undefined;
    throw error;
  }
}
