import type { PoolId } from '../../model/ids.ts';
import type { EraseDocumentSnapshot, ErasedPool, ErasedRun, EraseResult } from '../../operations/erase/erase-result.ts';
import { escapeText } from '../escape.ts';
import { counted, formatCount } from '../figures.ts';
import { alignRows, wrapText } from '../layout.ts';
import type { Suggest } from '../suggestion.ts';
import type { Colors } from '../terminal.ts';

export interface EraseViewOptions {
  readonly location: string;
  /** The only one that was looked at. */
  readonly pool: PoolId | undefined;
  /** Where lines may be broken. */
  readonly width: number | undefined;
  readonly out: Colors;
  readonly suggest: Suggest;
}

/** Which snapshots and runs hold erased people, what became of them, and what is left to do. Names nobody. */
export function eraseLines(result: EraseResult, options: EraseViewOptions): string[] {
  return [
    ...result.pools.flatMap((pool) => poolLines(pool, result.applied, options)),
    ...summary(result, options),
    ...leftLines(result, options),
    ...noteLines(result, options),
  ];
}

/** Only what is not as it was: a vault may hold thousands of snapshots. */
function poolLines(
  { poolId, poolName, busy, snapshots, runs }: ErasedPool,
  applied: boolean,
  options: EraseViewOptions,
) {
  const { out, width } = options;
  const rows = [
    ...snapshots.filter(({ fate }) => fate !== 'untouched').map((each) => snapshotRow(each, applied)),
    ...runs.filter(({ fate }) => fate !== 'untouched').map((each) => runRow(each, applied)),
  ];
  if (rows.length === 0) return [];
  const widths = [0, 1].map((at) => Math.max(...rows.map((row) => (row[at] ?? '').length)));
  const margin = 2 + (widths[0] ?? 0) + 2 + (widths[1] ?? 0) + 2;
  return [
    `${out.bold(poolId)}${poolName === null ? '' : `  ${escapeText(poolName)}`}`,
    ...(busy ? [`  ${out.yellow('Another run holds this pool: nothing was done here')}`] : []),
    ...rows.flatMap(([name = '', fate = '', why = '']) => {
      const start = `  ${name.padEnd(widths[0] ?? 0)}  ${fate.padEnd(widths[1] ?? 0)}`;
      const lines = wrapText(why, width === undefined ? Infinity : width - margin);
      return lines.map((line, at) => `${at === 0 ? start : ' '.repeat(margin - 2)}  ${line}`.trimEnd());
    }),
    '',
  ];
}

/** As planned, and as done. */
const FATES: {
  readonly [Fate in EraseDocumentSnapshot['fate']]: readonly [planned: string, done: string];
} = {
  untouched: ['untouched', 'untouched'],
  rewritten: ['rewrite', 'rewritten'],
  removed: ['remove', 'removed'],
  abandoned: ['close', 'closed'],
  locked: ['locked', 'locked'],
  unreadable: ['unreadable', 'unreadable'],
};

const REASONS: { readonly [Reason in NonNullable<EraseDocumentSnapshot['reason']>]: string } = {
  'no-key': 'no key at hand opens it',
  damaged: 'damaged: verify says why',
  'too-new': 'a later version wrote it',
  untrusted: 'signed by nobody who is trusted',
};

function snapshotRow(snapshot: EraseDocumentSnapshot, applied: boolean): readonly string[] {
  return [snapshot.id, FATES[snapshot.fate][applied ? 1 : 0], whyOf(snapshot)];
}

