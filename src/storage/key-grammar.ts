import { BackupError } from '../model/errors.ts';

/** Leading dots are kept for what storages hide: temporary files and locks. */
const SEGMENT = /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/;

export function isSegment(name: string): boolean {
  return SEGMENT.test(name);
}

export function isKey(text: string): boolean {
  return text.split('/').every(isSegment);
}

/** Refuses a key outside the grammar with `internal`: keys are made by this tool, so a bad one is our mistake. */
export function checkKey(key: string): void {
  if (!isKey(key)) throw outsideGrammar('key', key);
}

/** Refuses a prefix that is neither empty nor a key followed by `/`. */
export function checkPrefix(prefix: string): void {
  if (prefix === '') return;
  if (!prefix.endsWith('/')) throw outsideGrammar('prefix', prefix);
  checkKey(prefix.slice(0, -1));
}

/** Refuses what no object of anybody can be called here: empty, or with segments that a URL would resolve away. */
export function checkForeignKey(key: string): void {
  if (key.split('/').some((segment) => segment === '' || segment === '.' || segment === '..')) {
    throw outsideGrammar('key', key);
  }
}

function outsideGrammar(what: string, value: string): BackupError {
  return new BackupError('internal', `Not a storage ${what}: ${JSON.stringify(value)}`, {
    hint: 'This is a mistake in cognito-backup: please report it',
  });
}
