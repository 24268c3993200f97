import { PASSWORD_HASH_COLUMN } from './columns.ts';
import { badLine } from './csv-lines.ts';

/**
 * Compares a file's header with the one the pool wants, in any order. `password_hash` may be missing: its cells may all
 * be blank. Throws `bad-input` that names every column that is missing or there twice, and gives the number of every unknown
 * one: what stands there may be somebody's data, for example where the line end after the header was lost.
 */
export function checkHeader(found: readonly string[], wanted: readonly string[], source: string): void {
  const known = new Set(wanted);
  const present = new Set(found);
  const missing = wanted.filter((column) => !present.has(column) && column !== PASSWORD_HASH_COLUMN);
  const unknown = [...present].filter((column) => !known.has(column));
  const repeated = wanted.filter((column) => found.indexOf(column) !== found.lastIndexOf(column));
  if (missing.length + unknown.length + repeated.length === 0) return;
  // A file without a header begins with somebody's data, which no message may repeat; most of its cells may be blank.
  const recognised = present.size - unknown.length;
  if (unknown.length > 0 && recognised * 2 < wanted.length) {
    throw badLine(source, 1, "is not a header of Cognito's import format", headerHint(found));
  }
  const problems = [
    named('lacks the', missing),
    numbered('has the unknown', unknown, found),
    named('repeats the', repeated),
  ];
  throw badLine(source, 1, problems.filter((problem) => problem !== '').join(', '), WANTED);
}

const WANTED =
  'The columns must be those of the target pool; see them with: aws cognito-idp get-csv-header --user-pool-id POOL';
const MOST_NAMED = 20;

function headerHint(found: readonly string[]): string {
  const only = found.length === 1 ? (found[0] ?? '') : '';
  if (only.includes(';') || only.includes('\t')) return `Separate the columns by commas. ${WANTED}`;
  return `The first line holds the column names. ${WANTED}`;
}

function numbered(verb: string, columns: readonly string[], found: readonly string[]): string {
  return listed(
    verb,
    columns.map((column) => `no. ${found.indexOf(column) + 1}`),
  );
}

function named(verb: string, columns: readonly string[]): string {
  return listed(
    verb,
    columns.map((column) => JSON.stringify(column)),
  );
}

function listed(verb: string, columns: readonly string[]): string {
  if (columns.length === 0) return '';
  const more = columns.length > MOST_NAMED ? ` and ${columns.length - MOST_NAMED} more` : '';
  return `${verb} column${columns.length === 1 ? '' : 's'} ${columns.slice(0, MOST_NAMED).join(', ')}${more}`;
}
