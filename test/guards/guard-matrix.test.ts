import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { effort } from '../support/effort.ts';
import { breachesOf } from './breaches.ts';
import { coveringByEnd, productOf } from './combinations.ts';
import { DIMENSIONS, isPossible, type Case, type Verb } from './dimensions.ts';
import { GuardWorld } from './guard-world.ts';
import { holdEvery } from './hold-every.ts';
import { promisedOf, REFUSALS } from './oracle.ts';
import { runCase } from './run-case.ts';

const TIMEOUT_MS = effort({ ordinary: 10, long: 240 }) * 60_000;

describe('what the documents promise of every combination', () => {
  let world: GuardWorld;
  beforeAll(async () => (world = await GuardWorld.open()));
  afterAll(() => world.close());

  it.each(DIMENSIONS.verb)(
    'is what %s does',
    async (verb) => {
      const broken = await holdEvery(verb, chosen(possibleOf(verb)), async (one) => {
        const stage = await world.set(one);
        const breaches = breachesOf(one, stage, promisedOf(one), await runCase(world, one, stage));
        world.leave(stage);
        return breaches.length > 0 ? [endOf(one), ...breaches] : [];
      });
      expect(broken).toBe('');
    },
    TIMEOUT_MS,
  );

  it('has every rule decide something', () => {
    const decided = new Set(DIMENSIONS.verb.flatMap((verb) => possibleOf(verb).map(endOf)));
    expect(REFUSALS.map(({ name }) => name).filter((name) => !decided.has(name))).toEqual([]);
  });
});

function possibleOf(verb: Verb): readonly Case[] {
  return [...productOf<Case>({ ...DIMENSIONS, verb: [verb] })].filter(isPossible);
}

/** Of some 48,000 all pairs of what is carried out and every value of what is refused; in the long run all. */
function chosen(rows: readonly Case[]): readonly Case[] {
  const isRefused = (one: Case): boolean => promisedOf(one).ends === 'refused';
  const refused = rows.filter(isRefused);
  const carriedOut = rows.filter((one) => !isRefused(one));
  return effort({
    ordinary: () => [...coveringByEnd(carriedOut, endOf, 2), ...coveringByEnd(refused, endOf, 1)],
    long: () => rows,
  })();
}

/** The rule that refuses, or how the run goes through. */
function endOf(one: Case): string {
  const promised = promisedOf(one);
  return promised.ends === 'refused' ? promised.by.name : `${promised.ends} ${promised.asked.join()}`;
}
