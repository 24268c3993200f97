import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { effort } from '../support/effort.ts';
import { breachesOf } from './breaches.ts';
import { pairwise, productOf } from './combinations.ts';
import { DIMENSIONS, isPossible, type Case, type Verb } from './dimensions.ts';
import { GuardWorld } from './guard-world.ts';
import { promisedOf, REFUSALS } from './oracle.ts';
import { runCase } from './run-case.ts';

const TIMEOUT_MS = effort({ ordinary: 10, long: 240 }) * 60_000;
/** More than anybody reads at once. */
const SHOWN = 10;

describe('what the documents promise of every combination', () => {
  let world: GuardWorld;
  beforeAll(async () => (world = await GuardWorld.open()));
  afterAll(() => world.close());

  it.each(DIMENSIONS.verb)(
    'is what %s does',
    async (verb) => {
      const broken: string[] = [];
      for (const one of chosen(possibleOf(verb))) {
        const stage = await world.set(one);
        const promised = promisedOf(one);
        const breaches = breachesOf(one, stage, promised, await runCase(world, one, stage));
        if (breaches.length > 0) broken.push([JSON.stringify(one), endOf(one), ...breaches].join('\n  '));
      }
      expect(broken.length, broken.slice(0, SHOWN).join('\n')).toBe(0);
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

/**
 * The whole product (some 48,000) takes too long for every run. There, what each rule decides is covered by pairs: a rule
 * hides those below it, so pairs of everything together would hardly reach the last ones.
 */
function chosen(rows: readonly Case[]): readonly Case[] {
  return effort({ ordinary: covering, long: (all: readonly Case[]) => all })(rows);
}

function covering(rows: readonly Case[]): readonly Case[] {
  const byEnd = new Map<string, Case[]>();
  for (const one of rows) {
    const end = endOf(one);
    if (!byEnd.get(end)?.push(one)) byEnd.set(end, [one]);
  }
  return [...byEnd.values()].flatMap((same) => pairwise(same));
}

/** The rule that refuses, or how the run goes through. */
function endOf(one: Case): string {
  const promised = promisedOf(one);
  return promised.ends === 'refused' ? promised.by.name : `${promised.ends} ${promised.asked.join()}`;
}
