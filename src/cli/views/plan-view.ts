import type { ActionCounts, ActionKind } from '../../model/counts.ts';
import type { Finding } from '../../operations/reconcile/make-plan.ts';
import type { PlanReport } from '../../operations/reconcile/requests.ts';
import type { ApplyCommand } from '../../plan/guards.ts';
import { escapeText } from '../escape.ts';
import { counted, formatCount, formatDuration, formatTally } from '../figures.ts';
import { alignCounts, alignRows, type CountRow, type Row } from '../layout.ts';
import type { Colors } from '../terminal.ts';

/** What the actions are called, in the order in which they are shown. */
export const ACTION_LABELS: readonly (readonly [ActionKind, string])[] = [
  ['createUsers', 'Create users'],
  ['updateUsers', 'Update users'],
  ['deleteUsers', 'Delete users'],
  ['setPasswords', 'Set passwords'],
  ['disableUsers', 'Disable users'],
  ['enableUsers', 'Enable users'],
  ['createGroups', 'Create groups'],
  ['updateGroups', 'Update groups'],
  ['deleteGroups', 'Delete groups'],
  ['addMemberships', 'Add members'],
  ['removeMemberships', 'Remove members'],
];

export interface PlanViewOptions {
  readonly command: ApplyCommand;
  readonly findings: readonly Finding[];
  /** Names the users of whom it speaks. */
  readonly details: boolean;
  readonly dryRun?: boolean;
  readonly width?: number | undefined;
}

/** A plan as a person wants to see it before saying yes. */
export function planLines(plan: PlanReport, options: PlanViewOptions, out: Colors): string[] {
  const { target } = plan;
  const account = target.arn.split(':')[4] ?? '';
  const where = `${out.bold(escapeText(target.name))} (${target.id}) in account ${escapeText(account)}`;
  const title = `${options.dryRun ? 'Dry run: the plan' : 'The plan'} of this ${options.command}`;
  return [
    out.bold(title),
    ...alignRows(
      [
        ['Target', where],
        ['Users there', formatCount(plan.targetUsers)],
        ['Wanted', wantedText(plan, options)],
        ['Left out', plan.erasedUsers > 0 ? `${counted(plan.erasedUsers, 'user')} erased from the vault` : undefined],
        ['Hashes', hashesText(plan)],
      ],
      out.dim,
    ),
    ...planDetails(plan, options, out),
  ];
}

/** The plan without its heading. */
export function planDetails(plan: PlanReport, options: PlanViewOptions, out: Colors): string[] {
  return [
    ...actionLines(plan, out),
    ...costLines(plan, out),
    ...experienceLines(plan, options, out),
    ...lossLines(plan, options, out),
    ...conflictLines(plan, options, out),
    ...gapLines(plan, options, out),
  ];
}

export function hasActions(planned: ActionCounts): boolean {
  return Object.values(planned).some((count) => count > 0);
}

function wantedText({ valueUsers, wantedUsers }: PlanReport, { command }: PlanViewOptions): string {
  if (command === 'clean') return 'an empty pool';
  return `${wantedUsers === valueUsers ? '' : `${formatCount(wantedUsers)} of `}${counted(valueUsers, 'user')}`;
}

function hashesText({ hashes }: PlanReport): string | undefined {
  if (!hashes) return undefined;
  const named = `${formatCount(hashes.users)} of ${counted(hashes.lines, 'line')} are of users who can be created`;
  return `${named}; ${formatCount(hashes.created)} are created with theirs`;
}

function actionLines({ planned, byEngine }: PlanReport, out: Colors): string[] {
  if (!hasActions(planned)) return ['', `  ${out.green('Nothing to do')}`];
  const engines =
    byEngine.importJob > 0
      ? out.dim(`  ${formatCount(byEngine.importJob)} by import job, ${formatCount(byEngine.api)} by API`)
      : '';
  const rows = ACTION_LABELS.map(([kind, label]): Row => {
    const count = planned[kind];
    if (count === 0) return [label, undefined];
    const text = formatCount(count);
    return [label, `${isDelete(kind) ? out.red(text) : text}${kind === 'createUsers' ? engines : ''}`];
  });
  return ['', ...alignRows(rows, out.dim)];
}

