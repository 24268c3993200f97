import type { PoolId } from '../../model/ids.ts';
import type { UserDifference } from '../../operations/diff/diff.ts';
import type { GroupDifference } from '../../operations/diff/diff-groups.ts';
import type { QuickVerifyResult } from '../../operations/verify/quick-verify.ts';
import type { VerifyPoolResult } from '../../operations/verify/verify-pool.ts';
import type { VerifyResult } from '../../operations/verify/verify-snapshot.ts';
import type { SnapshotRef } from '../../snapshot/keys.ts';
import type { SnapshotTotals } from '../../snapshot/manifest.ts';
import { escapeText } from '../escape.ts';
import { counted, formatBytes, formatCount, formatTally } from '../figures.ts';
import { alignRows } from '../layout.ts';
import type { Suggest } from '../suggestion.ts';
import type { Colors } from '../terminal.ts';
import { configurationLines, groupLine, notComparedText, userLines } from './difference-view.ts';

/** What differs; users and groups are gathered only on request. */
export interface FoundDifferences {
  readonly result: VerifyPoolResult;
  readonly users: readonly UserDifference[];
  readonly groups: readonly GroupDifference[];
}

export function snapshotLines(
  checked: VerifyResult | QuickVerifyResult,
  ref: SnapshotRef,
  { out, suggest }: { readonly out: Colors; readonly suggest: Suggest },
): string[] {
  const name = `${ref.poolId}@${ref.id}`;
  if (!checked.ok) {
    return [
      out.red(`✘ Snapshot ${name} is damaged`),
      ...checked.problems.map(
        ({ message, path }) => `  ${escapeText(path && !message.startsWith(path) ? `${path}: ${message}` : message)}`,
      ),
      ...alignRows([['Next', `restore from another snapshot: ${suggest('cognito-backup snapshots')}`]], out.dim),
    ];
  }
  const isQuick = checked.depth === 'bytes';
  const unnamed = checked.unnamedParts;
  return [
    out.green(isQuick ? `✔ Every file of snapshot ${name} is whole` : `✔ Snapshot ${name} is sound`),
    ...alignRows(
      [
        [isQuick ? 'States' : 'Holds', isQuick ? statedText(checked) : totalsText(checked.checked.totals)],
        [
          'Suspect',
          checked.state === 'suspect'
            ? out.yellow(
                `far fewer users than the snapshot before; if the drop is real: ${suggest(`cognito-backup snapshots accept ${name}`)}`,
              )
            : undefined,
        ],
        ['Checked', checkedText(checked)],
        ['Left over', unnamed > 0 ? `${counted(unnamed, 'file')} of interrupted runs, harmless` : undefined],
      ],
      out.dim,
    ),
  ];
}

/** Which of the two it was: nobody shall take bytes for records. */
function checkedText({ depth, checked: { parts, sizeBytes } }: VerifyResult | QuickVerifyResult): string {
  const what = `${counted(parts, 'file')}, ${formatBytes(sizeBytes)}`;
  return depth === 'bytes'
    ? `${what}: read every byte (size, SHA-256), no record`
    : `${what}: read every byte and every record (size, SHA-256, contents, totals)`;
}

function statedText({ stated }: QuickVerifyResult): string | undefined {
  return stated && `${totalsText(stated)}, says the manifest`;
}

function totalsText({ users, groups, memberships }: SnapshotTotals): string {
  return [counted(users, 'user'), counted(groups, 'group'), counted(memberships, 'membership')].join(', ');
}

export interface PoolViewOptions {
  readonly poolId: PoolId;
  readonly ref: SnapshotRef;
  readonly details: boolean;
  readonly suggest: Suggest;
}

export function poolLines(
  { result, users, groups }: FoundDifferences,
  { poolId, ref, details, suggest }: PoolViewOptions,
  out: Colors,
): string[] {
  const { missing, extra, changed } = result.differences;
  const { configuration } = result;
  const settings = configuration?.differences.length ?? 0;
  const total = missing + extra + changed + settings;
  const losses = result.expectedLosses;
  const aside =
    losses > 0 ? `  ${out.dim(`Set aside: what no restore can bring, of ${counted(losses, 'user')}`)}` : undefined;
  const heading =
    total === 0
      ? out.green(`✔ Pool ${poolId} holds what the snapshot holds: 0 differences`)
      : out.yellow(`▲ Pool ${poolId} differs from the snapshot: ${counted(total, 'difference')}`);
  const unknown = alignRows([['Not compared', notComparedText(result)]], out.dim);
  const head = [heading, ...(aside === undefined ? [] : [aside]), ...unknown];
  if (total === 0) return head;
  const command = suggest(`cognito-backup verify ${ref.poolId}@${ref.id} --pool ${poolId} --details`);
  const next = details || missing + extra + changed === 0 ? undefined : `name them: ${command}`;
  return [
    ...head,
    ...alignRows(
      [
        ['Missing', formatCount(missing)],
        ['Extra', formatCount(extra)],
        ['Changed', `${formatCount(changed)}  ${out.dim(escapeText(formatTally(result.changedBy)))}`],
        ['Settings', configuration ? formatCount(settings) : undefined],
        ['Next', next],
      ],
      out.dim,
    ),
    ...(configuration ? configurationLines(configuration, out) : []),
    ...users.flatMap((user) => userLines(user, out)),
    ...groups.map((group) => groupLine(group, out)),
  ];
}
