import type { DiffResult, UserDifference } from '../../operations/diff/diff.ts';
import type { GroupDifference } from '../../operations/diff/diff-groups.ts';
import { escapeText } from '../escape.ts';
import { formatCount, formatTally } from '../figures.ts';
import { alignRows } from '../layout.ts';
import type { Colors } from '../terminal.ts';
import { configurationLines, groupLine, notComparedText, userLines } from './difference-view.ts';

export interface DiffViewOptions {
  readonly from: string;
  readonly to: string;
  /** Empty unless asked for. */
  readonly users: readonly UserDifference[];
  readonly groups: readonly GroupDifference[];
}

export function diffLines(result: DiffResult, options: DiffViewOptions, out: Colors): string[] {
  const what = `${escapeText(options.from)} → ${escapeText(options.to)}`;
  const { added, removed, changed, changedBy, groups, configuration } = result;
  const notCompared = alignRows([['Not compared', notComparedText(result)]], out.dim);
  if (result.same) return [out.green(`✔ No difference: ${what}`), ...notCompared];
  return [
    ...options.users.flatMap((user) => userLines(user, out)),
    ...options.groups.map((group) => groupLine(group, out)),
    ...(configuration ? configurationLines(configuration, out) : []),
    out.bold(what),
    ...alignRows(
      [
        ['Users', summary({ added, removed, changed }, out)],
        ['Changed by', formatTally(mapKeys(changedBy))],
        ['Groups', summary(groups, out)],
        ['Settings', configuration ? summary(configuration, out) : undefined],
      ],
      out.dim,
    ),
    ...notCompared,
  ];
}

function summary(
  { added, removed, changed }: { readonly added: number; readonly removed: number; readonly changed: number },
  out: Colors,
): string {
  if (added + removed + changed === 0) return out.dim('the same');
  return [
    out.green(`+${formatCount(added)}`),
    out.red(`-${formatCount(removed)}`),
    out.yellow(`~${formatCount(changed)}`),
  ].join('  ');
}

function mapKeys(counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).map(([field, count]) => [escapeText(field), count]));
}
