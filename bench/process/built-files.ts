import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A script that the launcher has bundled beside this one. */
export function builtFile(name: string): string {
  return join(dirname(fileURLToPath(import.meta.url)), name);
}

/** A file of the build under measurement. */
export function distFile(...names: readonly string[]): string {
  const folder = process.env['BENCH_DIST'];
  if (folder === undefined) throw new Error('Start the benches with npm run bench');
  return join(folder, ...names);
}

export function commandFile(): string {
  return distFile('cli', 'main.js');
}
