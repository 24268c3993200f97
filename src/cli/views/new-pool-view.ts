import type { Finding } from '../../operations/reconcile/make-plan.ts';
import { WHOLE_POOL } from '../../model/pool-configuration.ts';
import { STEP_KINDS, type NewPoolPlan, type StepKind } from '../../plan/new-pool/new-pool-plan.ts';
import { CONFIGURATION_LOSSES, type ConfigurationLoss } from '../../plan/new-pool/configuration-losses.ts';
import type { NewPoolPreview, NewPoolResult } from '../../operations/new-pool/new-pool-result.ts';
import { escapeText } from '../escape.ts';
import { counted, formatCount, formatDuration, formatTally } from '../figures.ts';
import { alignCounts, alignRows, alignTable, type CountRow, type Row } from '../layout.ts';
import type { Colors } from '../terminal.ts';
import { handOverLines } from './hand-over-view.ts';
import { planDetails } from './plan-view.ts';

type Made = NonNullable<NewPoolResult['made']>;

export interface NewPoolViewOptions {
  readonly dryRun?: boolean;
  readonly width?: number | undefined;
  /** Names the users of whom it speaks. */
  readonly details: boolean;
  readonly findings: readonly Finding[];
}

const STEP_NAMES: { readonly [Kind in StepKind]: readonly [one: string, several: string] } = {
  pool: ['the pool: MFA off, no triggers, no deletion protection', ''],
  'custom-attributes': ['call for more custom attributes', 'calls for more custom attributes'],
  'resource-server': ['resource server', 'resource servers'],
  'identity-provider': ['identity provider', 'identity providers'],
  client: ['client', 'clients'],
  domain: ['domain', 'domains'],
  branding: ['managed login branding', 'managed login brandings'],
  'ui-customization': ['classic UI customization', 'classic UI customizations'],
  terms: ['terms document', 'terms documents'],
  mfa: ['MFA and passkey settings', ''],
  session: ['session settings', ''],
  'client-session': ['client session setting', 'client session settings'],
  users: ['groups and users, with links and memberships', ''],
  triggers: ['the triggers', ''],
  'log-delivery': ['log delivery', ''],
  risk: ['risk setting', 'risk settings'],
  finish: ['deletion protection as it was, and the mark taken off', ''],
};

/** What will be made, in its order, what is lost, and what it means for users. */
export function newPoolPlanLines(preview: NewPoolPreview, options: NewPoolViewOptions, out: Colors): string[] {
  const { plan, users, price, resumes, detaches } = preview;
  const calls = Object.values(price.callsByCategory).reduce((sum, count) => sum + count, 0);
  const { account, region } = plan.target;
  const title = `${options.dryRun ? 'Dry run: the plan' : 'The plan'} of this restore into a new pool`;
  const where = preview.isAccountAssumed ? `${account} (taken for the source's: no pool there could tell)` : account;
  return [
    out.bold(title),
    ...alignRows(
      [
        ['New pool', out.bold(escapeText(plan.name))],
        ['Account', escapeText(where)],
        ['Region', region],
        ['Snapshot', plan.snapshot],
        ['Goes on with', resumes],
        ['Detached', detaches.length > 0 ? `${detaches.join(', ')}, while users are written` : undefined],
      ],
      out.dim,
    ),
    '',
    '  Made, in this order',
    ...alignCounts(stepRows(plan.steps), { dim: out.dim, width: options.width }),
    '',
    ...alignRows(
      [
        ['API calls', `${formatCount(calls)} for the configuration  ${out.dim(formatTally(price.callsByCategory))}`],
        ['Takes about', `${formatDuration(price.durationMs)} ${out.dim(users ? 'in all, users included' : 'in all')}`],
      ],
      out.dim,
    ),
    ...lossLines(plan, options, out),
    ...(users ? ['', '  Users and groups'] : []),
    ...(users ? planDetails(users, { command: 'restore', ...options }, out) : []),
  ];
}

const MOST_NAMED = 8;

function stepRows(steps: NewPoolPreview['plan']['steps']): readonly CountRow[] {
  return STEP_KINDS.flatMap((kind): CountRow[] => {
    const count = steps.filter((step) => step.kind === kind).length;
    const [one, several] = STEP_NAMES[kind];
    return count === 0 ? [] : [[formatCount(count), count === 1 ? one : several]];
  });
}

