import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SeededRandom } from '../../src/simulator/seeded-random.ts';
import { effort } from '../support/effort.ts';
import { applyCase, beginWith } from './apply-case.ts';
import { APPLY_SCENARIOS } from './apply-scenarios.ts';
import { startKillBench, type KillBench } from './kill-bench.ts';
import { VAULT_KINDS } from './killable-vault.ts';
import type { Kill } from './kill-switch.ts';

const SEED = Number(process.env['KILL_SEED'] ?? 20_261_123);
const CASES = effort({ ordinary: { objects: 5, folder: 2 }, long: { objects: 100, folder: 60 } });

/** Here the run that goes on is killed as well, once or several times, before one comes to its end. */
describe(`an apply killed again and again (KILL_SEED=${SEED})`, () => {
  let bench: KillBench;
  beforeAll(async () => {
    bench = await startKillBench();
  });
  afterAll(async () => {
    await bench.close();
  });

  describe.each(Object.entries(APPLY_SCENARIOS))('%s', (_name, scenario) => {
    it.each(['objects', 'folder'] as const)('ends as if it had never been interrupted: %s', async (kind) => {
      const random = new SeededRandom(SEED);
      const vault = await VAULT_KINDS[kind]();
      const beginning = await beginWith(bench, vault, scenario);
      const whole = await applyCase(bench, scenario, beginning);
      const total = (await whole.live()).mutations.length;
      const expected = await whole.end();
      const waysIn = await whole.waysIn();
      for (let count = 0; count < CASES[kind]; count += 1) {
        const one = await applyCase(bench, scenario, beginning);
        const kills = Array.from({ length: 2 + random.below(3) }, () => drawKill(total, random));
        for (const kill of kills) if ((await one.live(kill)).ended === 'done') break;
        await one.live();
        expect(await one.end(), JSON.stringify(kills)).toEqual(expected);
        expect(await one.waysIn(), JSON.stringify(kills)).toEqual(waysIn);
        await one.remove();
      }
      await whole.remove();
      await vault.remove();
    });
  });
});

function drawKill(total: number, random: SeededRandom): Kill {
  return { k: 1 + random.below(total), when: random.below(2) === 0 ? 'before' : 'after' };
}
