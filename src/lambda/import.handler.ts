import { composeVault, reconcileDependencies } from '../compose.ts';
import { BackupError } from '../model/errors.ts';
import { parsePoolId, parseSnapshotId, type SnapshotId } from '../model/ids.ts';
import { importCsv } from '../operations/import.ts';
import { restoreSnapshot } from '../operations/restore.ts';
import { resolveSnapshot } from '../snapshot/resolve-snapshot.ts';
import { openSnapshot, type SnapshotReader } from '../snapshot/snapshot-reader.ts';
import type { Vault } from '../snapshot/vault.ts';
import { applySlice, type ApplySummary } from './apply-slice.ts';
import { keysOf } from './event-keys.ts';
import { importEvent, type ImportEvent } from './events.ts';
import { fileAt, importFiles } from './import-files.ts';
import { lambdaHandler, type Call } from './run-handler.ts';

/** What an import answers: its event to be passed back, or what it did. */
export type ImportAnswer =
  | (ImportEvent & { readonly done: false })
  | (ApplySummary & {
      readonly done: true;
      readonly target: string;
      /** The snapshot that was imported. */
      readonly snapshot?: { readonly id: SnapshotId };
      readonly durationMs: number;
    });

/** Brings a snapshot or CSV files from S3 into a pool; deletes nothing. */
export const handler = lambdaHandler('import', importEvent, importIntoPool);

async function importIntoPool(call: Call<ImportEvent>): Promise<ImportAnswer> {
  const { event, surroundings, budget } = call;
  const { done: _done, continue: before, ...request } = event;
  refuseContradiction(event);
  const target = parsePoolId(event.target);
  const { csv, passwordHashes: hashes, groups, memberships } = event;
  const gateway = call.gateways.forPool(target);
  // With CSV files the vault need not be one yet: it remembers the run.
  const vault = await composeVault(event.vault, {
    ...surroundings,
    create: csv !== undefined,
    keys: keysOf(event),
  });
  const reader = event.snapshot === undefined ? undefined : await findSnapshot(call, vault, event.snapshot);
  const besides = { ...(groups !== undefined && { groups }), ...(memberships !== undefined && { memberships }) };
  const signal = budget.signal;
  const hashFile = event.hashes === undefined ? undefined : await fileAt(event.hashes, { ...surroundings, signal });
  const files = csv === undefined ? { users: [] } : await importFiles({ csv, ...besides }, { ...surroundings, signal });

  const isConfirmed = (confirmation: string): boolean => confirmation === 'yes' || event.confirm === target;
  const apply = { target, storage: vault.storage, before: before?.apply, isFirst: true, isConfirmed };
  const outcome = await applySlice(call, apply, (slice, observer) => {
    const deps = reconcileDependencies(gateway, vault, { ...surroundings, observer });
    const options = { ...choicesOf(event), target, ...slice };
    if (reader) return restoreSnapshot(deps, { ...options, reader, ...(hashFile && { hashFile }) });
    return importCsv(deps, { ...options, ...(hashes && { hashes }), files });
  });
  const durationMs = (before?.durationMs ?? 0) + call.elapsedMs();
  if (!outcome.done) {
    const snapshot = reader && { snapshot: reader.ref.id };
    return { ...request, done: false, continue: { phase: 'apply', ...snapshot, apply: outcome.apply, durationMs } };
  }
  return { done: true, target, ...outcome.summary, ...(reader && { snapshot: { id: reader.ref.id } }), durationMs };
}

function refuseContradiction({ target, confirm }: ImportEvent): void {
  if (confirm === undefined || confirm === target) return;
  throw new BackupError('refused', `Refused to import into pool ${target}: another pool is confirmed`, {
    hint: `Nothing was changed. Confirm with: "confirm": ${JSON.stringify(target)}`,
  });
}

/** `latest` stays what it was when the work began. */
async function findSnapshot({ event, budget }: Call<ImportEvent>, vault: Vault, name: string): Promise<SnapshotReader> {
  const { signal } = budget;
  const chosen = event.continue?.snapshot;
  const at = name.lastIndexOf('@');
  const full = chosen === undefined ? name : name.slice(0, at + 1) + parseSnapshotId(chosen);
  return openSnapshot(vault, await resolveSnapshot(vault, full, { signal }), { signal });
}

function choicesOf({ existing, engine, importRole, passwords, subAttribute, allowTriggers, dryRun }: ImportEvent) {
  return {
    ...(existing && { existing }),
    ...(engine && { engine }),
    ...(importRole !== undefined && { importRole }),
    ...(passwords && { passwords }),
    ...(subAttribute !== undefined && { subAttribute }),
    ...(allowTriggers !== undefined && { allowTriggers }),
    ...(dryRun !== undefined && { dryRun }),
  };
}
