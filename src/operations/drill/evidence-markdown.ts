import { UNSAFE_CHARACTERS } from '../../model/unsafe-characters.ts';
import type { DrillEvidence } from './evidence.ts';

const PHASES: Readonly<Record<string, string>> = {
  read: 'Read and check the snapshot',
  plan: 'Plan',
  leftovers: 'Delete what an earlier drill left',
  configuration: 'Make the pool and its configuration',
  users: 'Restore groups and users',
  compare: 'Compare with the snapshot',
  'sign-in': 'Sign a restored user in',
  delete: 'Delete the pool',
};

/** The evidence for people, line by line. */
export function evidenceMarkdown(evidence: DrillEvidence): readonly string[] {
  const { verdict, id, snapshot, place } = evidence;
  return [
    `# Restore drill ${id}: ${verdict.toUpperCase()}`,
    '',
    `Snapshot \`${snapshot.id}\` of user pool \`${snapshot.poolId}\` was restored into a scratch pool, compared with the snapshot, and a`,
    'restored user signed in; the scratch pool was made for this and holds nothing else.',
    '',
    ...table(['', ''], overviewRows(evidence)),
    ...section('What no plan had predicted', problemRows(evidence), ['Finding', 'Count', 'Meaning']),
    '',
    '## Restored',
    '',
    ...table(['', 'Snapshot', 'Restored'], restoredRows(evidence)),
    ...section('What cannot come back, as predicted before the first write', lossRows(evidence), [
      'What',
      'Count',
      'Effect',
    ]),
    ...section('Left off in the drill', withheldRows(evidence), ['What, and what it means']),
    '',
    '## Times',
    '',
    ...table(['Phase', 'Seconds'], timeRows(evidence)),
    '',
    ...recoveryLines(evidence),
    '',
    `Made by ${evidence.tool} in account ${place.account}, ${place.region}. Neither this file nor the JSON beside it holds personal data.`,
  ];
}

function overviewRows({ verdict, ...evidence }: DrillEvidence): readonly Row[] {
  const { scope, snapshot, place, comparison, signIn } = evidence;
  const { missing, extra, changed } = comparison.differences;
  const drawn = `a sample: ${scope.restored} of ${scope.ofUsers}, drawn by the manifest's hash`;
  return [
    ['Verdict', verdict],
    ['Begun', evidence.startedAt],
    ['Ended', evidence.endedAt],
    ['Users', scope.users === 'all' ? `all ${scope.ofUsers}` : drawn],
    ['Taken', `${snapshot.takenFrom} to ${snapshot.takenUntil}, by ${snapshot.toolVersion}`],
    ['Manifest SHA-256', snapshot.manifestSha256],
    ['Signature', SIGNATURES[snapshot.signature]],
    ['Encrypted', snapshot.encrypted ? 'yes' : 'no'],
    ['Vault', snapshot.vaultId],
    ['Scratch pool', `${place.pool.id} ${place.pool.name}: ${FATES[place.pool.fate]}`],
    ['Comparison', `${missing} missing, ${extra} extra, ${changed} changed`],
    ['Sign-in', SIGN_INS[signIn.outcome]],
  ];
}

const SIGNATURES = {
  trusted: 'by a key that is trusted (--verify-key)',
  'not-checked': 'there is one; no key to check it was given',
  none: 'none',
} as const;

const FATES = { deleted: 'deleted', kept: 'kept on request', left: 'NOT deleted' } as const;

const SIGN_INS = {
  'signed-in': 'a restored user got tokens of the pool by a password that was set for it',
  refused: 'refused',
  nobody: 'no restored user is enabled and has a password',
} as const;

function problemRows({ problems, configuration }: DrillEvidence): readonly Row[] {
  return [
    ...problems.map(({ kind, count, meaning }): Row => [kind, String(count), meaning]),
    ...configuration.failures.map((one): Row => [
      `${one.kind} ${one.key}`,
      '',
      `${one.operation}: ${one.exception ?? 'not tried'}`,
    ]),
    ...configuration.differences.map((one): Row => [
      `${one.resource} ${one.key}`,
      '',
      [one.kind, one.fields.join(', ')].join(' ').trimEnd(),
    ]),
  ];
}

function restoredRows({ scope, snapshot, restored, configuration }: DrillEvidence): readonly Row[] {
  const count = String;
  return [
    ['Users', count(scope.ofUsers), count(restored.users)],
    ['Groups', count(snapshot.groups), count(restored.groups)],
    ['Memberships', count(snapshot.memberships), count(restored.memberships)],
    [
      'Steps of the configuration',
      count(configuration.steps),
      count(configuration.steps - configuration.failures.length),
    ],
  ];
}

function lossRows({ restored, configuration }: DrillEvidence): readonly Row[] {
  return [
    ...restored.losses.map(({ kind, count, effect }): Row => [kind, String(count), effect]),
    ...configuration.losses.map(({ kind, resource, key, effect }): Row => [`${resource} ${key}: ${kind}`, '1', effect]),
  ];
}

function withheldRows({ configuration }: DrillEvidence): readonly Row[] {
  return configuration.withheld.map(({ effect }) => [effect]);
}

function timeRows({ phases }: DrillEvidence): readonly Row[] {
  return phases.map(({ phase, durationMs }) => [PHASES[phase] ?? phase, seconds(durationMs)]);
}

function recoveryLines({ recoveryTime, scope }: DrillEvidence): readonly string[] {
  const { measuredMs, allUsersMs, plannedMs, isExtrapolated } = recoveryTime;
  return [
    `From the vault to a pool with ${scope.restored} users it took ${seconds(measuredMs)} s.`,
    ...(isExtrapolated
      ? [
          `With all ${scope.ofUsers} it would have taken ${seconds(allUsersMs)} s (extrapolated: the others written as fast, all else as it was).`,
        ]
      : []),
    `The plan for all ${scope.ofUsers} says ${seconds(plannedMs)} s of writing, at the rates in force.`,
  ];
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(1);
}

type Row = readonly string[];

function section(title: string, rows: readonly Row[], heading: Row): readonly string[] {
  return rows.length === 0 ? [] : ['', `## ${title}`, '', ...table(heading, rows)];
}

function table(heading: Row, rows: readonly Row[]): readonly string[] {
  const line = (cells: Row): string => `| ${cells.map(cell).join(' | ')} |`;
  return [line(heading), `|${heading.map(() => '---').join('|')}|`, ...rows.map(line)];
}

/** Names of resources are the pool owner's words: no Markdown of theirs, no line of their own. */
function cell(text: string): string {
  const plain = text.replace(UNSAFE_CHARACTERS, '\u{fffd}').replace(/\s+/g, ' ');
  return plain.replace(/[\\`*_|<>[\]]/g, (found) => `\\${found}`);
}
