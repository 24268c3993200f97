import { describe, expect, it } from 'vitest';
import { effort } from '../../test/support/effort.ts';
import { parsePoolId } from '../model/ids.ts';
import { manualRuntime } from '../runtime/manual-runtime.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { createGovernor, type Governor } from './governor.ts';
import { QUOTAS, type QuotaCategory } from './quotas.ts';
import type { Rates } from './rates.ts';

const poolId = parsePoolId('eu-central-1_Example01');
const otherPoolId = parsePoolId('eu-central-1_Example02');

function fixedRates(cap: (category: QuotaCategory) => number, perPool = 4.9): Rates {
  return {
    cap,
    perPoolCap: (category) => (QUOTAS[category].isPerPool ? perPool : undefined),
    learn: () => undefined,
    quota: async (category) => ({ category, requestsPerSecond: cap(category), source: 'default', pace: cap(category) }),
  };
}

/** Timers that fire late, as real ones do: 0 to 14 ms, mostly 1 to 2. */
function lateRuntime(): Runtime {
  const runtime = manualRuntime();
  const lateness = () => {
    const [byte = 0] = runtime.randomBytes(1);
    return byte > 245 ? (byte - 245) * 1.4 : byte / 128;
  };
  return { ...runtime, sleep: (delayMs, signal) => runtime.sleep(delayMs + lateness(), signal) };
}

/** Admits at most `limit` requests in any second. */
function windowServer(limit: number) {
  const times: number[] = [];
  return (nowMs: number): boolean => {
    while (times[0] !== undefined && times[0] <= nowMs - 1000) times.shift();
    if (times.length >= limit) return false;
    times.push(nowMs);
    return true;
  };
}

function tokenBucketServer(ratePerSecond: number, burst: number) {
  let level = burst;
  let atMs = 0;
  return (nowMs: number): boolean => {
    level = Math.min(burst, level + ((nowMs - atMs) / 1000) * ratePerSecond);
    atMs = nowMs;
    if (level < 1) return false;
    level -= 1;
    return true;
  };
}

interface Tally {
  admitted: number;
  throttled: number;
}

