import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { effort } from '../support/effort.ts';
import { applyCase, beginWith } from './apply-case.ts';
import { APPLY_SCENARIOS, type ApplyScenario } from './apply-scenarios.ts';
import { startKillBench, type KillBench } from './kill-bench.ts';
import { VAULT_KINDS, type VaultKind } from './killable-vault.ts';
import { describeKill, kills } from './sweep.ts';

/** Draws the sample of the ordinary run; any other will do. */
const SEED = 1;
/** How many kills at most. Every step of a folder's file system is hundreds: all of them in the long run, else a sample. */
const MOST: Readonly<Record<VaultKind, number>> = {
  objects: Infinity,
  folder: effort({ ordinary: 10, long: Infinity }),
};

describe('an apply killed at any mutation and run again', () => {
  let bench: KillBench;
  beforeAll(async () => {
    bench = await startKillBench();
  });
  afterAll(async () => {
    expect(bench.simulator.counters.messages.causedByAdmin).toBe(0);
    await bench.close();
  });

  const sweep = async (kind: VaultKind, scenario: ApplyScenario): Promise<void> => {
    const vault = await VAULT_KINDS[kind]();
    const beginning = await beginWith(bench, vault, scenario);
    const whole = await applyCase(bench, scenario, beginning);
    const { mutations } = await whole.live();
    const expected = await whole.end();
    expect(expected).toMatchObject({ leftovers: [], damaged: [] });
    for (const kill of kills(mutations.length, MOST[kind], SEED)) {
      const one = await applyCase(bench, scenario, beginning);
      const lived = await one.live(kill);
      if (lived.ended === 'killed') await one.live();
      expect(await one.end(), describeKill(kill, lived)).toEqual(expected);
      await one.remove();
    }
    await whole.remove();
    await vault.remove();
  };

  describe.each(Object.entries(APPLY_SCENARIOS))('%s', (_name, scenario) => {
    it('ends as if it had never been interrupted, its vault being objects', () => sweep('objects', scenario));
    it('ends as if it had never been interrupted, its vault being a folder', () => sweep('folder', scenario));
  });
});