function isDelete(kind: ActionKind): boolean {
  return kind === 'deleteUsers' || kind === 'deleteGroups';
}

function costLines(plan: PlanReport, out: Colors): string[] {
  if (!hasActions(plan.planned)) return [];
  const calls = Object.values(plan.callsByCategory).reduce((sum, count) => sum + count, 0);
  const billed = plan.mauUsers === 0 ? 'nobody' : counted(plan.mauUsers, 'user');
  return [
    '',
    ...alignRows(
      [
        ['API calls', `${formatCount(calls)}  ${out.dim(formatTally(plan.callsByCategory))}`],
        ['Takes about', `${formatDuration(plan.durationMs)} ${out.dim('at the rates in force')}`],
        ['Billed', `${billed} ${out.dim('as monthly active')}`],
      ],
      out.dim,
    ),
  ];
}

function experienceLines(plan: PlanReport, options: PlanViewOptions, out: Colors): string[] {
  if (plan.experiences.length === 0) return [];
  const lockedOut = plan.experiences.find(({ kind }) => kind === 'locked-out')?.count ?? 0;
  const rows = plan.experiences.map(({ kind, count, meaning }): CountRow => [
    formatCount(count),
    kind === 'locked-out' ? out.red(meaning) : meaning,
  ]);
  const names = options.findings.flatMap((finding) =>
    finding.finding === 'locked-out' ? [finding.source.username] : [],
  );
  return [
    '',
    '  At the next sign-in, users',
    ...alignCounts(rows, { dim: out.dim, width: options.width }),
    ...namesOf(lockedOut, names, 'could not get back in', options, out),
  ];
}

function lossLines({ losses }: PlanReport, { width }: PlanViewOptions, out: Colors): string[] {
  if (losses.length === 0) return [];
  const rows = losses.map(({ kind, count, effect }): CountRow => [formatCount(count), kind, effect]);
  return ['', '  What cannot come back', ...alignCounts(rows, { dim: out.dim, width })];
}

function conflictLines({ conflicts }: PlanReport, options: PlanViewOptions, out: Colors): string[] {
  if (conflicts.length === 0) return [];
  const rows = conflicts.map(({ kind, count, effect }): CountRow => [formatCount(count), kind, effect]);
  const total = conflicts.reduce((sum, { count }) => sum + count, 0);
  const names = options.findings.flatMap((finding) =>
    finding.finding === 'conflict' && finding.source ? [`${finding.source.username} (${finding.kind})`] : [],
  );
  return [
    '',
    '  Conflicts: left alone',
    ...alignCounts(rows, { paint: out.yellow, dim: out.dim, width: options.width }),
    ...namesOf(total, names, 'in conflict', options, out),
  ];
}

function gapLines({ schemaGaps }: PlanReport, { width }: PlanViewOptions, out: Colors): string[] {
  if (schemaGaps.length === 0) return [];
  const rows = schemaGaps.map(({ attribute, users }): CountRow => [
    formatCount(users),
    escapeText(attribute),
    'is created in the target, and cannot be removed again',
  ]);
  return ['', '  Attributes that the target lacks', ...alignCounts(rows, { dim: out.dim, width })];
}

function namesOf(
  count: number,
  names: readonly string[],
  what: string,
  { details, dryRun }: PlanViewOptions,
  out: Colors,
): string[] {
  if (count === 0) return [];
  if (!details) {
    const where = dryRun ? '--details names them' : '--details names them, and so does the findings file in the vault';
    return [`    ${out.dim(where)}`];
  }
  const rest = count > names.length ? [`    ${out.dim(`and ${counted(count - names.length, 'more user')}`)}`] : [];
  return [`    ${out.dim(`Users ${what}:`)}`, ...names.map((name) => `      ${escapeText(name)}`), ...rest];
}
