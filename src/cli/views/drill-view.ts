import type { DrillPreview } from '../../operations/drill/drill-result.ts';
import type { DrillEvidence } from '../../operations/drill/evidence.ts';
import type { Leftovers, LeftPool } from '../../operations/scratch-pool/remove-leftovers.ts';
import { WITHHELD } from '../../plan/drill/harmless-pool.ts';
import { escapeText } from '../escape.ts';
import { counted, formatCount, formatDuration } from '../figures.ts';
import { alignCounts, alignRows, alignTable, wrapText, type CountRow } from '../layout.ts';
import type { Colors } from '../terminal.ts';

export interface DrillPlanOptions {
  readonly dryRun?: boolean;
  readonly width?: number | undefined;
}

/** What a drill will do, what it costs, and what it leaves off. */
export function drillPlanLines(preview: DrillPreview, { dryRun, width }: DrillPlanOptions, out: Colors): string[] {
  const { newPool, snapshot, users, price, keep, leftovers } = preview;
  const { plan } = newPool;
  const assumed = newPool.isAccountAssumed ? " (taken for the source's: no pool there could tell)" : '';
  return [
    out.bold(`${dryRun ? 'Dry run: the plan' : 'The plan'} of this drill`),
    ...alignRows(
      [
        ['Snapshot', `${snapshot.poolId}@${snapshot.id}`],
        ['Scratch pool', out.bold(plan.name)],
        ['', keep ? out.yellow('kept: the next drill deletes it') : out.dim('deleted at the end, whatever happens')],
        ['Account', `${escapeText(plan.target.account)}${assumed}`],
        ['Region', plan.target.region],
        ['Users', usersText(users, out)],
        [
          'Settings',
          `${counted(plan.steps.length, 'step')}; predicted not to come back: ${formatCount(plan.losses.length)}`,
        ],
        ['API calls', callsText(price.calls)],
        ['Takes about', `${formatDuration(price.durationMs)} ${out.dim('at the rates in force')}`],
        [
          'Billed',
          `${price.mauUsers === 0 ? 'nobody' : counted(price.mauUsers, 'user')} ${out.dim('as monthly active')}`,
        ],
      ],
      out.dim,
    ),
    ...leftoverPlanLines(leftovers, { width }, out),
    '',
    '  Left off, so that nothing fires and nothing can be sent',
    ...preview.withheld.flatMap((kind) => listed(WITHHELD[kind], width, out.dim)),
  ];
}

function callsText(calls: DrillPreview['price']['calls']): string {
  return formatCount(Object.values(calls).reduce((sum, count) => sum + count, 0));
}

function usersText({ restored, all }: DrillPreview['users'], out: Colors): string {
  if (restored === all) return `all ${formatCount(all)}`;
  return `${out.yellow('a sample')}: ${formatCount(restored)} of ${formatCount(all)}`;
}

function leftoverPlanLines({ removable, left }: Leftovers, { width }: DrillPlanOptions, out: Colors): string[] {
  return [
    ...(removable.length > 0 ? ['', '  Left by drills that were killed, deleted first'] : []),
    ...removable.map(({ poolId, name }) => `    ${poolId}  ${out.dim(name)}`),
    ...leftLines(left, width, out),
  ];
}

function leftLines(left: Leftovers['left'], width: number | undefined, out: Colors): string[] {
  return [
    ...(left.length > 0 ? ['', `  ${out.yellow('Scratch pools that stay')}`] : []),
    ...left.flatMap(({ reason }) => listed(escapeText(reason), width, out.dim)),
  ];
}

function listed(text: string, width: number | undefined, dim: (text: string) => string): string[] {
  return wrapText(text, width === undefined ? Infinity : width - 4).map((line) => `    ${dim(line)}`);
}

export interface DrillResultOptions {
  readonly files: readonly string[];
  readonly width?: number | undefined;
}

/** The verdict, what it rests on, the times, and where the evidence is. */
export function drillResultLines(evidence: DrillEvidence, options: DrillResultOptions, out: Colors): string[] {
  const { verdict, snapshot, restored, phases, place, scope } = evidence;
  const name = `${snapshot.poolId}@${snapshot.id}`;
  return [
    verdict === 'pass' ? out.green(`✔ Drill passed: ${name}`) : out.red(`✘ Drill failed: ${name}`),
    ...alignRows(
      [
        ['Restored', restoredText(restored)],
        ['From', `${usersText({ restored: scope.restored, all: scope.ofUsers }, out)} users of the snapshot`],
        ['Compared', comparedText(evidence, out)],
        ['Sign-in', signInText(evidence, out)],
        ['Scratch pool', fateText(place.pool, out)],
        ['', place.pool.fate === 'kept' ? KEPT : undefined],
      ],
      out.dim,
    ),
    ...problemLines(evidence, options, out),
    '',
    '  Times',
    ...alignTable(
      ['phase', 'took'],
      phases.map(({ phase, durationMs }) => [phase, formatDuration(durationMs)]),
      { right: ['took'], dim: out.dim },
    ).map((line) => `    ${line}`),
    ...alignRows([['Recovery', recoveryText(evidence, out)]], out.dim),
    '',
    '  Evidence',
    ...options.files.map((file) => `    ${escapeText(file)}`),
  ];
}

