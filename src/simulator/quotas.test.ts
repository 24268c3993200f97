import { describe, expect, it } from 'vitest';
import { sdkSession, type SdkSession } from './testing/sdk-session.ts';

/** How many of `count` calls at once get through. */
async function admitted(count: number, call: () => Promise<unknown>): Promise<number> {
  let through = 0;
  for (let number = 0; number < count; number++) {
    try {
      await call();
      through++;
    } catch (error) {
      expect(error).toMatchObject({ name: 'TooManyRequestsException', message: 'Rate exceeded' });
    }
  }
  return through;
}

function limitOf({ sdk }: SdkSession, Category: string) {
  return sdk.getProvisionedLimit({ LimitDefinition: { LimitClass: 'API_CATEGORY', Attributes: { Category } } });
}

describe('quotas', () => {
  it('let a burst through, then the documented rate', async () => {
    const { sdk, poolId, simulator, advance } = await sdkSession({ quotaScale: 1, burst: 5 });
    const list = () => sdk.listUsers({ UserPoolId: poolId });
    expect(await admitted(9, list)).toBe(5);
    advance(100);
    expect(await admitted(9, list)).toBe(3);
    expect(simulator.counters.throttles).toEqual({ ListUsers: 10 });
    expect(simulator.counters.calls['ListUsers']).toBe(18);
  });

  it('are shared by the operations of a category and apart between categories', async () => {
    const { sdk, poolId, pool } = await sdkSession({ quotaScale: 1, burst: 1 });
    pool.addUser({ username: 'a' });
    pool.addGroup({ name: 'g' });
    expect(await admitted(1, () => sdk.listUsers({ UserPoolId: poolId }))).toBe(1);
    expect(await admitted(1, () => sdk.listUsersInGroup({ UserPoolId: poolId, GroupName: 'g' }))).toBe(0);
    expect(await admitted(1, () => sdk.adminGetUser({ UserPoolId: poolId, Username: 'a' }))).toBe(1);
  });

  it('cap pool resources at five a second per operation and pool', async () => {
    const { sdk, poolId, simulator, advance } = await sdkSession({ quotaScale: 1, quotaWindow: 'second' });
    const other = simulator.createPool();
    expect(await admitted(8, () => sdk.listGroups({ UserPoolId: poolId }))).toBe(5);
    expect(await admitted(8, () => sdk.listGroups({ UserPoolId: other }))).toBe(5);
    advance(1000);
    expect(await admitted(8, () => sdk.listGroups({ UserPoolId: poolId }))).toBe(5);
  });

  it('allow ten writes a second to one user', async () => {
    const { sdk, poolId, pool, advance } = await sdkSession({ quotaScale: 1, quotaWindow: 'second' });
    pool.addUser({ username: 'a' });
    pool.addUser({ username: 'b' });
    const disable = (Username: string) => () => sdk.adminDisableUser({ UserPoolId: poolId, Username });
    expect(await admitted(12, disable('a'))).toBe(10);
    expect(await admitted(1, disable('b'))).toBe(1);
    advance(1000);
    expect(await admitted(1, disable('a'))).toBe(1);
  });

  it('scale, and say so', async () => {
    const session = await sdkSession({ quotaScale: 10, burst: 5 });
    expect((await limitOf(session, 'UserList')).Limit).toMatchObject({
      ProvisionedLimitValue: 300,
      FreeLimitValue: 30,
    });
    expect(await admitted(60, () => session.sdk.listUsers({ UserPoolId: session.poolId }))).toBe(50);
    await expect(limitOf(session, 'NoSuch')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});