function whyOf(snapshot: EraseDocumentSnapshot): string {
  const { fate, users, memberships, supersededBy, reason, goesAt, lockedUntil, legalHold, done } = snapshot;
  const held = [
    ...(users > 0 ? [`holds ${counted(users, 'user')}`] : []),
    ...(users === 0 && memberships > 0 ? [`holds ${counted(memberships, 'membership')}`] : []),
  ];
  switch (fate) {
    case 'rewritten':
      return [...held, ...(supersededBy ? [`now ${supersededBy}`] : []), ...(done ? [] : ['run erase --again'])].join(
        ', ',
      );
    case 'removed':
      return snapshot.status === 'unfinished' ? 'no whole snapshot' : 'superseded by an earlier erase';
    case 'abandoned':
      return `unfinished, and may hold them: no backup goes on with it, erase --again removes it from ${dayOf(goesAt)} on`;
    case 'locked':
      return [
        ...held,
        ...(lockedUntil ? [`until ${dayOf(lockedUntil)}`] : []),
        ...(legalHold ? ['legal hold'] : []),
      ].join(', ');
    case 'unreadable':
      return reason === null ? '' : REASONS[reason];
    case 'untouched':
      return '';
    default:
      return fate satisfies never;
  }
}

function runRow({ id, fate, lines, reason }: ErasedRun, applied: boolean): readonly string[] {
  const why =
    reason === null ? (lines > 0 ? `names them in ${counted(lines, 'line')}` : 'never began') : REASONS[reason];
  return [`run ${id}`, FATES[fate][applied ? 1 : 0], why];
}

function dayOf(iso: string | null): string {
  return (iso ?? '').slice(0, 10);
}

function summary(
  { applied, users, counts, complete }: EraseResult,
  { out, location, pool }: EraseViewOptions,
): string[] {
  const title = applied ? 'Erased from' : 'Dry run: to erase from';
  const where = `${title} ${escapeText(location)}${pool === undefined ? '' : `, pool ${pool} alone`}`;
  const { asked, found, alsoKnownAs, remembered } = users;
  return [
    !applied || complete ? (applied ? out.green(`✔ ${where}`) : where) : out.yellow(`▲ ${where}, in part`),
    ...alignRows(
      [
        ['Users', asked > 0 ? `${formatCount(asked)}, ${formatCount(found)} of them in what could be read` : undefined],
        [
          'Known as',
          alsoKnownAs > 0 ? `${counted(alsoKnownAs, 'sub')} more, in pools that they were restored to` : undefined,
        ],
        ['Ledger', `${formatCount(remembered)} ${applied ? 'added' : 'to add'}: every restore leaves them out`],
        ['Snapshots', countsText(counts, applied)],
      ],
      out.dim,
    ),
  ];
}

function countsText(counts: EraseResult['counts'], applied: boolean): string {
  const parts = Object.entries(counts).filter(([fate, count]) => count > 0 && fate !== 'untouched');
  const texts = parts.map(([fate, count]) => {
    const [planned, done] = FATES[fate as EraseDocumentSnapshot['fate']];
    return `${formatCount(count)} ${applied || planned === done ? done : `to ${planned}`}`;
  });
  return [...texts, `${formatCount(counts.untouched)} without them`].join(', ');
}

function leftLines({ applied, complete }: EraseResult, { pool, out, suggest }: EraseViewOptions): string[] {
  if (complete) return [];
  const when = 'when its lock has ended, its key is at hand, or the other run is through';
  const text = applied ? 'What is left' : 'What will be left';
  const command = `cognito-backup erase --again --apply${pool === undefined ? '' : ` --pool ${pool}`}`;
  return [out.yellow(`${text}: run this ${when}`), `  ${suggest(command)}`];
}

function noteLines({ applied, versionsKept }: EraseResult, { out }: EraseViewOptions): string[] {
  return [
    'Delete the user in the pool too, else its next snapshot holds them again; exported files and copies are not reached',
    ...(applied ? [] : ['Nothing was written. Run the same command with --apply to do it']),
    ...(versionsKept
      ? [
          out.yellow('The bucket keeps what was deleted as noncurrent versions, which still hold them:'),
          out.yellow('let a lifecycle rule expire noncurrent versions and expired delete markers'),
        ]
      : []),
  ];
}
