import { isBackupError } from '../../model/errors.ts';
import type { SnapshotWriter } from '../../snapshot/snapshot-writer.ts';

/** What no further run can mend is marked, so that the next one begins anew instead of failing the same way. Answers the error. */
export async function giveUp(writer: SnapshotWriter, error: unknown): Promise<unknown> {
  if (isBackupError(error, 'token-expired', 'listing-broken')) await writer.abandon(error.code).catch(() => undefined);
  return error;
}
