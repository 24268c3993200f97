import { describe, expect, it } from 'vitest';
import { BackupError } from '../model/errors.ts';
import { parsePoolId } from '../model/ids.ts';
import { manualRuntime } from '../runtime/manual-runtime.ts';
import { fakeGateway } from './fake-gateway.ts';
import { createGovernor } from './governor.ts';
import type { QuotaCategory } from './quotas.ts';
import { resolveRates, type Rates } from './rates.ts';

const poolId = parsePoolId('eu-central-1_Example01');
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
const paceOf = async (rates: Rates, category: QuotaCategory) => (await rates.quota(category)).pace;

describe('resolveRates', () => {
  it('starts at the share of the documented default', () => {
    const rates = resolveRates(
      fakeGateway(() => undefined),
      manualRuntime(),
    );
    expect(rates.cap('UserList')).toBeCloseTo(29.4);
    expect(rates.cap('UserCreation')).toBe(25);
    expect(rates.perPoolCap('UserPoolResourceUpdate')).toBeCloseTo(4.9);
    expect(rates.perPoolCap('UserPoolResourceRead')).toBeCloseTo(4.9);
    expect(rates.perPoolCap('UserUpdate')).toBeUndefined();
  });

  it('asks each category once, one a second, without anybody waiting', async () => {
    const runtime = manualRuntime();
    const gateway = fakeGateway(() => 100);
    const rates = resolveRates(gateway, runtime, { quotaShare: 1 });
    const governor = createGovernor({ runtime, rates });
    await governor.acquire('ListUsers', poolId);
    await governor.acquire('AdminCreateUser', poolId);
    await settle();
    expect(gateway.sent).toEqual([{ operation: 'GetProvisionedLimit', request: { category: 'UserList' } }]);
    expect(rates.cap('UserList')).toBe(100);
    expect(rates.cap('UserCreation')).toBe(50);
    expect(runtime.sleeps).toEqual([]);
    runtime.advance(1100);
    await governor.acquire('ListUsers', poolId);
    await governor.acquire('AdminCreateUser', poolId);
    await settle();
    expect(gateway.sent).toHaveLength(2);
    expect(rates.cap('UserCreation')).toBe(100);
  });

  it('raises the quota per operation and pool in step with its category', async () => {
    const rates = resolveRates(
      fakeGateway(() => 200),
      manualRuntime(),
      { quotaShare: 1 },
    );
    await rates.quota('UserPoolResourceRead');
    expect(rates.perPoolCap('UserPoolResourceRead')).toBe(50);
  });

  it('tells the quota in force, where it is known from, and what is taken of it', async () => {
    const told = resolveRates(
      fakeGateway(() => 100),
      manualRuntime(),
    );
    const category = 'UserCreation';
    expect(await told.quota(category)).toEqual({ category, requestsPerSecond: 100, source: 'provisioned', pace: 50 });
    const denied = fakeGateway(() => {
      throw new BackupError('not-authorized', 'x');
    });
    expect(await resolveRates(denied, manualRuntime()).quota(category)).toEqual({
      category,
      requestsPerSecond: 50,
      source: 'default',
      refusal: 'not-authorized',
      pace: 25,
    });
    const broken = fakeGateway(() => {
      throw new TypeError('x');
    });
    expect(await resolveRates(broken, manualRuntime()).quota(category)).toMatchObject({ refusal: 'internal' });
    const capped = resolveRates(denied, manualRuntime(), { maxRps: 5 });
    expect(await capped.quota(category)).toEqual({ category, requestsPerSecond: 50, source: 'default', pace: 5 });
  });

  it('keeps the default when the service does not answer the question', async () => {
    const gateway = fakeGateway(() => {
      throw new BackupError('rejected', 'x', { awsName: 'InvalidParameterException' });
    });
    const rates = resolveRates(gateway, manualRuntime());
    expect(await paceOf(rates, 'UserUpdate')).toBe(12.5);
    expect(await paceOf(rates, 'UserUpdate')).toBe(12.5);
    expect(gateway.sent).toHaveLength(1);
  });

  it('asks again, up to three times, after a passing failure', async () => {
    const runtime = manualRuntime();
    const gateway = fakeGateway(() => {
      throw new BackupError('throttled', 'x');
    });
    expect(await paceOf(resolveRates(gateway, runtime), 'UserUpdate')).toBe(12.5);
    expect(gateway.sent).toHaveLength(3);
    expect(runtime.monotonicMs()).toBeGreaterThan(2000);
  });

  it('asks again after an outage, and keeps to what is found then', async () => {
    const gateway = fakeGateway((_call, index) => {
      if (index === 0) throw new BackupError('unavailable', 'x');
      return 200;
    });
    const rates = resolveRates(gateway, manualRuntime());
    expect(await paceOf(rates, 'UserUpdate')).toBe(100);
    expect(await paceOf(rates, 'UserUpdate')).toBe(100);
    expect(gateway.sent).toHaveLength(2);
  });

  it.each([undefined, 0])('keeps the default where the limit is %s', async (limit) => {
    const rates = resolveRates(
      fakeGateway(() => limit),
      manualRuntime(),
    );
    expect(await paceOf(rates, 'UserUpdate')).toBe(12.5);
  });

  it('asks one question for everybody who waits for the same category', async () => {
    const runtime = manualRuntime();
    let answer: (limit: number) => void = () => undefined;
    const gateway = fakeGateway(() => new Promise<number>((resolve) => (answer = resolve)));
    const rates = resolveRates(gateway, runtime);
    const both = [paceOf(rates, 'UserUpdate'), paceOf(rates, 'UserUpdate')];
    await settle();
    runtime.advance(5_000);
    rates.learn('UserUpdate');
    await settle();
    expect(gateway.sent).toHaveLength(1);
    answer(50);
    expect(await Promise.all(both)).toEqual([25, 25]);
    expect(runtime.sleeps).toEqual([]);
  });

  it('asks one a second, at 98 percent like everything else', async () => {
    const runtime = manualRuntime();
    const gateway = fakeGateway(() => 100);
    const rates = resolveRates(gateway, runtime);
    rates.learn('UserList');
    await settle();
    runtime.advance(1000 / 0.98 - 1);
    rates.learn('UserUpdate');
    await settle();
    expect(gateway.sent).toHaveLength(1);
    runtime.advance(1.001);
    rates.learn('UserUpdate');
    await settle();
    expect(gateway.sent).toHaveLength(2);
  });

  it.each([
    ['of the question itself', 'LimitManagement', 0.98],
    ["that is not one of Cognito's", 'OtherServices', 4.9],
  ] as const)('never asks for the category %s', async (_which, category, cap) => {
    const gateway = fakeGateway(() => 100);
    const rates = resolveRates(gateway, manualRuntime());
    rates.learn(category);
    expect(await paceOf(rates, category)).toBe(cap);
    expect(gateway.sent).toEqual([]);
  });

  it('lets go who waits for an answer and is interrupted', async () => {
    const gateway = fakeGateway(() => 100);
    const rates = resolveRates(gateway, manualRuntime());
    await expect(rates.quota('UserList', AbortSignal.abort())).rejects.toMatchObject({ code: 'interrupted' });
    expect(gateway.sent).toEqual([]);
  });

  it('takes --max-rps as it stands and asks nothing', async () => {
    const gateway = fakeGateway(() => 100);
    const rates = resolveRates(gateway, manualRuntime(), { maxRps: 3 });
    rates.learn('UserList');
    expect(await paceOf(rates, 'UserList')).toBe(3);
    expect(gateway.sent).toHaveLength(0);
  });

  it('spaces the questions of several categories that somebody waits for', async () => {
    const runtime = manualRuntime();
    const rates = resolveRates(
      fakeGateway(() => 100),
      runtime,
    );
    for (const category of ['UserList', 'UserCreation', 'UserUpdate'] as const) await rates.quota(category);
    expect(runtime.monotonicMs()).toBeCloseTo(2000 / 0.98);
  });
});