async function hammer(
  governor: Governor,
  runtime: Runtime,
  server: (nowMs: number) => boolean,
  seconds: number,
): Promise<Tally> {
  const tally: Tally = { admitted: 0, throttled: 0 };
  const endMs = runtime.monotonicMs() + seconds * 1000;
  const worker = async () => {
    for (;;) {
      await governor.acquire('ListUsers', poolId);
      if (runtime.monotonicMs() >= endMs) return;
      if (server(runtime.monotonicMs())) tally.admitted += 1;
      else {
        tally.throttled += 1;
        governor.throttled('ListUsers', poolId);
      }
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
  return tally;
}

describe('governor', () => {
  const userListCap = QUOTAS.UserList.requestsPerSecond * QUOTAS.UserList.share;

  it.each([
    ['one-second windows', () => windowServer(30)],
    ['a bucket with a burst of five', () => tokenBucketServer(30, 5)],
  ])('reaches 95 percent of 30/s without one throttle against %s, with late timers', async (_name, server) => {
    const runtime = lateRuntime();
    const governor = createGovernor({ runtime, rates: fixedRates(() => userListCap) });
    const seconds = effort({ brief: 30, ordinary: 120, long: 3_600 });
    const tally = await hammer(governor, runtime, server(), seconds);
    expect(tally.throttled).toBe(0);
    expect(tally.admitted / seconds).toBeGreaterThanOrEqual(0.95 * 30);
  });

  it('yields when others use half of the quota, and takes it back', async () => {
    const runtime = manualRuntime();
    const governor = createGovernor({ runtime, rates: fixedRates(() => userListCap) });
    const contested = await hammer(governor, runtime, tokenBucketServer(15, 5), 60);
    expect(contested.throttled).toBeLessThan(60);
    expect(contested.admitted / 60).toBeGreaterThan(9);
    await hammer(governor, runtime, () => true, 15);
    const free = await hammer(governor, runtime, windowServer(30), 30);
    expect(free.throttled).toBe(0);
    expect(free.admitted / 30).toBeGreaterThanOrEqual(0.95 * 30);
  });

  it('lowers the rate at most once a second, pauses half a second, comes back to just below, then searches', async () => {
    const runtime = manualRuntime();
    const governor = createGovernor({ runtime, rates: fixedRates(() => 10) });
    await governor.acquire('ListUsers', poolId);
    expect(governor.throttled('ListUsers', poolId)).toBeCloseTo(7);
    expect(governor.throttled('ListUsers', poolId)).toBeCloseTo(7);
    const beforeMs = runtime.monotonicMs();
    await governor.acquire('ListUsers', poolId);
    expect(runtime.monotonicMs() - beforeMs).toBe(500);
    expect(governor.throttled('ListUsers', poolId)).toBeCloseTo(7);
    runtime.advance(500 + 5000);
    expect(await governor.rate('UserList')).toBeCloseTo(9.5 - 2.5 / 8);
    runtime.advance(5000);
    expect(await governor.rate('UserList')).toBeCloseTo(9.5);
    runtime.advance(5000);
    expect(await governor.rate('UserList')).toBeCloseTo(9.5 + 1 / 8);
    runtime.advance(5000);
    expect(await governor.rate('UserList')).toBe(10);
  });

  it('lowers the rate again once a second is over, and not before', () => {
    const loweredAfter = (ms: number): boolean => {
      const runtime = manualRuntime();
      const governor = createGovernor({ runtime, rates: fixedRates(() => 10) });
      const first = governor.throttled('ListUsers', poolId);
      runtime.advance(ms);
      return governor.throttled('ListUsers', poolId) < first;
    };
    expect([999, 1000].map(loweredAfter)).toEqual([false, true]);
  });

  it('falls to a twentieth of the cap and no further', () => {
    const runtime = manualRuntime();
    const governor = createGovernor({ runtime, rates: fixedRates(() => 20) });
    for (let i = 0; i < 100; i += 1) {
      governor.throttled('ListUsers', poolId);
      runtime.advance(500);
    }
    expect(governor.throttled('ListUsers', poolId)).toBeCloseTo(1);
  });

  it('gives slots in the order they were asked for, spaced evenly', async () => {
    const runtime = manualRuntime();
    const governor = createGovernor({ runtime, rates: fixedRates(() => 10) });
    const order: string[] = [];
    const take = async (name: string) => {
      await governor.acquire('ListUsers', poolId);
      order.push(name);
    };
    await Promise.all(['a', 'b', 'c', 'd'].map(take));
    expect(order).toEqual(['a', 'b', 'c', 'd']);
    expect(runtime.sleeps).toEqual([80, 100, 100]);
  });

  it('hands the question for a quota on', async () => {
    const answer = { category: 'UserList', requestsPerSecond: 30, source: 'default', pace: 29.4 } as const;
    const rates: Rates = { ...fixedRates(() => 10), quota: async () => answer };
    expect(await createGovernor({ runtime: manualRuntime(), rates }).quota('UserList')).toBe(answer);
  });

  it('keeps categories apart', async () => {
    const runtime = manualRuntime();
    const governor = createGovernor({ runtime, rates: fixedRates(() => 1) });
    await governor.acquire('ListUsers', poolId);
    await governor.acquire('AdminCreateUser', poolId);
    await governor.acquire('AdminDeleteUser', poolId);
    expect(runtime.sleeps).toEqual([]);
  });

  it('holds group operations to their rate per operation and pool', async () => {
    const runtime = manualRuntime();
    const governor = createGovernor({ runtime, rates: fixedRates(() => 1000, 5) });
    await governor.acquire('CreateGroup', poolId);
    await governor.acquire('CreateGroup', otherPoolId);
    await governor.acquire('DeleteGroup', poolId);
    expect(runtime.monotonicMs()).toBeLessThan(10);
    for (let i = 0; i < 10; i += 1) await governor.acquire('CreateGroup', poolId);
    expect(runtime.monotonicMs()).toBeGreaterThanOrEqual(10 * 200 - 20);
  });

  it('yields in every quota that a throttled call counts against', async () => {
    const runtime = manualRuntime();
    const governor = createGovernor({ runtime, rates: fixedRates(() => 10, 5) });
    expect(governor.throttled('CreateGroup', poolId)).toBeCloseTo(3.5);
    expect(await governor.rate('UserPoolResourceUpdate')).toBeCloseTo(7);
    runtime.advance(500);
    const beforeMs = runtime.monotonicMs();
    for (let i = 0; i < 3; i += 1) await governor.acquire('CreateGroup', poolId);
    expect(runtime.monotonicMs() - beforeMs).toBeGreaterThan((2 * 1000) / 4.75);
  });

  it('tells the rate of one operation on one pool, where AWS counts those besides, and asks where they are calls enough', async () => {
    const runtime = manualRuntime();
    const asked: QuotaCategory[] = [];
    let perPool = 5;
    const rates: Rates = {
      ...fixedRates(() => 15),
      perPoolCap: (category) => (QUOTAS[category].isPerPool ? perPool : undefined),
      quota: async (category) => {
        asked.push(category);
        perPool = 200;
        return { category, requestsPerSecond: 15, source: 'default', pace: 15 };
      },
    };
    const governor = createGovernor({ runtime, rates });
    expect(await governor.rate('UserUpdate', 1, 'pool')).toBe(15);
    expect(await governor.rate('UserPoolResourceUpdate', 149, 'pool')).toBe(5);
    expect(asked).toEqual([]);
    expect(await governor.rate('UserPoolResourceUpdate', 150, 'pool')).toBe(15);
    expect(asked).toEqual(['UserPoolResourceUpdate']);
  });

  it('asks for the provisioned limit only where there are calls enough for it to matter', async () => {
    const asked: QuotaCategory[] = [];
    const runtime = manualRuntime();
    const quota: Rates['quota'] = async (category) => {
      asked.push(category);
      return { category, requestsPerSecond: 10, source: 'default', pace: 10 };
    };
    const governor = createGovernor({ runtime, rates: { ...fixedRates(() => 10), quota } });
    expect(await governor.rate('UserCreation', 299)).toBe(10);
    expect(asked).toEqual([]);
    await governor.rate('UserCreation', 300);
    await governor.rate('UserUpdate');
    expect(asked).toEqual(['UserCreation', 'UserUpdate']);
  });

  it('lets a waiter go when its signal aborts, and serves the others', async () => {
    const runtime = manualRuntime();
    let wake: () => void = () => undefined;
    const stuck: Runtime = { ...runtime, sleep: () => new Promise((resolve) => (wake = resolve)) };
    const governor = createGovernor({ runtime: stuck, rates: fixedRates(() => 1) });
    await governor.acquire('ListUsers', poolId);
    const abort = new AbortController();
    const first = governor.acquire('ListUsers', poolId);
    const second = governor.acquire('ListUsers', poolId, abort.signal);
    const third = governor.acquire('ListUsers', poolId);
    await Promise.resolve();
    abort.abort();
    await expect(second).rejects.toMatchObject({ code: 'interrupted' });
    runtime.advance(5000);
    wake();
    await first;
    runtime.advance(5000);
    await Promise.resolve();
    wake();
    await third;
  });

  it('passes the slot on when the first in line aborts in its sleep', async () => {
    const runtime = manualRuntime();
    const abort = new AbortController();
    const aborting: Runtime = {
      ...runtime,
      sleep: (delayMs, signal) => {
        abort.abort();
        return runtime.sleep(delayMs, signal);
      },
    };
    const governor = createGovernor({ runtime: aborting, rates: fixedRates(() => 1) });
    await governor.acquire('ListUsers', poolId);
    const first = governor.acquire('ListUsers', poolId, abort.signal);
    const second = governor.acquire('ListUsers', poolId);
    await expect(first).rejects.toMatchObject({ code: 'interrupted' });
    await second;
  });
});
