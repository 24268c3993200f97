import { SeededRandom } from '../../src/simulator/seeded-random.ts';
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

/** Every mutation of a life of `total`, once before it and once after. */
function everyKill(total: number): Kill[] {
  return Array.from({ length: total }, (_, at) => at + 1).flatMap((k) => [
    { k, when: 'before' },
    { k, when: 'after' },
  ]);
}
