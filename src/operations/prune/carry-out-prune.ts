import { markExpired } from '../../snapshot/expiry.ts';
import { expiredKey } from '../../snapshot/keys.ts';
import type { Vault } from '../../snapshot/vault.ts';
import type { DeleteOptions } from '../../storage/storage.ts';
import type { PlannedFate } from './decide-fate.ts';
import { removeSnapshot } from './remove-snapshot.ts';

/**
 * Does what was decided about the snapshots of one pool, what saves before what removes. Answers what became of each: one
 * that another run has taken back meanwhile is kept.
 */
export async function carryOutPrune(
  vault: Vault,
  planned: readonly PlannedFate[],
  options: DeleteOptions,
): Promise<readonly PlannedFate[]> {
  for (const { snapshot, fate } of planned) {
    if (fate.kind === 'kept' && fate.unmark) await vault.storage.delete(expiredKey(snapshot.ref), options);
  }
  for (const each of planned) await mark(vault, each, options);
  const done: PlannedFate[] = [];
  for (const each of planned) {
    for (const { key } of each.leftovers) await vault.storage.delete(key, options);
    const isGone = each.fate.kind !== 'removed' || (await removeSnapshot(vault, each.snapshot, options));
    done.push(isGone ? each : { ...each, fate: { kind: 'kept', reasons: ['taken-back'], unmark: false } });
  }
  return done;
}

/** What goes at once is marked too: a kill halfway then leaves something that is known for what it is. */
async function mark(vault: Vault, { snapshot, fate }: PlannedFate, options: DeleteOptions): Promise<void> {
  const { ref, manifestSha256, summary } = snapshot;
  if (fate.kind !== 'marked' && fate.kind !== 'removed') return;
  if (manifestSha256 === undefined || fate.expiredAt === undefined || summary.expiredAt !== undefined) return;
  await markExpired(vault, ref, { manifestSha256, expiredAt: fate.expiredAt }, options);
}
