import { SeededRandom } from '../../src/simulator/seeded-random.ts';
import { effort } from '../support/effort.ts';
import type { Lived } from './kill-bench.ts';
import type { Kill } from './kill-switch.ts';

/** At most so many of them, drawn by the seed; all of them where that suffices. */
export function kills(total: number, most: number, seed: number): Kill[] {
  const all = everyKill(total);
  const random = new SeededRandom(seed);
  while (all.length > most) all.splice(random.below(all.length), 1);
  return all;
}

/** For the message of a failed expectation: which kill it was. */
export function describeKill({ k, when }: Kill, { mutations }: Lived): string {
  return `killed ${when} mutation ${k}, ${mutations[k - 1] ?? 'which never came'}`;
}

/**
 * Every mutation of a life of `total`, once before it and once after. In the ordinary run once before each and once after the
 * last: between two mutations nothing but reads happens, so that most of the rest leaves behind what these do.
 */
function everyKill(total: number): Kill[] {
  const numbers = Array.from({ length: total }, (_, at) => at + 1);
  return numbers.flatMap((k) => {
    const both: Kill[] = [
      { k, when: 'before' },
      { k, when: 'after' },
    ];
    return effort({ ordinary: k < total ? both.slice(0, 1) : both, long: both });
  });
}
