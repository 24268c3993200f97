import type { PrunedPool, PrunedSnapshot, PruneResult } from '../../operations/prune/prune.ts';
import type { KeepReason } from '../../operations/prune/retention.ts';
import { escapeText } from '../escape.ts';
import { counted, formatBytes } from '../figures.ts';
import { wrapText } from '../layout.ts';
import type { Colors } from '../terminal.ts';

export interface PruneViewOptions {
  readonly location: string;
  /** Where lines may be broken. */
  readonly width: number | undefined;
  readonly out: Colors;
}

/** What became of each snapshot, pool by pool, and what it comes to. */
export function pruneLines(result: PruneResult, options: PruneViewOptions): string[] {
  const { location, out } = options;
  const pools = result.pools.filter(({ snapshots }) => snapshots.length > 0);
  if (pools.length === 0) return [`The vault ${escapeText(location)} holds no snapshot`];
  return [...pools.flatMap((pool) => [...poolLines(pool, result.applied, options), '']), ...summary(result, out)];
}

function poolLines({ poolId, poolName, snapshots }: PrunedPool, applied: boolean, options: PruneViewOptions): string[] {
  const { out, width } = options;
  const rows = snapshots.map((snapshot) => ({
    cells: [snapshot.id, snapshot.status, formatBytes(snapshot.sizeBytes), FATES[snapshot.fate][applied ? 1 : 0]],
    snapshot,
  }));
  const widths = HEADING.map((name, at) => Math.max(name.length, ...rows.map(({ cells }) => cells[at]?.length ?? 0)));
  const line = (cells: readonly string[]): string[] =>
    cells.map((cell, at) => (HEADING[at] === 'SIZE' ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)));
  const margin = widths.reduce((sum, each) => sum + each + 2, 0);
  return [
    `${out.bold(poolId)}${poolName === null ? '' : `  ${escapeText(poolName)}`}`,
    out.dim([...line(HEADING), 'WHY'].join('  ')),
    ...rows.flatMap(({ cells, snapshot }) => {
      const [id = '', status = '', size = '', fate = ''] = line(cells);
      const why = wrapText(whyOf(snapshot, applied), width === undefined ? Infinity : width - margin);
      const start = [id, status, size, paint(snapshot, out)(fate)].join('  ');
      return why.map((text, at) => `${at === 0 ? start : ' '.repeat(margin - 2)}  ${text}`.trimEnd());
    }),
  ];
}

const HEADING = ['SNAPSHOT', 'STATUS', 'SIZE', 'FATE'];

/** As planned, and as done. */
const FATES: { readonly [fate in PrunedSnapshot['fate']]: readonly [planned: string, done: string] } = {
  kept: ['keep', 'kept'],
  marked: ['mark', 'marked'],
  waiting: ['waits', 'waits'],
  removed: ['remove', 'removed'],
  locked: ['locked', 'locked'],
};

const REASONS: { readonly [reason in KeepReason]: string } = {
  newest: 'newest good one',
  last: 'last',
  daily: 'daily',
  weekly: 'weekly',
  monthly: 'monthly',
  within: 'within',
  undecided: 'suspect, not accepted',
  running: 'its backup may go on',
  unreadable: 'cannot be read',
  'taken-back': 'another run took it back',
};

function paint({ fate, reasons }: PrunedSnapshot, out: Colors): (text: string) => string {
  if (fate === 'removed') return out.red;
  if (fate === 'marked' || fate === 'waiting') return out.yellow;
  if (fate === 'locked' || reasons.includes('unreadable')) return out.cyan;
  return out.green;
}

function whyOf(snapshot: PrunedSnapshot, applied: boolean): string {
  const { files } = snapshot.leftovers;
  const left = `${counted(files, 'leftover file')} ${applied ? 'removed' : 'to remove'}`;
  return files === 0 ? fateText(snapshot, applied) : `${fateText(snapshot, applied)}; ${left}`;
}

function fateText(snapshot: PrunedSnapshot, applied: boolean): string {
  const { fate, status, reasons, unmarked, expiredAt, goesAt, lockedUntil, legalHold } = snapshot;
  switch (fate) {
    case 'kept': {
      const text = reasons.length > 1 ? reasons.filter((reason) => reason !== 'newest') : reasons;
      const again = applied ? '; no longer marked' : '; its mark goes';
      return `${text.map((reason) => REASONS[reason]).join(', ')}${unmarked ? again : ''}`;
    }
    case 'marked':
    case 'waiting':
      return `goes from ${dayOf(goesAt)} on`;
    case 'removed':
      return status === 'unfinished' ? 'no whole snapshot' : `let go ${dayOf(expiredAt)}`;
    case 'locked':
      return [lockedUntil && `until ${dayOf(lockedUntil)}`, legalHold && 'legal hold']
        .filter((text) => text)
        .join(', ');
    default:
      return fate satisfies never;
  }
}

function dayOf(iso: string | null): string {
  return (iso ?? '').slice(0, 10);
}

function summary(result: PruneResult, out: Colors): string[] {
  const { applied, counts, freedBytes, versionsKept } = result;
  const { kept, marked, waiting, removed, locked } = counts;
  const parts = [
    `${removed} ${applied ? 'removed' : 'to remove'}`,
    `${marked} ${applied ? 'marked' : 'to mark'}`,
    ...(waiting > 0 ? [`${waiting} waiting`] : []),
    ...(locked > 0 ? [`${locked} locked`] : []),
    `${kept} kept`,
    ...(freedBytes > 0 ? [`${formatBytes(freedBytes)} ${applied ? 'freed' : 'to free'}`] : []),
  ].join(', ');
  const text = applied ? `${out.green('✔')} Pruned: ${parts}` : `Dry run: ${parts}`;
  return [
    text,
    ...unreadableLines(result, out),
    ...(applied ? [] : ['Nothing was written. Run the same command with --apply to do it']),
    ...(versionsKept ? VERSIONS_KEPT.map((line) => out.yellow(line)) : []),
  ];
}

/** They stay for good, unless a person looks at them. */
function unreadableLines({ pools }: PruneResult, out: Colors): string[] {
  const names = pools.flatMap(({ poolId, snapshots }) =>
    snapshots.flatMap(({ id, reasons }) => (reasons.includes('unreadable') ? [`${poolId}@${id}`] : [])),
  );
  if (names.length === 0) return [];
  const heading = 'Left alone, for it cannot be read: verify says why, then remove it yourself';
  return [out.yellow(heading), ...names.map((name) => `  ${name}`)];
}

const VERSIONS_KEPT = [
  'The bucket keeps what was deleted as noncurrent versions, so no space is freed yet:',
  'let a lifecycle rule expire noncurrent versions and expired delete markers',
];
