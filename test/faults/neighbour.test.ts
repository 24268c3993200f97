import { describe, expect, it } from 'vitest';
import { effort } from '../support/effort.ts';
import { shareQuota, type Shared, type SharedQuota } from './shared-quota.ts';

const SEEDS = Array.from({ length: effort({ ordinary: 6, long: 24 }) }, (_, index) => index + 1);
const WINDOWS = ['bucket', 'second'] as const;

/** One run a seed; each seed has its own jitter and its own beginning of the neighbour's. */
async function shareEach(options: Omit<SharedQuota, 'seed'>): Promise<readonly Shared[]> {
  const runs: Shared[] = [];
  for (const seed of SEEDS) {
    const neighbour = options.neighbour && { ...options.neighbour, phase: (seed % 7) / 7 };
    runs.push(await shareQuota({ ...options, seed, ...(neighbour && { neighbour }) }));
  }
  return runs;
}

const even = (requestsPerSecond: number) => ({ requestsPerSecond, arrivals: 'even', phase: 0 }) as const;
const timeRatio = ({ seconds, unavoidableSeconds }: Shared): number => seconds / unavoidableSeconds;

function throttledPart(runs: readonly Shared[]): number {
  const throttled = runs.reduce((sum, { theirs }) => sum + theirs.throttled, 0);
  return throttled / runs.reduce((sum, { theirs }) => sum + theirs.calls, 0);
}

describe.each(WINDOWS)('a quota counted by %s and a neighbour on it', (window) => {
  it('listing 100,000 users throttles one in a hundred at most of 8 calls a second', async () => {
    const calls = Math.ceil(100_000 / 60);
    const runs = await shareEach({ operation: 'ListUsers', calls, window, neighbour: even(8) });
    expect(throttledPart(runs)).toBeLessThanOrEqual(0.01);
    for (const run of runs) expect(timeRatio(run)).toBeLessThanOrEqual(1.25);
  });

  it('listing takes at most 1.25 times what half of the quota takes', async () => {
    const runs = await shareEach({ operation: 'ListUsers', calls: 1_000, window, neighbour: even(15) });
    for (const run of runs) {
      expect(run.ours.calls - run.ours.throttled).toBe(1_000);
      expect(timeRatio(run)).toBeLessThanOrEqual(1.25);
    }
  });

  it.each([
    ['at our half', {}],
    ['at a share of 98 percent', { quotaShare: 0.98 }],
  ])('writing takes at most 1.25 times what half of the quota takes, %s', async (_name, rates) => {
    const neighbour = even(12.5);
    const runs = await shareEach({ operation: 'AdminAddUserToGroup', calls: 800, window, neighbour, rates });
    for (const run of runs) expect(timeRatio(run)).toBeLessThanOrEqual(1.25);
  });

  it('one whose calls come at random is yielded to as well, at a price', async () => {
    const neighbour = { ...even(8), arrivals: 'random' } as const;
    const runs = await shareEach({ operation: 'ListUsers', calls: 1_667, window, neighbour });
    expect(throttledPart(runs)).toBeLessThanOrEqual(0.03);
    for (const run of runs) expect(timeRatio(run)).toBeLessThanOrEqual(1.6);
  });

  it('who goes away leaves the whole rate to us within half a minute', async () => {
    const neighbour = { ...even(15), seconds: 30 };
    const [run] = await shareEach({ operation: 'ListUsers', calls: 30 * 15 + 40 * 30, window, neighbour });
    // All but half a minute at the full rate, and that one at two thirds of it, on average.
    expect(run?.seconds).toBeLessThanOrEqual(30 * 1.25 + 40 * 1.25);
  });
});

describe('throttling that no pace of ours prevents', () => {
  it.each([0.5, 0.9])('completes when %s of all calls are throttled, at the floor of the rate', async (part) => {
    const calls = 300;
    const alone = await shareQuota({ operation: 'ListUsers', calls, window: 'bucket' });
    const run = await shareQuota({ operation: 'ListUsers', calls, window: 'bucket', randomThrottles: part });
    expect(run.ours.calls - run.ours.throttled).toBe(calls);
    // Each call goes out 1 / (1 - part) times; none is sent for nothing besides.
    expect(run.ours.calls).toBeLessThanOrEqual((calls / (1 - part)) * 1.1);
    // A twentieth of the rate is kept, whatever happens.
    expect(run.seconds).toBeLessThanOrEqual((alone.seconds / 0.05 / (1 - part)) * 1.1);
  });
});
