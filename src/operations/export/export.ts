import type { CognitoGateway } from '../../cognito/gateway.ts';
import type { SplitLimits } from '../../csv/split-files.ts';
import type { Observer } from '../../model/events.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { SnapshotReader } from '../../snapshot/snapshot-reader.ts';
import type { Storage } from '../../storage/storage.ts';
import { exportCsv, streamCsv, usersKey } from './export-csv.ts';
import { streamedFiles, withExportFiles, type ExportedFile, type ExportFiles } from './export-files.ts';
import { exportJsonl } from './export-jsonl.ts';
import { exportSource, type ExportSource, type ExportTotals } from './export-source.ts';
import { exportSpreadsheet } from './export-spreadsheet.ts';
import { exportTarget, type ExportTargetOptions } from './export-target.ts';

export const EXPORT_FORMATS = ['csv', 'spreadsheet', 'jsonl'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export interface ExportDependencies {
  readonly reader: SnapshotReader;
  /** Asked for the import header (CSV only); without it the header is made from the snapshot's schema. */
  readonly gateway?: CognitoGateway;
  readonly runtime: Runtime;
  readonly observer: Observer;
}

/** A pipe: takes the users' text alone, in pieces, each to be awaited. */
export interface ExportStream {
  write(text: string): Promise<void>;
}

export interface ExportOptions extends ExportTargetOptions {
  readonly format: ExportFormat;
  readonly out: Storage | ExportStream;
  /** Limits of one import file; Cognito's by default. */
  readonly limits?: SplitLimits;
  /** Where temporary files may stand; the machine's own folder by default. */
  readonly temporaryFolder?: string;
}

export interface ExportResult extends ExportTotals {
  /** Users of the snapshot who were left out because they were erased from the vault; not among `users`. */
  readonly erasedUsers: number;
  /** Empty for a stream. */
  readonly files: readonly ExportedFile[];
}

/**
 * Writes a snapshot as files for an import (`csv`), for people (`spreadsheet`) or for programs (`jsonl`). The files hold
 * personal data; temporary copies are private and removed. Files of the same names are replaced.
 *
 * Errors: `damaged`, `interrupted`, `usage`, `disk-full`, and those of keys, of the storage and, for a pool that was named, of the
 * gateway.
 */
export async function exportSnapshot(from: ExportDependencies, options: ExportOptions): Promise<ExportResult> {
  const { manifest } = from.reader;
  from.observer({ kind: 'phase', phase: 'export', poolId: manifest.pool.id, total: manifest.totals.users });
  const source = exportSource(from.reader, from.observer, options.signal);
  const { out } = options;
  if (!('put' in out)) {
    const files = streamedFiles((text) => out.write(text));
    const totals = await streamUsers(source, files, from, options);
    return { ...totals, erasedUsers: leftOut(from), files: [] };
  }
  return withExportFiles(out, options, async (files) => {
    const totals = await writeFiles(source, files, from, options);
    for (const file of files.written) {
      from.observer({ kind: 'part-written', key: file.key, records: file.rows, sizeBytes: file.sizeBytes });
    }
    if (options.format === 'csv') await warnOfOlderFile(out, files, from.observer);
    return { ...totals, erasedUsers: leftOut(from), files: files.written };
  });
}

function leftOut({ reader, observer }: ExportDependencies): number {
  const users = reader.erasedUsers();
  if (users > 0) observer({ kind: 'left-out', reason: 'erased', users });
  return users;
}

async function writeFiles(source: ExportSource, files: ExportFiles, from: ExportDependencies, options: ExportOptions) {
  switch (options.format) {
    case 'csv': {
      const limits = options.limits === undefined ? {} : { limits: options.limits };
      return exportCsv(source, files, { target: await exportTarget(from, options), runtime: from.runtime, ...limits });
    }
    case 'spreadsheet':
      return exportSpreadsheet(source, files);
    case 'jsonl':
      return exportJsonl(source, files);
    default:
      return options.format satisfies never;
  }
}

async function streamUsers(source: ExportSource, files: ExportFiles, from: ExportDependencies, options: ExportOptions) {
  switch (options.format) {
    case 'csv':
      return streamCsv(source, files, await exportTarget(from, options));
    case 'spreadsheet':
      return exportSpreadsheet(source, files, { usersOnly: true });
    case 'jsonl':
      return exportJsonl(source, files, { usersOnly: true });
    default:
      return options.format satisfies never;
  }
}

/** An earlier, larger export into the same place leaves a file that looks like the next one of this export. */
async function warnOfOlderFile(storage: Storage, files: ExportFiles, observer: Observer): Promise<void> {
  const written = new Set(files.written.map((file) => file.key));
  let index = 1;
  while (written.has(usersKey(index))) index += 1;
  if ((await storage.head(usersKey(index))) === undefined) return;
  observer({
    kind: 'warning',
    code: 'older-export',
    message: `${usersKey(index)} is there from an earlier export and does not belong to this one: remove it before importing`,
  });
}
