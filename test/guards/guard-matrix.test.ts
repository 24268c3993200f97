import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { effort } from '../support/effort.ts';
import { breachesOf } from './breaches.ts';
import { coveringRows, productOf } from './combinations.ts';
import { DIMENSIONS, isPossible, type Case, type Verb } from './dimensions.ts';
import { GuardWorld } from './guard-world.ts';
import { promisedOf, REFUSALS } from './oracle.ts';
import { runCase } from './run-case.ts';

/**
 * The whole product is too long for every run: there, for each rule of the oracle, what it decides is covered by pairs, and
 * everything together by threes.
 */
function chosen(rows: readonly Case[]): readonly Case[] {
  const ordinary = (): readonly Case[] => {
    const rules = [...new Set(rows.map(ruleOf))];
    const byRule = rules.flatMap((rule) => coveringRows(
      rows.filter((one) => ruleOf(one) === rule),
      2,
    ));
    return [...new Set([...byRule, ...coveringRows(rows, 3)])];
  };
  return effort({ ordinary, long: () => rows })();
}

function ruleOf(one: Case): string {
  const promised = promisedOf(one);
  return promised.ends === 'refused' ? promised.by.name : `${promised.ends} ${promised.asked}`;
}

describe('what the documents promise of every combination', () => {
  let world: GuardWorld;
  beforeAll(async () => (world = await GuardWorld.open()));
  afterAll(() => world.close());

  it.each(DIMENSIONS.verb)(
    'is what %s does',
    async (verb: Verb) => {
      const rows = [...productOf({ ...DIMENSIONS, verb: [verb] })].filter(isPossible);
      const cases = chosen(rows);
      const broken: string[] = [];
      for (const one of cases) {
        const stage = await world.set(one);
        const promised = promisedOf(one);
        const seen = await runCase(world, one, stage);
        const breaches = breachesOf(one, stage, promised, seen);
        if (breaches.length > 0) broken.push(`${JSON.stringify(one)}: ${ruleOf(one)}\n  ${breaches.join('\n  ')}`);
        if (process.env['GUARD_DEBUG'] && broken.length > 3) break;
      }
      console.error(verb, cases.length, rows.length);
      expect(broken.length, broken.slice(0, 10).join('\n')).toBe(0);
    },
    60 * 60_000,
  );

  it('has every rule of the oracle decide something', () => {
    const decided = new Set([...productOf(DIMENSIONS)].filter(isPossible).map(ruleOf));
    expect(REFUSALS.map(({ name }) => name).filter((name) => !decided.has(name))).toEqual([]);
  });
});
