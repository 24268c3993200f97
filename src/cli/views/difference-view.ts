import type { FieldChange, UserDifference } from '../../operations/diff/diff.ts';
import type { GroupDifference } from '../../operations/diff/diff-groups.ts';
import { escapeText } from '../escape.ts';
import type { Colors } from '../terminal.ts';

const MARKS = { added: '+', removed: '-', changed: '~' } as const;

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
