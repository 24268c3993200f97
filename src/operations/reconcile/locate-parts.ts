import type { RunPart } from '../../runs/run-files.ts';

/** What of a part's key is its number. */
const SEQUENCE = /-\d{6}(?=[-.])/;

/**
 * Where parts stand, as a person types it in a shell: one file, or a pattern that names them all, such as
 * `runs/POOL/RUN/map-2-*.jsonl.gz`. `undefined` where there are none.
 */
export function locateParts(location: string, parts: readonly RunPart[]): string | undefined {
  const [first, ...more] = parts.map(({ key }) => key);
  if (first === undefined) return undefined;
  const base = location.replace(/\/$/, '');
  if (more.length === 0) return `${base}/${first}`;
  const folder = first.slice(0, first.lastIndexOf('/') + 1);
  const names = new Set([first, ...more].map((key) => key.slice(folder.length).replace(SEQUENCE, '-*')));
  const [only = '', ...others] = names;
  return `${base}/${folder}${others.length === 0 ? only : `{${[...names].join()}}`}`;
}