const KEPT = 'deleted by the next drill, or with: drill --remove-leftovers';

function restoredText({ users, groups, memberships }: DrillEvidence['restored']): string {
  return `${counted(users, 'user')}, ${counted(groups, 'group')}, ${counted(memberships, 'membership')}`;
}

function comparedText({ comparison, configuration }: DrillEvidence, out: Colors): string {
  const { missing, extra, changed } = comparison.differences;
  const resources = configuration.differences.length;
  if (missing + extra + changed + resources === 0) return out.green('differs in nothing that was not predicted');
  const users = `users and groups: ${formatCount(missing)} missing, ${formatCount(extra)} extra, ${formatCount(changed)} changed`;
  return out.yellow(`${users}; configuration: ${counted(resources, 'resource')}`);
}

function signInText({ signIn }: DrillEvidence, out: Colors): string {
  switch (signIn.outcome) {
    case 'signed-in':
      return out.green('a restored user got tokens of the pool');
    case 'nobody':
      return out.yellow('no restored user is enabled and has a password');
    case 'refused':
      return out.red(`refused (${signIn.answer ?? 'no answer'})`);
    default:
      return signIn.outcome satisfies never;
  }
}

function fateText({ id, fate, reason }: DrillEvidence['place']['pool'], out: Colors): string {
  switch (fate) {
    case 'deleted':
      return `${id} deleted`;
    case 'kept':
      return `${id} ${out.yellow('kept')}`;
    case 'left':
      return `${id} ${out.red(`could not be deleted: ${escapeText(reason ?? '')}`)}`;
    default:
      return fate satisfies never;
  }
}

function problemLines(evidence: DrillEvidence, { width }: DrillResultOptions, out: Colors): string[] {
  const { problems, configuration } = evidence;
  if (problems.length === 0) return [];
  const rows = problems.map(({ kind, count, meaning }): CountRow => [formatCount(count), kind, meaning]);
  const failed = configuration.failures.map((one) => `${one.kind} ${one.key}: ${one.exception ?? 'not tried'}`);
  const differing = configuration.differences.map(
    (one) =>
      `${one.resource} ${one.key}: ${DIFFERS[one.kind]}${one.fields.length > 0 ? ` in ${one.fields.join(', ')}` : ''}`,
  );
  return [
    '',
    '  What no plan had predicted',
    ...alignCounts(rows, { paint: out.red, dim: out.dim, width }),
    ...[...failed, ...differing].flatMap((text) => listed(escapeText(text), width, out.dim)),
  ];
}

/** From what the plan had said to what is there. */
const DIFFERS = { removed: 'missing', added: 'nobody had planned it', changed: 'differs' } as const;

function recoveryText({ recoveryTime, scope }: DrillEvidence, out: Colors): string {
  const { measuredMs, allUsersMs, plannedMs, isExtrapolated } = recoveryTime;
  const all = isExtrapolated ? `, all ${formatCount(scope.ofUsers)} in ${formatDuration(allUsersMs)} at that rate` : '';
  return `${formatDuration(measuredMs)}${all} ${out.dim(`(planned for all users: ${formatDuration(plannedMs)})`)}`;
}

export interface LeftoverResult extends Pick<Leftovers, 'left'> {
  readonly found: readonly LeftPool[];
  readonly removed: readonly LeftPool[];
}

/** What `drill --remove-leftovers` did. */
export function leftoverLines({ found, removed, left }: LeftoverResult, out: Colors): string[] {
  const isDry = found.length > removed.length;
  const shown = isDry ? found : removed;
  const title = isDry
    ? `Would delete ${counted(shown.length, 'scratch pool')}`
    : `Deleted ${counted(shown.length, 'scratch pool')}`;
  return [
    shown.length === 0
      ? `${out.green('✔')} No drill has left a scratch pool that can go`
      : `${out.green('✔')} ${title}`,
    ...shown.map(({ poolId, name }) => `    ${poolId}  ${out.dim(name)}`),
    ...leftLines(left, undefined, out),
  ];
}
