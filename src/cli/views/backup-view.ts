import type { ErrorCode } from '../../model/errors.ts';
import type { NotCaptured } from '../../model/pool-configuration.ts';
import type { PoolId, SnapshotId } from '../../model/ids.ts';
import type {
  ConfigurationCounts,
  SecondPassCounts,
  SnapshotTotals,
  SnapshotWarning,
} from '../../snapshot/manifest.ts';
import { escapeText } from '../escape.ts';
import { counted, formatCount, formatDuration, formatTally } from '../figures.ts';
import { alignRows, alignTable, type Row } from '../layout.ts';
import type { Suggest } from '../suggestion.ts';
import type { Colors } from '../terminal.ts';
import { configurationText, factorsText, gapsOfPool, notCapturedRows } from './configuration-view.ts';

/** One pool's part of the JSON document of `backup`. */
export interface FinishedBackup {
  readonly snapshot: { readonly id: SnapshotId };
  readonly poolId: PoolId;
  readonly status: 'complete' | 'suspect';
  readonly totals: SnapshotTotals;
  readonly configuration: ConfigurationCounts;
  readonly notCaptured: readonly NotCaptured[];
  readonly secondPass?: SecondPassCounts;
  readonly calls: Readonly<Record<string, number>>;
  readonly throttles: number;
  readonly durationMs: number;
  readonly warnings: readonly SnapshotWarning[];
}

export interface FailedBackup {
  readonly poolId: PoolId;
  readonly status: 'failed';
  readonly error: { readonly code: ErrorCode; readonly message: string; readonly hint: string | null };
}

export type PoolBackup = FinishedBackup | FailedBackup;

export interface BackupViewOptions {
  readonly location: string;
  readonly suggest: Suggest;
}

export function backupLines(done: FinishedBackup, { location, suggest }: BackupViewOptions, out: Colors): string[] {
  const { snapshot, totals, poolId } = done;
  const name = `${poolId}@${snapshot.id}`;
  const isSuspect = done.status === 'suspect';
  const rows = alignRows(
    [
      ['Snapshot', out.bold(snapshot.id)],
      ['Pool', poolId],
      ['Vault', escapeText(location)],
      ['Users', `${formatCount(totals.users)}  ${out.dim(formatTally(totals.byStatus))}`],
      ['Factors', factorsText(totals)],
      ['Second pass', done.secondPass && secondPassText(done.secondPass)],
      ['Disabled', totals.disabled > 0 ? formatCount(totals.disabled) : undefined],
      ['Groups', formatCount(totals.groups)],
      ['Memberships', formatCount(totals.memberships)],
      ['Settings', configurationText(done.configuration)],
      ...notCapturedRows('Not captured', gapsOfPool(done.notCaptured)),
      ['Took', `${formatDuration(done.durationMs)}, ${callsText(done)}`],
    ],
    out.dim,
  );
  const next: readonly Row[] = isSuspect
    ? [
        ['Next', suggest(`cognito-backup diff ${poolId}@latest ${name}`)],
        ['If it is right', suggest(`cognito-backup snapshots accept ${name}`)],
      ]
    : [['Next', suggest(`cognito-backup verify ${name}`)]];
  return [
    isSuspect ? out.yellow('▲ Backed up, but the snapshot is suspect') : out.green('✔ Backed up'),
    ...rows,
    ...alignRows(next, out.dim),
  ];
}

/** Several pools: a line each. */
export function backupsLines(
  backups: readonly PoolBackup[],
  all: { readonly durationMs: number; readonly throttles: number; readonly location: string },
  out: Colors,
): string[] {
  const heading = ['POOL', 'STATUS', 'SNAPSHOT', 'USERS', 'GROUPS', 'MEMBERSHIPS'];
  const rows = backups.map((one) => {
    if (one.status === 'failed') return [one.poolId, 'failed', `(${one.error.code})`, '', '', ''];
    const { users, groups, memberships } = one.totals;
    return [one.poolId, one.status, one.snapshot.id, ...[users, groups, memberships].map(formatCount)];
  });
  const complete = backups.filter(({ status }) => status === 'complete').length;
  const isAll = complete === backups.length;
  return [
    ...alignTable(heading, rows, { right: ['USERS', 'GROUPS', 'MEMBERSHIPS'], dim: out.dim }),
    '',
    `${isAll ? out.green('✔') : out.yellow('▲')} ${complete} of ${counted(backups.length, 'pool')} backed up in ${formatDuration(all.durationMs)} to ${escapeText(all.location)}`,
  ];
}

/** Whoever is in one listing alone came, went or changed meanwhile; what else it may be is a warning. */
function secondPassText({ users, missingInShards, missingInSecondPass }: SecondPassCounts): string {
  const apart = missingInShards + missingInSecondPass;
  const inOneAlone = apart > 0 ? `, ${formatCount(apart)} in one listing alone` : '';
  return `${counted(users, 'user')} in one chain, nobody missed${inOneAlone}`;
}

function callsText({ calls, throttles }: Pick<FinishedBackup, 'calls' | 'throttles'>): string {
  const total = Object.values(calls).reduce((sum, count) => sum + count, 0);
  return `${counted(total, 'call')}, ${throttles === 0 ? 'none throttled' : `${formatCount(throttles)} throttled`}`;
}
