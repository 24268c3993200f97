import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { effort } from '../support/effort.ts';
import { coveringByEnd, productOf } from './combinations.ts';
import { eraseBreaches } from './erase-breaches.ts';
import { ERASE_DIMENSIONS, ERASE_REFUSALS, eraseEndOf, refusalOf, type EraseCase } from './erase-oracle.ts';
import { eraseFiles, runErase, setStage, type EraseFiles } from './erase-stage.ts';
import { GuardWorld } from './guard-world.ts';
import { holdEvery } from './hold-every.ts';

const TIMEOUT_MS = effort({ ordinary: 10, long: 240 }) * 60_000;

describe('what the documents promise of every erase', () => {
  let world: GuardWorld;
  let files: EraseFiles;
  beforeAll(async () => {
    world = await GuardWorld.open();
    files = await eraseFiles(world);
  });
  afterAll(() => world.close());

  it(
    'is what it does',
    async () => {
      const broken = await holdEvery('erase', chosen(), async (one) => {
        const stage = await setStage(world, one, files);
        world.simulator.resetCounters();
        const seen = await runErase(one, stage, files);
        const calls = Object.keys(world.simulator.counters.calls).length;
        return eraseBreaches(one, stage, { ...seen, calls });
      });
      expect(broken).toBe('');
    },
    TIMEOUT_MS,
  );

  it('has every rule decide something', () => {
    const decided = new Set([...productOf<EraseCase>(ERASE_DIMENSIONS)].map((one) => refusalOf(one)?.name));
    expect(ERASE_REFUSALS.map(({ name }) => name).filter((name) => !decided.has(name))).toEqual([]);
  });
});

/** Of some 42,000 all pairs of what ends alike; in the long run all. */
function chosen(): readonly EraseCase[] {
  const all = [...productOf<EraseCase>(ERASE_DIMENSIONS)];
  return effort({ ordinary: () => coveringByEnd(all, eraseEndOf, 2), long: () => all })();
}
