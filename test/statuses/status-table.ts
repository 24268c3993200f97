import { CONFLICT_EFFECTS } from '../../src/plan/entries.ts';
import { EXPERIENCES } from '../../src/plan/experience.ts';
import { LOSS_EFFECTS } from '../../src/model/losses.ts';
import type { Expectation } from './status-ways.ts';

/** Of every user that is created: said once above the tables. */
export const COMMON_LOSSES: readonly string[] = ['new-sub', 'dates'];

/** A cell: what becomes of the user, what is lost, what the user meets. */
export function cellOf({ status, enabled, losses, experience, conflict, isRefused }: Expectation): string {
  if (isRefused) return 'refused';
  if (conflict !== undefined) return `left alone: \`${conflict}\``;
  if (status === undefined) return `not created: \`${losses.join('`, `')}\``;
  const lost = losses.filter((kind) => !COMMON_LOSSES.includes(kind));
  const parts = [enabled ? status : `${status}, disabled`];
  if (lost.length > 0) parts.push(`\`${lost.join('`, `')}\``);
  if (experience !== undefined && experience !== 'disabled') parts.push(`*${experience}*`);
  return parts.join('<br>');
}

export function tableOf(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(columns), `|${'---|'.repeat(columns.length)}`, ...rows.map(line)].join('\n');
}

export function lossTable(): string {
  const rows = Object.entries(LOSS_EFFECTS).map(([kind, effect]) => [`\`${kind}\``, effect]);
  return tableOf(['kind (`losses[].kind`)', 'what happens'], rows);
}

/** What the words in the cells stand for. */
export function wordsTable(): string {
  const experiences = Object.entries(EXPERIENCES).map(([kind, meaning]) => [`*${kind}*`, `users ${meaning}`]);
  const conflicts = ['hash-needs-import-job', 'import-job-cannot-carry'] as const;
  return tableOf(
    ['word', 'meaning'],
    [...experiences, ...conflicts.map((kind) => [`\`${kind}\``, CONFLICT_EFFECTS[kind]])],
  );
}

/** The text with what stands between the marks of a section replaced. */
export function withSection(text: string, name: string, content: string): string {
  const [begin, end] = marks(name);
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from === -1 || to < from) throw new Error(`docs/LIMITS.md has no section "${name}"`);
  return `${text.slice(0, from + begin.length)}\n\n${content}\n\n${text.slice(to)}`;
}

function marks(name: string): [string, string] {
  return [`<!-- generated: ${name} (UPDATE=1 npx vitest run test/statuses) -->`, `<!-- end: ${name} -->`];
}
