import { effort } from '../support/effort.ts';

export interface Sweep {
  readonly seed: number;
  readonly numRuns: number;
}

/**
 * How often a property runs and from which seed. The seed is a new one each time and is printed, so that a run can be
 * repeated with `TEST_SEED=…`; a failing property also prints the path to its smallest case.
 */
export function sweep(name: string, runs: { readonly ordinary: number; readonly long: number }): Sweep {
  const given = Number.parseInt(process.env['TEST_SEED'] ?? '', 10);
  const seed = Number.isNaN(given) ? Math.floor(Math.random() * 0x7fff_ffff) : given;
  const numRuns = effort(runs);
  process.stdout.write(`${name}: ${numRuns} runs, TEST_SEED=${seed}\n`);
  return { seed, numRuns };
}