function lossLines({ losses, clients }: NewPoolPlan, { width }: NewPoolViewOptions, out: Colors): string[] {
  if (losses.length === 0) return [];
  const names = new Map(clients.map(({ oldId, name }) => [oldId, name]));
  const nameOf = (key: string): string => names.get(key) ?? key;
  const groups = new Map<string, ConfigurationLoss[]>();
  for (const loss of losses) {
    const name = `${loss.resource} ${loss.kind}`;
    groups.set(name, [...(groups.get(name) ?? []), loss]);
  }
  const rows = [...groups.values()].flatMap((same): CountRow[] => {
    const [first] = same;
    if (!first) return [];
    const names = same.map(({ key }) => escapeText(nameOf(key)));
    const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : '';
    const named = names[0] === WHOLE_POOL ? '' : `${names.slice(0, MOST_NAMED).join(', ')}${more}: `;
    return [[formatCount(same.length), first.resource, `${named}${CONFIGURATION_LOSSES[first.kind]}`]];
  });
  return ['', '  What of the configuration does not come back', ...alignCounts(rows, { dim: out.dim, width })];
}

export interface NewPoolResultOptions {
  readonly envFile: string | undefined;
  readonly width?: number | undefined;
}

/** What was made, whether it is as planned, and what has to change elsewhere. */
export function newPoolResultLines(
  result: NewPoolResult,
  made: Made,
  options: NewPoolResultOptions,
  out: Colors,
): string[] {
  const where = `pool ${escapeText(made.pool.name)} (${made.pool.id})`;
  const isWhole = made.failures.length + made.differences.length === 0;
  return [
    isWhole ? out.green(`✔ ${titleOf(made)}: ${where}`) : out.yellow(`▲ Made in part: ${where}`),
    ...alignRows(
      [
        ['Steps', made.origin === 'complete' ? 'none: an earlier run took them all' : stepsText(result, made, out)],
        ...userRows(made, out),
        ['Verified', verifiedText(made, out)],
        ['Took', formatDuration(result.durationMs)],
      ],
      out.dim,
    ),
    ...failureLines(made, out),
    ...differenceLines(made, out),
    '',
    ...handOverLines(made.handOver, { ...options, experiences: result.users?.experiences ?? [] }, out),
  ];
}

function titleOf({ origin }: Made): string {
  return origin === 'complete' ? 'Complete already, nothing was written' : 'Restored into a new pool';
}

function stepsText({ plan }: NewPoolResult, { failures }: Made, out: Colors): string {
  const done = plan.steps.length - failures.length;
  return failures.length === 0
    ? formatCount(done)
    : `${out.yellow(formatCount(done))} of ${formatCount(plan.steps.length)}`;
}

function userRows({ users }: Made, out: Colors): readonly Row[] {
  if (!users) return [];
  const { missing, extra, changed } = users.remaining;
  const left = missing + extra + changed;
  return [
    [
      'Users',
      `${formatCount(users.counts.createUsers)} created${left > 0 ? out.yellow(`, ${formatCount(left)} left over`) : ''}`,
    ],
    ['Groups', users.counts.createGroups > 0 ? `${formatCount(users.counts.createGroups)} created` : undefined],
    ['Members', users.counts.addMemberships > 0 ? `${formatCount(users.counts.addMemberships)} added` : undefined],
    ['Failed', users.failed > 0 ? out.red(counted(users.failed, 'step')) : undefined],
    ['Map', users.mapFile && escapeText(users.mapFile)],
    ['Failures', users.failuresFile && escapeText(users.failuresFile)],
  ];
}

function verifiedText({ differences, notCompared }: Made, out: Colors): string {
  const unread = notCompared.length > 0 ? out.dim(` (not compared: ${notCompared.join(', ')})`) : '';
  if (differences.length === 0)
    return `${out.green('read back: differs in nothing that the plan had not named')}${unread}`;
  return `${out.yellow(`read back: ${counted(differences.length, 'resource')} ${differences.length === 1 ? 'differs' : 'differ'} from the plan`)}${unread}`;
}

function failureLines({ failures }: Made, out: Colors): string[] {
  if (failures.length === 0) return [];
  const rows = failures.map(({ kind, key, operation, exception, reason }) => [
    kind,
    escapeText(key),
    operation,
    escapeText(exception ?? reason),
  ]);
  return [
    '',
    `  ${out.yellow('Steps that failed')}: correct the cause, then run the same command again, it goes on with this pool`,
    ...alignTable(['step', 'which', 'call', 'why'], rows, { dim: out.dim }).map((line) => `    ${line}`),
  ];
}

function differenceLines({ differences }: Made, out: Colors): string[] {
  if (differences.length === 0) return [];
  const rows = differences.flatMap(({ kind, resource, key, changes }) =>
    (changes.length > 0 ? changes.map(({ path }) => path) : ['']).map((path) => [
      kind,
      resource,
      escapeText(key),
      escapeText(path),
    ]),
  );
  return [
    '',
    `  ${out.yellow('Differs from the plan')}`,
    ...alignTable(['how', 'what', 'which', 'field'], rows, { dim: out.dim }).map((line) => `    ${line}`),
  ];
}
