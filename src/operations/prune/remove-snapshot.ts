import { inParallel } from '../../runtime/in-parallel.ts';
import { readExpiry } from '../../snapshot/expiry.ts';
import { checkpointKey, expiredKey, manifestKey, snapshotPrefix } from '../../snapshot/keys.ts';
import type { Vault } from '../../snapshot/vault.ts';
import type { DeleteOptions } from '../../storage/storage.ts';
import type { SurveyedSnapshot } from './survey-pool.ts';

const DELETES_AT_ONCE = 16;

/**
 * Removes everything of a snapshot, the manifest first: from then on no reader takes it for one. The mark goes last, so
 * that the next prune knows what a kill has left. Answers `false` where another run has meanwhile taken the mark away, or
 * finished a backup there.
 */
export async function removeSnapshot(
  vault: Vault,
  { ref, manifestSha256 }: Pick<SurveyedSnapshot, 'ref' | 'manifestSha256'>,
  options: DeleteOptions,
): Promise<boolean> {
  const { storage } = vault;
  const mark = manifestSha256 === undefined ? undefined : await readExpiry(vault, ref, options);
  const isOurs = mark !== undefined && mark.manifestSha256 === manifestSha256;
  if (!isOurs && (await storage.head(manifestKey(ref), options))) return false;
  const first = [manifestKey(ref), checkpointKey(ref)];
  const last = expiredKey(ref);
  const others: string[] = [];
  for await (const { key } of storage.list(snapshotPrefix(ref), options)) others.push(key);
  for (const key of first) if (others.includes(key)) await storage.delete(key, options);
  await inParallel(
    others.filter((key) => key !== last && !first.includes(key)),
    DELETES_AT_ONCE,
    (key) => storage.delete(key, options),
  );
  if (others.includes(last)) await storage.delete(last, options);
  return true;
}
