import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CognitoGateway, ResponseOf } from '../../src/cognito/gateway.ts';
import { probeService, type ProbeOptions, type ProbeResult } from '../../src/operations/doctor/probe/probe.ts';
import { hurriedRuntime, setUpWorkbench, type Workbench } from '../support/workbench.ts';

let bench: Workbench;
beforeEach(async () => {
  bench = await setUpWorkbench();
});
afterEach(async () => {
  expect(bench.simulator.counters.messages.causedByAdmin).toBe(0);
  expect(pools()).toEqual([]);
  await bench.close();
});

function pools(): readonly unknown[] {
  return bench.simulator.configure('ListUserPools', { MaxResults: 60 })['UserPools'] as readonly unknown[];
}

const probe = (options: Partial<ProbeOptions> = {}, gateway: CognitoGateway = bench.gateway): Promise<ProbeResult> =>
  probeService(
    { gateway, runtime: hurriedRuntime, observer: bench.deps.observer },
    { region: 'eu-central-1', ...options },
  );

const verdictsOf = ({ facts }: ProbeResult): Record<string, string> =>
  Object.fromEntries(facts.map(({ id, verdict }) => [id, verdict]));

describe('a probe', () => {
  it('answers with date and Region, also what it did not try', async () => {
    const { facts, remains } = await probe();
    expect(remains).toBeNull();
    expect(facts.every(({ region, at }) => region === 'eu-central-1' && /^\d{4}-.*Z$/.test(at))).toBe(true);
    expect(facts.find(({ id }) => id === 'prefix-listing-complete')?.observed).toContain(
      '100 users in one chain, 100 in the sixteen: 0 missed, 0 twice',
    );
    expect(facts.filter(({ verdict }) => verdict === 'unproven').map(({ id }) => id)).toContain('import-job-triggers');
  });

  it('tells that prefixes miss somebody', async () => {
    const forgetful: CognitoGateway = {
      ...bench.gateway,
      serviceTime: () => bench.gateway.serviceTime(),
      send: async (operation, request, signal) => {
        const answer = await bench.gateway.send(operation, request, signal);
        const isPrefixed = operation === 'ListUsers' && 'filter' in request;
        if (!isPrefixed) return answer;
        const page = answer as ResponseOf<'ListUsers'>;
        return { ...page, items: page.items.slice(1) } as typeof answer;
      },
    };
    const fact = (await probe({}, forgetful)).facts.find(({ id }) => id === 'prefix-listing-complete');
    expect(fact).toMatchObject({ verdict: 'observed', observed: expect.stringMatching(/[1-9]\d* missed/) });
  });

  it.each([
    ['AdminCreateUser', ['listing-lag']],
    ['ListUsers', ['listing-lag', 'prefix-listing-complete', 'digits-of-sub', 'page-latency']],
    ['GetCSVHeader', ['newer-infrastructure']],
  ])('goes on where %s is denied, with what that leaves open', async (operation, expected) => {
    bench.simulator.faults.add({ kind: 'access-denied', operation });
    const verdicts = verdictsOf(await probe());
    const open = Object.entries(verdicts).flatMap(([id, verdict]) => (verdict === 'inconclusive' ? [id] : []));
    expect(open).toEqual(expect.arrayContaining(expected));
    expect(verdicts['limits-of-fixed-categories']).toBe('observed');
  });

  it('makes nothing where it may make no pool, or could not find it again', async () => {
    for (const operation of ['CreateUserPool', 'ListUserPools']) {
      bench.simulator.faults.add({ kind: 'access-denied', operation });
      await expect(probe()).rejects.toMatchObject({ code: 'not-authorized' });
      bench.simulator.faults.clear();
      expect(bench.simulator.counters.calls['AdminCreateUser']).toBeUndefined();
    }
  });

  it('deletes its pool also when somebody wants it to stop', async () => {
    const stop = new AbortController();
    const stopping: CognitoGateway = {
      ...bench.gateway,
      serviceTime: () => bench.gateway.serviceTime(),
      send: (operation, request, signal) => {
        if (operation === 'AdminCreateUser') stop.abort();
        return bench.gateway.send(operation, request, signal);
      },
    };
    await expect(probe({ signal: stop.signal }, stopping)).rejects.toBeDefined();
    expect(bench.simulator.counters.calls['DeleteUserPool']).toBe(1);
  });
});

describe('a pool that cannot be deleted', () => {
  it('is named, and the next probe deletes it', async () => {
    bench.simulator.faults.add({ kind: 'access-denied', operation: 'DeleteUserPool', nth: 1 });
    const { remains, pool } = await probe();
    expect(remains).toContain('DeleteUserPool');
    expect(bench.events).toContainEqual(expect.objectContaining({ kind: 'warning', code: 'scratch-pool-remains' }));
    bench.simulator.configure('DeleteUserPool', { UserPoolId: pool });
  });
});
