import { expect, it } from 'vitest';
import { LaggedViews } from './lagged-views.ts';
import { SeededRandom } from './seeded-random.ts';

it('writes to one record become visible in order, and the record settles within the lag', () => {
  for (let seed = 0; seed < 50; seed++) {
    let now = 0;
    let live = 0;
    const settled: string[] = [];
    const random = new SeededRandom(seed);
    const views = new LaggedViews<string, number>({ lagMs: 100, random, clock: () => now }, (key) => settled.push(key));
    const shown: (number | undefined)[] = [];
    for (; now <= 200; now += 10) {
      if (now < 50) {
        views.record('key', () => (live === 0 ? undefined : live));
        live++;
      }
      views.settle();
      const lagging = views.shown('key');
      shown.push(lagging ? lagging.view : live);
    }
    expect(shown.map((view) => view ?? 0)).toEqual(shown.map((view) => view ?? 0).toSorted((a, b) => a - b));
    expect(shown.at(-1)).toBe(5);
    expect(settled).toEqual(['key']);
  }
});
