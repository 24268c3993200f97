import type { QuotaInForce } from '../../cognito/rates.ts';
import type { DoctorResult, ExaminedPool } from '../../operations/doctor/doctor.ts';
import type { DoctorFinding, Level, Topic } from '../../operations/doctor/doctor-finding.ts';
import type { CommandPermissions } from '../../operations/doctor/judge-permissions.ts';
import type { ProbeResult } from '../../operations/doctor/probe/probe.ts';
import { escapeText } from '../escape.ts';
import { counted, formatCount, formatDuration } from '../figures.ts';
import { alignRows, alignTable, wrapText } from '../layout.ts';
import { completeCommands, type Suggest } from '../suggestion.ts';
import type { Colors } from '../terminal.ts';
import { notCapturedRows } from './configuration-view.ts';
import { probeLines } from './probe-view.ts';

export interface DoctorViewOptions {
  readonly suggest: Suggest;
  /** Commands whose IAM policy is printed at the end. */
  readonly policies: readonly string[];
  readonly width: number | undefined;
}

/** Topic by topic, the worst first in each; the verdict last, where the eye is. */
export function doctorLines(
  result: DoctorResult,
  probe: ProbeResult | undefined,
  options: DoctorViewOptions,
  out: Colors,
): string[] {
  const section = (heading: string, topic: Topic, more: readonly string[] = []): string[] => {
    const found = result.findings.filter((one) => one.topic === topic);
    if (found.length + more.length === 0) return [];
    const lines = found.flatMap((one) => findingLines(one, options, out));
    return ['', out.bold(heading), ...lines, ...(lines.length > 0 && more.length > 0 ? [''] : []), ...more];
  };
  return [
    ...headLines(result, out),
    ...section('Permissions', 'permissions', permissionTable(result.permissions, out)),
    ...section('Quotas, and what they mean in time', 'quotas', [
      ...quotaTable(result.quotas, out),
      ...priceTable(result, out),
    ]),
    ...section('The pool', 'pool'),
    ...section('The vault', 'vault'),
    ...section('The target', 'target'),
    ...limitLines(result, options, out),
    ...(probe ? probeLines(probe, options.width, out) : []),
    ...options.policies.flatMap((command) => policyLines(command, result.permissions, out)),
    '',
    ...verdictLines(result, out),
  ];
}

function headLines({ pool, target, vault }: DoctorResult, out: Colors): string[] {
  return [
    out.bold(`Doctor: pool ${nameOf(pool)}`),
    ...alignRows(
      [
        ['Account', pool.arn?.split(':')[4]],
        ['Users', pool.estimatedUsers === null ? undefined : `about ${formatCount(pool.estimatedUsers)}`],
        ['Target', target ? nameOf(target) : undefined],
        ['Vault', vault === null ? undefined : escapeText(vault)],
      ],
      out.dim,
    ),
  ];
}

function nameOf({ id, name }: ExaminedPool): string {
  return name === null ? id : `${escapeText(name)} (${id})`;
}

type Paint = (text: string) => string;

const SIGNS: { readonly [L in Level]: (out: Colors) => readonly [sign: string, paint: Paint] } = {
  ok: (out) => ['✔', out.green],
  note: (out) => ['·', out.cyan],
  warning: (out) => ['▲', out.yellow],
  problem: (out) => ['✘', out.red],
};

function findingLines(finding: DoctorFinding, { suggest, width }: DoctorViewOptions, out: Colors): string[] {
  const [sign, paint] = SIGNS[finding.level](out);
  const { found, means, next, command } = finding;
  const wrap = (text: string, first: string, rest: string, painted: Paint): string[] =>
    wrapText(escapeText(text), width === undefined ? Infinity : width - rest.length).map(
      (line, index) => `${index === 0 ? first : rest}${painted(line)}`,
    );
  const plain: Paint = (text) => text;
  return [
    ...wrap(found, `  ${paint(sign)} `, '    ', finding.level === 'ok' || finding.level === 'note' ? plain : paint),
    ...(means === undefined ? [] : wrap(means, '    ', '    ', out.dim)),
    ...(next === undefined ? [] : wrap(completeCommands(next, suggest), '    → ', '      ', plain)),
    // Never broken: it is there to be copied.
    ...(command === undefined ? [] : [`      ${out.bold(escapeText(suggest(command)))}`]),
  ];
}

