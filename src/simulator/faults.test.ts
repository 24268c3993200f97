import { describe, expect, it } from 'vitest';
import { sdkSession } from './testing/sdk-session.ts';

describe('faults', () => {
  it.each([
    ['429', 'TooManyRequestsException'],
    ['500', 'InternalErrorException'],
    ['access-denied', 'AccessDeniedException'],
    ['expired-token', 'ExpiredTokenException'],
  ] as const)('%s answers %s', async (kind, name) => {
    const { sdk, poolId, simulator } = await sdkSession();
    simulator.faults.add({ kind, operation: 'ListUsers', nth: 2 });
    await sdk.listUsers({ UserPoolId: poolId });
    await sdk.listGroups({ UserPoolId: poolId });
    await expect(sdk.listUsers({ UserPoolId: poolId })).rejects.toMatchObject({ name });
    await sdk.listUsers({ UserPoolId: poolId });
    expect(simulator.counters.faults).toEqual({ [kind]: 1 });
  });

  it.each([
    ['reset-before', 0],
    ['html-body', 0],
    ['reset-after', 1],
    ['truncated-body', 1],
  ] as const)('%s fails the call; users created: %i', async (kind, created) => {
    const { sdk, poolId, pool, simulator } = await sdkSession();
    simulator.faults.add({ kind, times: 1 });
    const create = () => sdk.adminCreateUser({ UserPoolId: poolId, Username: 'a', MessageAction: 'SUPPRESS' });
    await expect(create()).rejects.toThrow();
    expect(pool.size).toBe(created);
  });

  it('from the nth call on, as often as asked', async () => {
    const { sdk, poolId, simulator } = await sdkSession();
    simulator.faults.add({ kind: '500', operation: 'ListUsers', nth: 2, times: 2 });
    const outcomes: boolean[] = [];
    for (let number = 0; number < 5; number++) {
      outcomes.push(
        await sdk.listUsers({ UserPoolId: poolId }).then(
          () => true,
          () => false,
        ),
      );
    }
    expect(outcomes).toEqual([true, false, false, true, true]);
  });

  it('a stalled call never answers', async () => {
    const { sdk, poolId, simulator } = await sdkSession();
    simulator.faults.add({ kind: 'stall', operation: 'ListUsers' });
    const abort = new AbortController();
    const call = sdk.listUsers({ UserPoolId: poolId }, { abortSignal: abort.signal });
    const first = await Promise.race([call, sdk.listGroups({ UserPoolId: poolId })]);
    expect(first).toHaveProperty('Groups');
    abort.abort();
    await expect(call).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('by chance are the same for the same seed', async () => {
    const run = async () => {
      const { sdk, poolId, simulator } = await sdkSession({ seed: 5 });
      simulator.faults.add({ kind: '500', probability: 0.3 });
      const outcomes: boolean[] = [];
      for (let number = 0; number < 30; number++) {
        outcomes.push(
          await sdk.listUsers({ UserPoolId: poolId }).then(
            () => true,
            () => false,
          ),
        );
      }
      return outcomes;
    };
    const outcomes = await run();
    expect(outcomes).toEqual(await run());
    expect(outcomes).toContain(true);
    expect(outcomes).toContain(false);
  });
});
