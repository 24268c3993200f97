import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../../src/simulator/seeded-random.ts';
import { ordinaryPool } from '../../src/simulator/seeds/ordinary-pool.ts';
import type { PoolSeed } from '../../src/simulator/seeds/pool-seed.ts';
import { openLane, type CliScenario } from '../kills/cli-lane.ts';
import { delicatePool, driftedFrom, emptied } from '../kills/delicate-pool.ts';
import { effort } from '../support/effort.ts';

const SEED = Number(process.env['KILL_SEED'] ?? 20_261_123);
const IMPORT_ROLE = 'arn:aws:iam::123456789012:role/cognito-import';
const LANES = 2;
/** The run that goes on is killed as well, before one comes to its end. */
const MOST_KILLS_IN_A_ROW = 4;
/** On a machine that has other things to do. */
const TIMEOUT_MS = effort({ ordinary: 900_000, long: 6 * 3_600_000 });

/** How many in all; `.ci/run` wants a few hundred. */
const KILLS = Number(process.env['RANDOM_KILLS'] ?? effort({ ordinary: 30, long: 1_000 }));
const kills = (share: number): number => Math.ceil(KILLS * share);
const itself = (source: PoolSeed): PoolSeed => source;
/** Several pages in several shards. */
const large = ordinaryPool({ users: 260, groups: 3, seed: 8, model: 'username' });

const SCENARIOS: readonly (readonly [name: string, kills: number, scenario: CliScenario])[] = [
  ['backup', kills(0.18), { source: large, pool: itself, args: (pool) => ['backup', '--pool', pool] }],
  [
    'backup in shards',
    kills(0.1),
    { source: large, pool: itself, args: (pool) => ['backup', '--pool', pool, '--listing', 'sharded'] },
  ],
  [
    'restore',
    kills(0.25),
    {
      source: delicatePool('email'),
      pool: emptied,
      args: (pool) => ['restore', 'latest', '--pool', pool, '--yes'],
    },
  ],
  [
    'restore by import job',
    kills(0.07),
    {
      source: delicatePool('alias'),
      pool: emptied,
      args: (pool) => ['restore', 'latest', '--pool', pool, '--yes', '--import-role', IMPORT_ROLE],
    },
  ],
  [
    'clean',
    kills(0.2),
    { source: delicatePool('alias'), pool: itself, args: (pool) => ['clean', '--pool', pool, '--confirm', pool] },
  ],
  [
    'mirror',
    kills(0.2),
    {
      source: delicatePool('email'),
      pool: driftedFrom,
      args: (pool) => ['mirror', 'latest', '--pool', pool, '--confirm', pool],
    },
  ],
];

describe(`the command killed at random moments and run again (KILL_SEED=${SEED})`, () => {
  it.each(SCENARIOS)('%s, %i times', { timeout: TIMEOUT_MS }, async (_name, wanted, scenario) => {
    const random = new SeededRandom(SEED);
    let left = wanted;
    const lane = async (): Promise<void> => {
      const own = await openLane(scenario);
      const { end: expected, lastMs: wholeMs } = await own.live([]);
      expect(expected.problems).toEqual([]);
      while (left > 0) {
        const inARow = 1 + random.below(MOST_KILLS_IN_A_ROW);
        const delaysMs = Array.from({ length: inARow }, () => random.fraction() * wholeMs);
        const { end, kills: done } = await own.live(delaysMs);
        left -= done;
        expect(end, `killed after ${delaysMs.map(Math.round).join(' ms, after ')} ms`).toEqual(expected);
      }
      await own.close();
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    expect(left).toBeLessThanOrEqual(0);
  });
});
