import type { PoolId } from '../../model/ids.ts';
import { shellWord } from '../../model/shell-word.ts';
import type { ExportFormat, ExportResult } from '../../operations/export/export.ts';
import type { SnapshotRef } from '../../snapshot/keys.ts';
import { escapeText } from '../escape.ts';
import { counted, formatBytes, formatCount } from '../figures.ts';
import { alignCounts, alignRows, type CountRow } from '../layout.ts';
import type { Suggest } from '../suggestion.ts';
import type { Colors } from '../terminal.ts';

export interface ExportViewOptions {
  readonly format: ExportFormat;
  readonly location: string;
  readonly ref: SnapshotRef;
  readonly forPool: PoolId | undefined;
  readonly suggest: Suggest;
}

export function exportLines(result: ExportResult, options: ExportViewOptions, out: Colors): string[] {
  const { format, location, ref } = options;
  const left = result.users - result.carried;
  const files = result.files.map(({ key, rows, sizeBytes }): CountRow => [
    formatCount(rows),
    key,
    formatBytes(sizeBytes),
  ]);
  const name = `${ref.poolId}@${ref.id}`;
  return [
    `${out.green('✔')} ${out.green(`Exported ${name} as ${format}`)}`,
    ...alignRows(
      [
        ['To', escapeText(location)],
        [
          'Users',
          left > 0 ? `${formatCount(result.carried)} of ${formatCount(result.users)}` : formatCount(result.users),
        ],
        [
          'Left out',
          result.erasedUsers > 0 ? `${counted(result.erasedUsers, 'user')} erased from the vault` : undefined,
        ],
      ],
      out.dim,
    ),
    ...alignCounts(files, out),
    ...notCarriedLines(result, out),
    ...(format === 'csv' ? alignRows([['Next', importHint(options)]], out.dim) : []),
  ];
}

function notCarriedLines({ users, carried, notCarried }: ExportResult, out: Colors): string[] {
  if (users === carried) return [];
  const reasons = Object.entries(notCarried).sort(([, a], [, b]) => (b ?? 0) - (a ?? 0));
  return [
    `  ${out.yellow(`${counted(users - carried, 'user')} that an import file cannot carry`)} ${out.dim('(not-carried.csv names them; restore brings them)')}`,
    ...alignCounts(
      reasons.map(([reason, count]): CountRow => [formatCount(count ?? 0), reason]),
      out,
    ),
  ];
}

function importHint({ location, forPool, suggest }: ExportViewOptions): string {
  const at = (file: string): string => shellWord(escapeText(`${location.replace(/\/$/, '')}/${file}`));
  return suggest(
    `cognito-backup import ${at('users-0001.csv')} --groups ${at('groups.csv')} --memberships ${at('memberships.csv')} --pool ${forPool ?? 'TARGET'}`,
  );
}
