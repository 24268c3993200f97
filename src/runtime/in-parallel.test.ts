import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { inParallel } from './in-parallel.ts';

describe('work in parallel', () => {
  it('is at most as wide as asked, and does everything', async () => {
    let [now, most, done] = [0, 0, 0];
    await inParallel(Array.from({ length: 20 }).keys(), 3, async () => {
      most = Math.max(most, (now += 1));
      await setImmediate();
      now -= 1;
      done += 1;
    });
    expect([most, done]).toEqual([3, 20]);
  });

  it.each(['work', 'reading'] as const)('leaves nothing under way behind an error of the %s', async (where) => {
    let [begun, ended] = [0, 0];
    async function* items(): AsyncGenerator<number> {
      yield* [0, 1];
      if (where === 'reading') throw new Error('unreadable');
      yield* [2, 3, 4];
    }
    const work = async (item: number): Promise<void> => {
      begun += 1;
      for (let n = 0; n < item * 3; n += 1) await setImmediate();
      ended += 1;
      if (item === 0 && where === 'work') throw new Error('failed');
    };
    await expect(inParallel(items(), 3, work)).rejects.toThrow(where === 'work' ? 'failed' : 'unreadable');
    expect(begun).toBeGreaterThan(1);
    expect(ended).toBe(begun);
  });
});
