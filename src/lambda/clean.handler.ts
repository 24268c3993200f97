import { composeVault, reconcileDependencies } from '../compose.ts';
import { BackupError } from '../model/errors.ts';
import { parsePoolId, parseSnapshotId, type PoolId, type SnapshotId } from '../model/ids.ts';
import { cleanPool } from '../operations/clean.ts';
import { verifySnapshot } from '../operations/verify/verify-snapshot.ts';
import { checkGuardsBeforePlanning } from '../plan/guards.ts';
import type { SnapshotRef } from '../snapshot/keys.ts';
import { LISTING_LAG_MS } from '../snapshot/settled.ts';
import { openSnapshot } from '../snapshot/snapshot-reader.ts';
import type { Vault } from '../snapshot/vault.ts';
import { applySlice, type ApplySummary } from './apply-slice.ts';
import { backupSlice } from './backup-slice.ts';
import { keysOf } from './event-keys.ts';
import { cleanEvent, type CleanEvent } from './events.ts';
import { lambdaHandler, type Call } from './run-handler.ts';

/** What a clean answers: its event to be passed back, or what it did. */
export type CleanAnswer =
  | (CleanEvent & { readonly done: false })
  | (ApplySummary & {
      readonly done: true;
      readonly target: string;
      /** The snapshot taken of the target before. */
      readonly snapshot?: { readonly id: SnapshotId };
      readonly durationMs: number;
    });

/** Empties the second pool, after a verified snapshot of it. */
export const handler = lambdaHandler('clean', cleanEvent, clean);

async function clean(call: Call<CleanEvent>): Promise<CleanAnswer> {
  const { event, surroundings, gateways, budget } = call;
  const { done: _done, continue: before, ...request } = event;
  refuseUnconfirmed(event);
  const target = parsePoolId(event.target);
  await refuseProtected(call, target);
  const needsBackup = !event.noBackup && !event.dryRun;
  const vault = await composeVault(event.vault, { ...surroundings, create: true, keys: keysOf(event) });
  const later = (next: NextPhase): CleanAnswer => ({
    ...request,
    done: false,
    continue: { ...next, durationMs: (before?.durationMs ?? 0) + call.elapsedMs() },
  });

  const backup: BackedUp | NextPhase = needsBackup ? await backUpFirst(call, { vault, target }) : { isFirst: true };
  if ('phase' in backup) return later(backup);
  const { snapshot, isFirst } = backup;
  const named = snapshot && { snapshot };
  // Planning lists the pool once more, as the backup did.
  if (!isFirst && !budget.hasRoomFor(call.elapsedMs())) return later({ phase: 'apply', ...named });

  const apply = before?.phase === 'apply' ? before.apply : undefined;
  const outcome = await applySlice(
    call,
    { target, storage: vault.storage, before: apply, isFirst, isConfirmed: () => event.confirm === target },
    async (slice, observer) => {
      const deps = reconcileDependencies(gateways.forPool(target), vault, { ...surroundings, observer });
      const deletesUntil = snapshot && (await surelyHeldUntil(vault, { poolId: target, id: snapshot }));
      return cleanPool(deps, { target, dryRun: event.dryRun ?? false, deletesUntil, ...slice });
    },
  );
  if (!outcome.done) return later({ phase: 'apply', ...named, apply: outcome.apply });
  const durationMs = (before?.durationMs ?? 0) + call.elapsedMs();
  return { done: true, target, ...outcome.summary, ...(snapshot && { snapshot: { id: snapshot } }), durationMs };
}

/** A continuation without its time. */
type NextPhase = DistributiveOmit<NonNullable<CleanEvent['continue']>, 'durationMs'>;
type DistributiveOmit<Union, Key extends PropertyKey> = Union extends unknown ? Omit<Union, Key> : never;

function refuseUnconfirmed({ target, sourcePoolId, confirm }: CleanEvent): void {
  if (target === sourcePoolId) {
    throw new BackupError('refused', `Refused to clean pool ${target}: it is the source`, {
      hint: 'Nothing was changed. Name the standby pool as target',
    });
  }
  if (confirm !== target) {
    throw new BackupError('refused', `Refused to clean pool ${target}: it is not confirmed`, {
      hint: `Nothing was changed. If you mean it, confirm with: "confirm": ${JSON.stringify(target)}`,
    });
  }
}

/** Before the backup, so that a refused call leaves nothing behind. */
async function refuseProtected({ gateways, budget }: Call<unknown>, target: PoolId): Promise<void> {
  const pool = await gateways.forPool(target).send('DescribeUserPool', { poolId: target }, budget.signal);
  checkGuardsBeforePlanning({
    command: 'clean',
    source: undefined,
    target: pool,
    passwords: 'random',
    allowTriggers: false,
    maxDeletes: undefined,
    suspect: false,
  });
}

/** A snapshot older than this does not stand for the pool that is about to be emptied. */
const MAX_BACKUP_AGE_MS = 24 * 60 * 60 * 1000;

interface BackedUp {
  readonly snapshot?: SnapshotId;
  /** Whether this call has done nothing for it. */
  readonly isFirst: boolean;
}

interface BackUpOptions {
  readonly vault: Vault;
  readonly target: PoolId;
}

/** The verified snapshot of the target, or the phase to go on with. */
async function backUpFirst(call: Call<CleanEvent>, options: BackUpOptions): Promise<BackedUp | NextPhase> {
  const { target: poolId, vault } = options;
  const before = call.event.continue;
  if (before?.phase === 'apply' && (await isStillGood(call, options))) {
    return { snapshot: parseSnapshotId(before.snapshot ?? ''), isFirst: true };
  }
  let id = before?.phase === 'verify' ? parseSnapshotId(before.snapshot) : undefined;
  const isFirst = id !== undefined;
  if (id === undefined) {
    const backup = await backupSlice(call, { ...options, poolId });
    if (!backup.done) return { phase: 'backup' };
    ({ id } = backup.snapshot);
  }
  const ref = { poolId, id };
  const { observer } = call;
  const verified = await call.budget.whole((signal) => verifySnapshot(vault, ref, { signal, observer }), { isFirst });
  if (!verified) return { phase: 'verify', snapshot: id };
  if (verified.ok) return { snapshot: id, isFirst: false };
  throw new BackupError('damaged', `Snapshot ${id} of pool ${poolId} cannot be read back: nothing was deleted`, {
    hint: 'Check the vault and call again without "continue"',
  });
}

/** Whoever was created until then is in the snapshot: later ones may have been listed too late, or not yet. */
async function surelyHeldUntil(vault: Vault, ref: SnapshotRef): Promise<Date> {
  const { manifest } = await openSnapshot(vault, ref);
  return new Date(Date.parse(manifest.window.startedAt) - LISTING_LAG_MS);
}

/** Whether the snapshot that an answer passed back names is one of the target, and recent where deletes are planned now. */
async function isStillGood({ event, runtime }: Call<CleanEvent>, { vault, target }: BackUpOptions): Promise<boolean> {
  const before = event.continue;
  if (before?.phase !== 'apply' || before.snapshot === undefined) return false;
  const { manifest } = await openSnapshot(vault, { poolId: target, id: parseSnapshotId(before.snapshot) });
  const ageMs = runtime.now().getTime() - new Date(manifest.window.endedAt).getTime();
  return before.apply?.run !== undefined || ageMs <= MAX_BACKUP_AGE_MS;
}
