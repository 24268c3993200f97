import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CognitoGateway } from '../../src/cognito/gateway.ts';
import { drillEvidence } from '../../src/operations/drill/evidence.ts';
import { WITHHELD } from '../../src/plan/drill/harmless-pool.ts';
import { takeLease } from '../../src/runs/lease.ts';
import { plantEverythingPool } from '../../src/simulator/seeds/everything-pool.ts';
import { hostilePool } from '../../src/simulator/seeds/hostile-pool.ts';
import { ordinaryPool } from '../../src/simulator/seeds/ordinary-pool.ts';
import { plantSeed } from '../../src/simulator/seeds/plant-seed.ts';
import { hurriedRuntime as runtime } from '../support/workbench.ts';
import { drillBench, type DrillBench } from './drill-bench.ts';

const FOREIGN_ROLE = 'arn:aws:iam::210987654321:role/role-of-another-account';
const OF_THE_HOSTILE = new Map([[FOREIGN_ROLE, FOREIGN_ROLE]]);

let bench: DrillBench;
beforeEach(async () => {
  bench = await drillBench();
});
afterEach(async () => {
  const { messages, triggersFired } = bench.simulator.counters;
  expect({ messages: messages.byCause, triggersFired }).toEqual({ messages: {}, triggersFired: 0 });
  await bench.close();
});

const small = (users = 12): string =>
  plantSeed(bench.simulator, ordinaryPool({ users, groups: 2, seed: 1, model: 'email' }));

/** What the vault remembers of pools that a drill has made. */
async function remembered(): Promise<readonly string[]> {
  const keys: string[] = [];
  for await (const { key } of bench.vault.storage.list('runs/')) keys.push(key);
  return keys;
}

/** A gateway on which something happens before an operation goes out. */
function watching(before: (operation: string, request: object) => void): CognitoGateway {
  const { gateway } = bench;
  return {
    ...gateway,
    serviceTime: () => gateway.serviceTime(),
    send: async (operation, request, signal) => {
      before(operation, request);
      return gateway.send(operation, request, signal);
    },
  };
}

