import { describe, expect, it } from 'vitest';
import { BackupError } from '../model/errors.ts';
import { parsePoolId } from '../model/ids.ts';
import { manualRuntime } from '../runtime/manual-runtime.ts';
import { fakeGateway } from './fake-gateway.ts';
import { createGovernor } from './governor.ts';
import { resolveRates } from './rates.ts';

const poolId = parsePoolId('eu-central-1_Example01');
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('resolveRates', () => {
  it('starts at the share of the documented default', () => {
    const rates = resolveRates(
      fakeGateway(() => undefined),
      manualRuntime(),
    );
    expect(rates.cap('UserList')).toBeCloseTo(29.4);
    expect(rates.cap('UserCreation')).toBe(25);
    expect(rates.perPoolCap('UserPoolResourceUpdate')).toBeCloseTo(4.9);
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
    await rates.settled('UserPoolResourceRead');
    expect(rates.perPoolCap('UserPoolResourceRead')).toBe(50);
  });

  it('keeps the default when the service does not answer the question', async () => {
    const gateway = fakeGateway(() => {
      throw new BackupError('rejected', 'x', { awsName: 'InvalidParameterException' });
    });
    const rates = resolveRates(gateway, manualRuntime());
    expect(await rates.settled('UserUpdate')).toBe(12.5);
    expect(await rates.settled('UserUpdate')).toBe(12.5);
    expect(gateway.sent).toHaveLength(1);
  });

  it('asks again, up to three times, after a passing failure', async () => {
    const runtime = manualRuntime();
    const gateway = fakeGateway(() => {
      throw new BackupError('throttled', 'x');
    });
    expect(await resolveRates(gateway, runtime).settled('UserUpdate')).toBe(12.5);
    expect(gateway.sent).toHaveLength(3);
    expect(runtime.monotonicMs()).toBeGreaterThan(2000);
  });

  it('takes --max-rps as it stands and asks nothing', async () => {
    const gateway = fakeGateway(() => 100);
    const rates = resolveRates(gateway, manualRuntime(), { maxRps: 3 });
    rates.learn('UserList');
    expect(await rates.settled('UserList')).toBe(3);
    expect(gateway.sent).toHaveLength(0);
  });

  it('spaces the questions of several categories that somebody waits for', async () => {
    const runtime = manualRuntime();
    const rates = resolveRates(
      fakeGateway(() => 100),
      runtime,
    );
    for (const category of ['UserList', 'UserCreation', 'UserUpdate'] as const) await rates.settled(category);
    expect(runtime.monotonicMs()).toBeGreaterThanOrEqual(2000);
  });
});
