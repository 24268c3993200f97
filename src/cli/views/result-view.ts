import type { ReconcileResult } from '../../operations/reconcile/requests.ts';
import type { ApplyCommand } from '../../plan/guards.ts';
import type { SnapshotRef } from '../../snapshot/keys.ts';
import { escapeText } from '../escape.ts';
import { counted, formatCount, formatDuration } from '../figures.ts';
import { alignRows, type Row } from '../layout.ts';
import type { Suggest } from '../suggestion.ts';
import type { Colors } from '../terminal.ts';
import { ACTION_LABELS, hasActions } from './plan-view.ts';

const DONE: { readonly [Command in ApplyCommand]: string } = {
  restore: 'Restored',
  import: 'Imported',
  clean: 'Cleaned',
  mirror: 'Mirrored',
};

export interface ResultViewOptions {
  readonly command: ApplyCommand;
  /** The snapshot that the target was made to hold. */
  readonly snapshot: SnapshotRef | undefined;
  readonly suggest: Suggest;
  readonly passwordFile: string | undefined;
}

/** What an apply achieved, whether the target now is as wanted, and what to do next. */
export function resultLines(
  result: ReconcileResult,
  { command, snapshot, suggest, passwordFile }: ResultViewOptions,
  out: Colors,
): string[] {
  const { counts, planned, remaining, failed, conflicts } = result;
  const left = remaining.missing + remaining.extra + remaining.changed;
  const isWhole = left + failed + conflicts === 0;
  const { id, name } = result.plan.target;
  const where = `pool ${escapeText(name)} (${id})`;
  const acted = hasActions(planned);
  return [
    isWhole
      ? out.green(acted ? `✔ ${DONE[command]}: ${where}` : `✔ Nothing to do: ${where} is as wanted`)
      : out.yellow(acted ? `▲ ${DONE[command]} in part: ${where}` : `▲ Nothing done: ${where} is not as wanted`),
    ...alignRows(
      [
        ...ACTION_LABELS.map(([kind, label]): Row => [label, doneText(counts[kind], planned[kind], out)]),
        ['Failed', failed > 0 ? out.red(counted(failed, 'step')) : undefined],
        ['Conflicts', conflicts > 0 ? out.yellow(`${counted(conflicts, 'user')} left alone`) : undefined],
        ['Verified', acted || left > 0 ? verifiedText(result, left, out) : undefined],
        ['Took', formatDuration(result.durationMs)],
        ['Passwords', counts.createUsers > 0 ? file(passwordFile) : undefined],
        ['Map', file(result.mapFile)],
        ['Failures', file(result.failuresFile)],
        ['Findings', file(result.findingsFile)],
        ['Next', nextText(result, isWhole, command === 'clean' ? undefined : snapshot, suggest)],
      ],
      out.dim,
    ),
  ];
}

function doneText(done: number, planned: number, out: Colors): string | undefined {
  if (done === 0 && planned === 0) return undefined;
  const text = formatCount(done);
  return done >= planned ? text : `${out.yellow(text)} of ${formatCount(planned)}`;
}

function verifiedText({ remaining }: ReconcileResult, left: number, out: Colors): string {
  if (left === 0) return out.green('planned again: nothing is left to do');
  const { missing, extra, changed } = remaining;
  return out.yellow(
    `planned again: ${formatCount(missing)} missing, ${formatCount(extra)} extra, ${formatCount(changed)} differ`,
  );
}

function file(location: string | undefined): string | undefined {
  return location && escapeText(location);
}

function nextText(
  { plan, failuresFile }: ReconcileResult,
  isWhole: boolean,
  snapshot: SnapshotRef | undefined,
  suggest: Suggest,
): string | undefined {
  if (!isWhole) {
    const file = failuresFile === undefined ? 'findings' : 'failures';
    return `look at the ${file}, then run the same command again: it does only what is left`;
  }
  if (snapshot === undefined) return undefined;
  return suggest(`cognito-backup verify ${snapshot.poolId}@${snapshot.id} --pool ${plan.target.id}`);
}