describe('a drill', () => {
  it.each(['email', 'alias', 'username'] as const)(
    'of a pool of the kind %s is passed, and leaves nothing',
    async (model) => {
      const poolId = plantSeed(bench.simulator, ordinaryPool({ users: 30, groups: 3, seed: 1, model }));
      const before = bench.poolNames();
      const { outcome } = await bench.pass(await bench.snapshotOf(poolId));
      expect(outcome).toMatchObject({ pool: { fate: 'deleted' }, signIn: { outcome: 'signed-in', attempts: 1 } });
      expect(bench.poolNames()).toEqual(before);
      expect(await remembered()).toEqual([]);
    },
  );

  it('of a pool that uses everything makes all of it but what could reach anybody', async () => {
    const { poolId } = plantEverythingPool(bench.simulator);
    const before = bench.poolNames();
    const seen: Record<string, unknown>[] = [];
    const gateway = watching((operation, request) => {
      if (operation !== 'AdminInitiateAuth') return;
      const { poolId: id } = request as { readonly poolId: string };
      const mfa = bench.configure(id, 'GetUserPoolMfaConfig', {});
      seen.push({
        ...bench.describe(id),
        mfa,
        clients: bench.configure(id, 'ListUserPoolClients', { MaxResults: 60 }),
      });
    });
    const result = await bench.drill(await bench.snapshotOf(poolId), {}, { gateway });
    expect(result.outcome).toMatchObject({ problems: [], pool: { fate: 'deleted' }, signIn: { outcome: 'signed-in' } });
    expect(result.preview.withheld).toEqual(Object.keys(WITHHELD).filter((kind) => kind !== 'sign-up'));
    // As it was when somebody signed in.
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({
      MfaConfiguration: 'OFF',
      mfa: { MfaConfiguration: 'OFF' },
      DeletionProtection: 'INACTIVE',
      EmailConfiguration: { EmailSendingAccount: 'COGNITO_DEFAULT' },
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
      AccountRecoverySetting: { RecoveryMechanisms: [{ Priority: 1, Name: 'admin_only' }] },
      UserPoolTier: 'ESSENTIALS',
    });
    const { SmsConfiguration, LambdaConfig, Domain, CustomDomain, UserPoolAddOns } = seen[0] ?? {};
    expect({ SmsConfiguration, Domain, CustomDomain, UserPoolAddOns }).toEqual({});
    expect(LambdaConfig ?? {}).toEqual({});
    expect(JSON.stringify(seen[0]?.['mfa'])).not.toMatch(/Sms|Email/);
    expect(bench.poolNames()).toEqual(before);
  });

  it('of a hostile pool is passed', async () => {
    const poolId = plantSeed(bench.simulator, hostilePool());
    const { outcome } = await bench.pass(await bench.snapshotOf(poolId), { arns: OF_THE_HOSTILE });
    expect(outcome).toMatchObject({ made: { failures: [] }, signIn: { outcome: 'signed-in' } });
  });

  it('says of a hostile pool what Cognito refuses, and deletes the scratch pool', async () => {
    const { config, ...seed } = hostilePool();
    // It has no settings, which no request of AWS's could have made.
    const identityProviders = [...(config.identityProviders ?? []), 'Broken'];
    const poolId = plantSeed(bench.simulator, { ...seed, config: { ...config, identityProviders } });
    const before = bench.poolNames();
    const { outcome } = await bench.drill(await bench.snapshotOf(poolId), { arns: OF_THE_HOSTILE });
    expect(outcome?.problems.map(({ kind }) => kind)).toEqual(['step-failed', 'configuration-differs']);
    expect(outcome).toMatchObject({ pool: { fate: 'deleted' }, signIn: { outcome: 'signed-in' } });
    expect(bench.poolNames()).toEqual(before);
  });

  it('fails where the pool is not as the plan had said, and deletes it all the same', async () => {
    const poolId = small();
    const before = bench.poolNames();
    let isDone = false;
    const gateway = watching((operation, request) => {
      if (operation !== 'UpdateUserPool' || isDone) return;
      isDone = true;
      const id = (request as { readonly poolId: string }).poolId;
      const [someone] = bench.simulator.pool(id).users();
      bench.simulator.pool(id).removeUser(someone?.username ?? '');
      bench.configure(id, 'CreateUserPoolClient', { ClientName: 'nobody-planned-me' });
    });
    const result = await bench.drill(await bench.snapshotOf(poolId), {}, { gateway });
    expect(result.outcome?.problems).toEqual([
      // The client, and its session settings.
      { kind: 'configuration-differs', count: 2 },
      { kind: 'missing', count: 1 },
    ]);
    expect(drillEvidence(result)).toMatchObject({ verdict: 'fail', place: { pool: { fate: 'deleted' } } });
    expect(bench.poolNames()).toEqual(before);
  });

  it('fails where nobody can sign in', async () => {
    const poolId = small();
    const gateway: CognitoGateway = {
      ...bench.gateway,
      serviceTime: () => bench.gateway.serviceTime(),
      send: async (operation, request, signal) => {
        const isSignIn = operation === 'AdminInitiateAuth';
        const wrong = isSignIn ? { ...request, password: 'Not-The-Passw0rd!' } : request;
        return bench.gateway.send(operation, wrong, signal);
      },
    };
    const { outcome } = await bench.drill(await bench.snapshotOf(poolId), {}, { gateway });
    expect(outcome?.problems).toEqual([{ kind: 'sign-in', count: 1 }]);
    expect(outcome?.signIn).toEqual({ outcome: 'refused', attempts: 3, answer: 'NotAuthorizedException' });
  });

  it('is passed without a sign-in where nobody of the snapshot could', async () => {
    const poolId = bench.createPool({});
    bench.simulator.pool(poolId).addUser({ username: 'off', enabled: false, attributes: [] });
    const { outcome } = await bench.pass(await bench.snapshotOf(poolId));
    expect(outcome.signIn.outcome).toBe('nobody');
  });

  it('restores a sample that another run draws again, and says so', async () => {
    const reader = await bench.snapshotOf(small(40));
    const users: string[][] = [];
    for (const _run of [1, 2]) {
      const created: string[] = [];
      const gateway = watching((operation, request) => {
        if (operation === 'AdminCreateUser') created.push((request as { readonly username: string }).username);
      });
      const result = await bench.drill(reader, { sample: 10 }, { gateway });
      expect(result.outcome?.problems).toEqual([]);
      expect(drillEvidence(result)).toMatchObject({
        scope: { users: 'sample', restored: 10, ofUsers: 40 },
        recoveryTime: { isExtrapolated: true },
      });
      users.push(created.toSorted());
    }
    expect(users[0]?.length).toBeGreaterThan(5);
    expect(users[0]?.length).toBeLessThanOrEqual(10);
    expect(users[1]).toEqual(users[0]);
  });

  it('says of a sample what the plan for all users says, and counts groups and configuration once', async () => {
    const poolId = plantSeed(bench.simulator, ordinaryPool({ users: 40, groups: 30, seed: 5, model: 'username' }));
    const reader = await bench.snapshotOf(poolId);
    const { preview } = await bench.drill(reader, { dryRun: true });
    const result = await bench.drill(reader, { sample: 2 });
    const { recoveryTime, phases } = drillEvidence(result);
    expect(recoveryTime.plannedMs).toBe(preview.price.durationMs);
    const usersMs = phases.find(({ phase }) => phase === 'users')?.durationMs ?? 0;
    expect(result.outcome?.writingMs).toBeGreaterThan(0);
    expect(result.outcome?.writingMs).toBeLessThan(usersMs);
    const all = recoveryTime.measuredMs + 19 * (result.outcome?.writingMs ?? 0);
    expect(recoveryTime.allUsersMs).toBe(Math.round(all));
  });

  it('keeps the pool on request, which the next one deletes', async () => {
    const reader = await bench.snapshotOf(small());
    const before = bench.poolNames();
    const { outcome } = await bench.pass(reader, { keep: true });
    expect(outcome.pool.fate).toBe('kept');
    expect(bench.poolNames()).toEqual([...before, outcome.pool.name]);
    const next = await bench.pass(reader);
    expect(next.preview.leftovers.removable).toMatchObject([{ poolId: outcome.pool.id }]);
    expect(next.outcome.leftoversRemoved).toBe(1);
    expect(bench.poolNames()).toEqual(before);
    expect(await remembered()).toEqual([]);
  });

  it.each(['CreateUserPool', 'AdminCreateUser', 'ListUsersInGroup', 'AdminInitiateAuth', 'DeleteUserPool'])(
    'interrupted at %s deletes its pool before it ends',
    async (at) => {
      const reader = await bench.snapshotOf(small());
      const before = bench.poolNames();
      const stop = new AbortController();
      let hasPool = false;
      const gateway = watching((operation) => {
        hasPool ||= operation === 'CreateUserPool';
        if (operation === at && hasPool) stop.abort();
      });
      const ended = bench.drill(reader, { signal: stop.signal }, { gateway });
      // When it is stopped at its very end, it is through.
      if (at === 'DeleteUserPool') await ended;
      else {
        await expect(ended).rejects.toMatchObject({
          code: 'interrupted',
          hint: 'The scratch pool was deleted; nothing is left of this drill',
        });
      }
      expect(bench.poolNames()).toEqual(before);
      expect(await remembered()).toEqual([]);
    },
  );

  it('says what it could not delete, and goes on to its verdict', async () => {
    const reader = await bench.snapshotOf(small());
    const gateway = watching((operation, request) => {
      if (operation !== 'AdminInitiateAuth') return;
      const { poolId } = request as { readonly poolId: string };
      const { UserPoolTags } = bench.describe(poolId);
      bench.configure(poolId, 'UpdateUserPool', { UserPoolTags, DeletionProtection: 'ACTIVE' });
    });
    const { outcome } = await bench.drill(reader, {}, { gateway });
    expect(outcome?.pool).toMatchObject({ fate: 'left', reason: expect.stringContaining('protected') });
  });

  it('shows its price, and changes nothing in a dry run', async () => {
    const reader = await bench.snapshotOf(small());
    const before = { pools: bench.poolNames(), files: await remembered() };
    const { preview, outcome } = await bench.drill(reader, { dryRun: true });
    expect(outcome).toBeUndefined();
    expect(preview.price.mauUsers).toBeGreaterThan(5);
    expect(preview.price.calls).toMatchObject({ UserAuthentication: 3 });
    expect({ pools: bench.poolNames(), files: await remembered() }).toEqual(before);
  });

  it('waits for no other drill of the same pool', async () => {
    const reader = await bench.snapshotOf(small());
    const lease = await takeLease({
      storage: bench.vault.storage,
      runtime,
      target: reader.ref.poolId,
      command: 'drill',
    });
    await expect(bench.drill(reader)).rejects.toMatchObject({ code: 'locked' });
    await lease.release();
  });
});
