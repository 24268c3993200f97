import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CognitoGateway, OperationName } from '../../src/cognito/gateway.ts';
import { BackupError } from '../../src/model/errors.ts';
import type { PoolId } from '../../src/model/ids.ts';
import { newPoolBench, type NewPoolBench } from './new-pool-bench.ts';

let bench: NewPoolBench;
let source: PoolId;
beforeEach(async () => {
  bench = await newPoolBench();
  const lambda = (name: string) => `arn:aws:lambda:${bench.simulator.region}:123456789012:function:${name}`;
  source = bench.createPool({
    LambdaConfig: { PreSignUp: lambda('check'), PostAuthentication: lambda('after') },
    DeletionProtection: 'ACTIVE',
  });
  const pool = bench.simulator.pool(source);
  pool.addGroup({ name: 'staff' });
  for (const username of ['ada', 'ben']) {
    pool.addUser({ username, attributes: [['email', `${username}@example.com`]], groups: ['staff'] });
  }
  bench.simulator.resetCounters();
});
afterEach(async () => {
  expect(bench.simulator.counters.messages.causedByAdmin).toBe(0);
  expect(bench.simulator.counters.triggersFired).toBe(0);
  await bench.close();
});

/** A service that refuses some calls, or dies at them. */
function failing(fails: (operation: OperationName, request: object) => BackupError | undefined): CognitoGateway {
  return {
    ...bench.gateway,
    send: async (operation, request, signal) => {
      const error = fails(operation, request);
      if (error) throw error;
      return bench.gateway.send(operation, request, signal);
    },
  };
}

const refused = (): BackupError => new BackupError('rejected', 'Refused', { awsName: 'InternalErrorException' });
const isBen = (request: object): boolean => 'username' in request && request.username === 'ben';
const membersOf = (poolId: string): readonly string[] =>
  [...bench.simulator.pool(poolId).users()].map(
    ({ username, status, groups }) => `${username} ${status} ${groups.join()}`,
  );
const WHOLE = ['ada CONFIRMED staff', 'ben CONFIRMED staff'];

describe('users whom a restore into a new pool could not finish', () => {
  it.each(['AdminCreateUser', 'AdminSetUserPassword', 'AdminAddUserToGroup'] as const)(
    'are finished by the next run although the triggers are attached, and none fires (%s refused)',
    async (refusedOperation) => {
      const reader = await bench.snapshotOf(source);
      const gateway = failing((operation, request) =>
        operation === refusedOperation && isBen(request) ? refused() : undefined,
      );
      const first = await bench.restore(reader, {}, { gateway });
      const [poolId = ''] = bench.poolsNamed('risen');
      expect(first.made?.failures).toMatchObject([
        { kind: 'users', exception: null },
        { kind: 'finish', reason: 'needs users ALL, which failed' },
      ]);
      // Whoever is there has what the pool has.
      expect(bench.describe(poolId)['LambdaConfig']).toHaveProperty('PreSignUp');
      expect(membersOf(poolId)).not.toEqual(WHOLE);

      const second = await bench.restore(reader);

      expect(second.made).toMatchObject({ origin: 'resumed', failures: [], differences: [] });
      expect(membersOf(poolId)).toEqual(WHOLE);
      expect(bench.describe(poolId)).toMatchObject({
        DeletionProtection: 'ACTIVE',
        LambdaConfig: { PreSignUp: expect.any(String), PostAuthentication: expect.any(String) },
      });
      expect(await bench.restore(reader)).toMatchObject({ made: { origin: 'complete' } });
    },
  );

  it('are finished after a kill between the triggers and the end', async () => {
    const reader = await bench.snapshotOf(source);
    let isAttached = false;
    // With users left there is no last step: it dies where the pool is read back.
    const dying = failing((operation, request) => {
      if (operation === 'AdminCreateUser' && isBen(request)) return refused();
      if (operation === 'DescribeUserPool' && isAttached) return new BackupError('unavailable', 'Killed');
      isAttached ||= operation === 'UpdateUserPool';
      return undefined;
    });
    await expect(bench.restore(reader, {}, { gateway: dying })).rejects.toMatchObject({ code: 'unavailable' });
    const [poolId = ''] = bench.poolsNamed('risen');
    expect(bench.describe(poolId)['LambdaConfig']).toHaveProperty('PreSignUp');

    expect((await bench.restore(reader)).made).toMatchObject({ origin: 'resumed', failures: [], differences: [] });
    expect(membersOf(poolId)).toEqual(WHOLE);
  });
});

it('killed once more with the triggers detached: the next run attaches them', async () => {
  const reader = await bench.snapshotOf(source);
  const refusing = failing((operation, request) =>
    operation === 'AdminCreateUser' && isBen(request) ? refused() : undefined,
  );
  await bench.restore(reader, {}, { gateway: refusing });
  const [poolId = ''] = bench.poolsNamed('risen');
  const dying = failing((operation) =>
    operation === 'AdminCreateUser' ? new BackupError('unavailable', 'Killed') : undefined,
  );
  await expect(bench.restore(reader, {}, { gateway: dying })).rejects.toMatchObject({ code: 'unavailable' });
  // Those alone that would fire are gone meanwhile.
  const { LambdaConfig } = bench.describe(poolId);
  expect(LambdaConfig).toEqual({ PostAuthentication: expect.any(String) });

  expect((await bench.restore(reader)).made).toMatchObject({ failures: [], differences: [] });
  expect(membersOf(poolId)).toEqual(WHOLE);
  expect(bench.describe(poolId)['LambdaConfig']).toHaveProperty('PreSignUp');
});

describe('a run that goes on with a pool whose users are whole', () => {
  it('leaves them and the triggers alone', async () => {
    const reader = await bench.snapshotOf(source);
    let isAttached = false;
    const dying = failing((operation) => {
      if (operation !== 'UpdateUserPool') return undefined;
      if (isAttached) return new BackupError('unavailable', 'Killed');
      isAttached = true;
      return undefined;
    });
    await expect(bench.restore(reader, {}, { gateway: dying })).rejects.toMatchObject({ code: 'unavailable' });
    bench.simulator.resetCounters();

    const { made } = await bench.restore(reader);

    expect(made).toMatchObject({ origin: 'resumed', failures: [], differences: [] });
    // The triggers once more, and the end.
    expect(bench.simulator.counters.calls).toMatchObject({ UpdateUserPool: 2 });
    expect(bench.simulator.counters.maus).toBe(0);
  });
});