function permissionTable(commands: readonly CommandPermissions[], out: Colors): string[] {
  const rows = commands.map(({ command, answered, denied, deniedOptional, unclear, notTried }) => {
    const counts = [answered.length, denied.length + deniedOptional.length, unclear.length, notTried.length];
    return [command, ...counts.map((count) => (count === 0 ? '–' : String(count)))];
  });
  const columns = ['ALLOWED', 'DENIED', 'NOT HERE', 'NOT TRIED'];
  const table = alignTable(['COMMAND', ...columns], rows, { right: columns, dim: out.dim });
  return [
    ...table.map((line) => `    ${line}`),
    `    ${out.dim("NOT HERE: not in the pool's tier. NOT TRIED: writes, and iam:PassRole")}`,
  ];
}

function quotaTable(quotas: readonly QuotaInForce[], out: Colors): string[] {
  const rows = quotas.map(({ category, requestsPerSecond, source, pace }) => [
    category,
    rateText(requestsPerSecond),
    source === 'provisioned' ? 'asked for' : 'default',
    rateText(pace),
  ]);
  const table = alignTable(['CATEGORY', 'A SECOND', 'KNOWN BY', 'TAKEN'], rows, {
    right: ['A SECOND', 'TAKEN'],
    dim: out.dim,
  });
  return table.map((line) => `    ${line}`);
}

function rateText(rate: number): string {
  return Number.isInteger(rate) ? formatCount(rate) : rate.toFixed(1);
}

/** Of an empty pool there is nothing to say. */
function priceTable({ prices, size }: DoctorResult, out: Colors): string[] {
  if (!size || size.users === 0) return [];
  const rows = prices.map(({ job, passwords, durationMs, callsByCategory, mauUsers }) => {
    const calls = Object.values(callsByCategory).reduce((sum, count) => sum + count, 0);
    return [
      passwords === undefined ? job : `${job} --passwords ${passwords}`,
      formatDuration(durationMs),
      formatCount(calls),
      mauUsers === 0 ? '–' : formatCount(mauUsers),
    ];
  });
  const table = alignTable(['EVERYBODY', 'TAKES AT LEAST', 'CALLS', 'BILLED AS MAU'], rows, {
    right: ['TAKES AT LEAST', 'CALLS', 'BILLED AS MAU'],
    dim: out.dim,
  });
  return ['', ...table.map((line) => `    ${line}`)];
}

function limitLines({ notCaptured, losses }: DoctorResult, { width }: DoctorViewOptions, out: Colors): string[] {
  const reasons = notCapturedRows('', notCaptured).map(([, text = '']) => text);
  const kinds = losses.map(({ kind }) => kind).join(', ');
  const item = (text: string): string[] =>
    wrapText(text, width === undefined ? Infinity : width - 4).map((line, index) =>
      index === 0 ? `  · ${line}` : `    ${line}`,
    );
  return [
    '',
    out.bold('What no snapshot of this pool holds'),
    ...reasons.flatMap(item),
    '',
    out.bold('What no restore brings back as it was'),
    ...item(`${kinds}: docs/LIMITS.md says what each means`),
  ];
}

function policyLines(command: string, permissions: readonly CommandPermissions[], out: Colors): string[] {
  const policy = permissions.find((one) => one.command === command)?.policy;
  if (!policy) return ['', out.yellow('There is no IAM policy for a vault that is a folder, or is not named')];
  return [
    '',
    out.bold(`IAM policy for ${command}`),
    ...JSON.stringify(policy, undefined, 2).split('\n').map(escapeText),
  ];
}

function verdictLines({ level, counts, durationMs }: DoctorResult, out: Colors): string[] {
  const [sign, paint] = SIGNS[level](out);
  const parts = [
    counts.problem > 0 ? counted(counts.problem, 'problem') : '',
    counts.warning > 0 ? counted(counts.warning, 'warning') : '',
    counted(counts.note, 'note'),
    `${formatCount(counts.ok)} fine`,
  ].filter((part) => part !== '');
  const verdict = level === 'problem' || level === 'warning' ? 'Look after what is marked' : 'Nothing to worry about';
  return [paint(`${sign} ${verdict}: ${parts.join(', ')}`) + out.dim(`  (${formatDuration(durationMs)})`)];
}
