import type { JsonValue } from '../../model/pool.ts';
import type { ConfigurationDiff } from '../../operations/diff/diff-configuration.ts';
import type { DiffResult, FieldChange, UserDifference } from '../../operations/diff/diff.ts';
import type { GroupDifference } from '../../operations/diff/diff-groups.ts';
import type { ConfigurationChange } from '../../plan/configuration/compare-configuration.ts';
import { escapeText } from '../escape.ts';
import type { Colors } from '../terminal.ts';

const MARKS = { added: '+', removed: '-', changed: '~' } as const;

const LONGEST_VALUE = 160;

/** One user who differs, with every field. Personal data. */
export function userLines({ kind, username, changes }: UserDifference, out: Colors): string[] {
  return [
    paint(kind, `${MARKS[kind]} ${escapeText(username)}`, out),
    ...changes.map((change) => fieldLine(change, out)),
  ];
}

export function groupLine({ kind, name, fields }: GroupDifference, out: Colors): string {
  const changed = fields.length > 0 ? out.dim(`  ${fields.join(', ')}`) : '';
  return `${paint(kind, `${MARKS[kind]} group ${escapeText(name)}`, out)}${changed}`;
}

/** The configuration, resource by resource; a line for each field. */
export function configurationLines({ differences }: ConfigurationDiff, out: Colors): string[] {
  return differences.flatMap(({ kind, resource, key, changes }) => [
    paint(kind, `${MARKS[kind]} ${resource} ${escapeText(key)}`, out),
    ...changes.map((change) => changeLine(change, out)),
  ]);
}

/** What was not compared, and why. */
export function notComparedText({
  configuration,
  factors,
}: Pick<DiffResult, 'configuration' | 'factors'>): string | undefined {
  const texts: string[] = [];
  if (configuration === null) texts.push('configuration (--config compares it)');
  const { notCompared = [] } = configuration ?? {};
  if (notCompared.length > 0) texts.push(`${notCompared.join(', ')}: one side could not read them all`);
  if (factors === false) texts.push('factors: one side alone is deep');
  return texts.length > 0 ? texts.join('; ') : undefined;
}

function changeLine({ path, before, after, isSecret }: ConfigurationChange, out: Colors): string {
  const name = out.dim(`${escapeText(path)}:`);
  if (isSecret) return `    ${name} another secret`;
  return `    ${name} ${valueText(before, out)} ${out.dim('→')} ${valueText(after, out)}`;
}

/** Long values, images above all, are cut: `--json` has them whole. */
function valueText(value: JsonValue | undefined, out: Colors): string {
  if (value === undefined) return out.dim('none');
  const text = escapeText(typeof value === 'string' ? value : JSON.stringify(value));
  return text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE)}…`;
}

function fieldLine({ name, before, after }: FieldChange, out: Colors): string {
  const value = (text: string | undefined): string => (text === undefined ? out.dim('none') : escapeText(text));
  return `    ${out.dim(`${escapeText(name)}:`)} ${value(before)} ${out.dim('→')} ${value(after)}`;
}

function paint(kind: UserDifference['kind'], text: string, out: Colors): string {
  switch (kind) {
    case 'added':
      return out.green(text);
    case 'removed':
      return out.red(text);
    case 'changed':
      return out.yellow(text);
    default:
      return kind satisfies never;
  }
}
