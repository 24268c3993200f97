import type { ProbeFact, Verdict } from '../../operations/doctor/probe/probe-fact.ts';
import type { ProbeResult } from '../../operations/doctor/probe/probe.ts';
import { escapeText } from '../escape.ts';
import { counted, formatInstant } from '../figures.ts';
import { wrapText } from '../layout.ts';
import type { Colors } from '../terminal.ts';

/** What the service was asked, and what it answered: facts with their date and Region. */
export function probeLines(result: ProbeResult, width: number | undefined, out: Colors): string[] {
  const { region, facts, leftovers, pool, remains } = result;
  return [
    '',
    out.bold(`Asked of Cognito in ${region}`),
    ...facts.flatMap((fact) => factLines(fact, width, out)),
    '',
    remains === null
      ? `  ${out.green('✔')} The scratch pool ${pool} is deleted`
      : `  ${out.red(`✘ The scratch pool ${pool} is still there: ${escapeText(remains)}`)}`,
    ...(leftovers.removed.length > 0
      ? [`  ${out.green('✔')} ${counted(leftovers.removed.length, 'scratch pool')} of interrupted runs deleted`]
      : []),
    ...leftovers.left.map(({ poolId, reason }) => `  ${out.yellow(`▲ ${poolId}: ${escapeText(reason)}`)}`),
  ];
}

const SIGNS: { readonly [V in Verdict]: (out: Colors) => string } = {
  observed: (out) => out.green('✔'),
  inconclusive: (out) => out.yellow('?'),
  unproven: (out) => out.cyan('·'),
};

function factLines({ question, verdict, tried, observed, at }: ProbeFact, width: number | undefined, out: Colors) {
  const wrap = (text: string, paint: (line: string) => string): string[] =>
    wrapText(escapeText(text), width === undefined ? Infinity : width - 4).map((line) => `    ${paint(line)}`);
  const plain = (line: string): string => line;
  const [head = '', ...rest] = wrap(question, out.bold);
  return [
    `  ${SIGNS[verdict](out)} ${head.trimStart()}`,
    ...rest,
    ...wrap(`${verdict === 'observed' ? '' : `${verdict}: `}${observed}`, plain),
    ...(verdict === 'unproven' ? [] : wrap(`${tried}; ${formatInstant(at)}`, out.dim)),
  ];
}
