import { composeStorage, composeVault } from '../compose.ts';
import { BackupError } from '../model/errors.ts';
import { parsePoolId, parseSnapshotId, type SnapshotId } from '../model/ids.ts';
import { exportSnapshot, type ExportResult } from '../operations/export/export.ts';
import type { Manifest } from '../snapshot/manifest.ts';
import { openSnapshot } from '../snapshot/snapshot-reader.ts';
import type { Vault } from '../snapshot/vault.ts';
import { backupSlice } from './backup-slice.ts';
import { keysOf } from './event-keys.ts';
import { exportEvent, type ExportEvent } from './events.ts';
import { lambdaHandler, type Call } from './run-handler.ts';

/** What an export answers: its event to be passed back, or what it did. */
export type ExportAnswer =
  | (ExportEvent & { readonly done: false })
  | ({
      readonly done: true;
      readonly snapshot: { readonly id: SnapshotId };
      readonly poolId: string;
      /** `location` ends in `/`, as the import takes it. */
      readonly csv: ExportResult & { readonly location: string };
      readonly durationMs: number;
    } & Pick<Manifest, 'status' | 'totals' | 'calls' | 'throttles' | 'warnings'>);

/** Pool to S3: a snapshot, and CSV files in a folder named for the snapshot. */
export const handler = lambdaHandler('export', exportEvent, exportPool);

async function exportPool(call: Call<ExportEvent>): Promise<ExportAnswer> {
  const { event, surroundings, budget } = call;
  const { done: _done, continue: before, ...request } = event;
  const poolId = parsePoolId(event.poolId);
  refusePlainCsv(event);
  const vault = await composeVault(event.vault, { ...surroundings, create: true, keys: keysOf(event) });
  const later = (next: { phase: 'backup' } | { phase: 'csv'; snapshot: SnapshotId }): ExportAnswer => {
    return { ...request, done: false, continue: { ...next, durationMs: durationMs() } };
  };
  const durationMs = (): number => (before?.durationMs ?? 0) + call.elapsedMs();

  let id = before?.phase === 'csv' ? parseSnapshotId(before.snapshot) : undefined;
  const isFirst = id !== undefined;
  if (id === undefined) {
    const { listing, secondPass = false } = event;
    const backup = await backupSlice(call, { vault, poolId, secondPass, ...(listing && { listing }) });
    if (!backup.done) return later({ phase: 'backup' });
    ({ id } = backup.snapshot);
  }
  const snapshot = id;
  const csv = await budget.whole((signal) => writeCsv(call, { vault, snapshot, signal }), { isFirst });
  if (!csv) return later({ phase: 'csv', snapshot });
  const { manifest } = await openSnapshot(vault, { poolId, id });
  const { status, totals, calls, throttles, warnings } = manifest;
  return {
    done: true,
    snapshot: { id },
    poolId,
    status,
    totals,
    csv,
    calls,
    throttles,
    warnings,
    durationMs: durationMs(),
  };
}

/** Files for an import cannot be encrypted: beside an encrypted snapshot nobody gets them by surprise. */
function refusePlainCsv({ kmsKey, csv }: ExportEvent): void {
  if (kmsKey === undefined || csv !== undefined) return;
  throw new BackupError(
    'usage',
    'The CSV files of an encrypted export are not encrypted: it has to be said where they go',
    {
      hint: 'Nothing was done. Add csv, a location with tight access and a short life',
    },
  );
}

interface CsvOptions {
  readonly vault: Vault;
  readonly snapshot: SnapshotId;
  readonly signal: AbortSignal;
}

/** A folder for each snapshot: no file of an earlier export is mistaken for one of this, none is replaced while it is read. */
async function writeCsv(
  { event, surroundings, gateways, runtime, observer }: Call<ExportEvent>,
  { vault, snapshot, signal }: CsvOptions,
): Promise<ExportResult & { readonly location: string }> {
  const poolId = parsePoolId(event.poolId);
  const forPool = event.forPool === undefined ? undefined : parsePoolId(event.forPool);
  const parent = (event.csv ?? `${event.vault.replace(/\/+$/, '')}/csv`).replace(/\/+$/, '');
  const location = `${parent}/${snapshot}/`;
  const reader = await openSnapshot(vault, { poolId, id: snapshot }, { signal });
  const result = await exportSnapshot(
    { reader, gateway: gateways.forPool(forPool ?? poolId), runtime, observer },
    { format: 'csv', out: await composeStorage(location, surroundings), signal, ...(forPool && { forPool }) },
  );
  return { location, ...result };
}
