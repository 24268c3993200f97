import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CognitoGateway } from '../../src/cognito/gateway.ts';
import { parsePoolId } from '../../src/model/ids.ts';
import { mirrorSnapshot } from '../../src/operations/mirror.ts';
import { restoreSnapshot, type RestoreOptions } from '../../src/operations/restore.ts';
import { setUpWorkbench, type Workbench } from '../support/workbench.ts';

type Link = readonly [provider: string, userId: string];

const CONFIG = { AutoVerifiedAttributes: ['email'], identityProviders: ['Google', 'Okta'] } as const;
const NOTHING = { missing: 0, extra: 0, changed: 0 };

function identities(links: readonly Link[]): [string, string] {
  const values = links.map(([providerName, userId]) => ({ userId, providerName, primary: 'false' }));
  return ['identities', JSON.stringify(values)];
}

describe('links to identity providers', () => {
  let bench: Workbench;
  let source: string;
  let target: string;
  let linked: string[];
  let gateway: CognitoGateway;

  beforeEach(async () => {
    bench = await setUpWorkbench();
    source = bench.simulator.createPool({ ...CONFIG, PoolName: 'source' });
    target = bench.simulator.createPool({ ...CONFIG, PoolName: 'target' });
    linked = [];
    gateway = {
      ...bench.gateway,
      send: (operation, request, signal) => {
        if (operation === 'AdminLinkProviderForUser') linked.push(JSON.stringify(request));
        return bench.gateway.send(operation, request, signal);
      },
    };
  });
  afterEach(() => bench.close());

  const add = (pool: string, username: string, links: readonly Link[]): void =>
    void bench.simulator.pool(pool).addUser({ username, attributes: links.length > 0 ? [identities(links)] : [] });
  const addProfile = (pool: string, [provider, userId]: Link): void =>
    void bench.simulator.pool(pool).addUser({
      username: `${provider}_${userId}`,
      status: 'EXTERNAL_PROVIDER',
      attributes: [identities([[provider, userId]])],
    });
  const linksOf = (username: string): string[] => {
    const found = bench.simulator.pool(target).user(username);
    const text = found?.attributes.find(([name]) => name === 'identities')?.[1] ?? '[]';
    const values = JSON.parse(text) as { readonly providerName: string; readonly userId: string }[];
    return values.map(({ providerName, userId }) => `${providerName}/${userId}`).sort();
  };

  async function restore(options: Partial<RestoreOptions> = {}) {
    const result = await restoreSnapshot(
      { ...bench.deps, gateway },
      {
        reader: options.reader ?? (await bench.snapshotOf(source)),
        target: parsePoolId(target),
        confirm: async () => true,
        ...options,
      },
    );
    if (!result.done) throw new Error('Not done');
    return result;
  }
  const lossesOf = ({ losses }: Awaited<ReturnType<typeof restore>>) =>
    losses.filter(({ kind }) => kind.startsWith('identity-')).map(({ kind, count }) => [kind, count]);

  it('come up to five a user; one that is there already makes no entry', async () => {
    add(
      source,
      'ann',
      [1, 2, 3, 4, 5].map((id): Link => ['Google', `${id}`]),
    );
    expect(await restore()).toMatchObject({ failed: 0, remaining: NOTHING });
    expect(linksOf('ann')).toHaveLength(5);
    expect(await restore({ existing: 'update' })).toMatchObject({
      remaining: NOTHING,
      plan: { planned: { updateUsers: 0 } },
    });
    expect(linked).toHaveLength(5);
  });

  it('above five, or to a provider that the target lacks, are losses of a user who is there, too', async () => {
    add(source, 'ann', [...[1, 2, 3].map((id): Link => ['Google', `${id}`]), ['Elsewhere', '9']]);
    add(
      target,
      'ann',
      [6, 7, 8, 9].map((id): Link => ['Okta', `${id}`]),
    );
    const result = await restore({ existing: 'update' });
    expect(result).toMatchObject({ failed: 0, remaining: NOTHING });
    expect(lossesOf(result)).toEqual([['identity-link', 3]]);
    expect(linksOf('ann')).toEqual(['Google/1', 'Okta/6', 'Okta/7', 'Okta/8', 'Okta/9']);
  });

  it('are not tried where the identity is somebody in the target, by itself or linked', async () => {
    add(source, 'ann', [
      ['Google', '1'],
      ['Google', '2'],
      ['Google', '3'],
    ]);
    addProfile(target, ['Google', '1']);
    add(target, 'bob', [['Google', '2']]);
    const result = await restore();
    expect(result).toMatchObject({ failed: 0, remaining: NOTHING });
    expect(lossesOf(result)).toEqual([['identity-taken', 2]]);
    expect(linksOf('ann')).toEqual(['Google/3']);
    expect(linked).toHaveLength(1);
    expect(bench.simulator.pool(target).user('Google_1')).toMatchObject({ status: 'EXTERNAL_PROVIDER' });
    expect(linksOf('bob')).toEqual(['Google/2']);
  });

  it('fail once, by name, where the identity signs in while the run goes on', async () => {
    add(source, 'ann', [['Google', '1']]);
    const result = await restore({
      confirm: async () => {
        addProfile(target, ['Google', '1']);
        return true;
      },
    });
    expect(result).toMatchObject({ failed: 1, remaining: NOTHING });
    expect(linked).toHaveLength(1);
    expect(bench.simulator.pool(target).user('ann')).toMatchObject({ status: 'CONFIRMED' });
    expect(bench.simulator.pool(target).user('Google_1')).toMatchObject({ status: 'EXTERNAL_PROVIDER' });
  });

  it('that the snapshot lacks stay under a mirror', async () => {
    add(source, 'ann', []);
    add(target, 'ann', [['Google', '1']]);
    const reader = await bench.snapshotOf(source);
    const request = {
      reader,
      verified: await bench.verified(reader),
      target: parsePoolId(target),
      confirm: async () => true,
    };
    expect(await mirrorSnapshot(bench.deps, request)).toMatchObject({
      planned: { updateUsers: 0 },
      remaining: NOTHING,
    });
    expect(linksOf('ann')).toEqual(['Google/1']);
  });

  it('come with a user who is deleted and created anew', async () => {
    const fixed = { ...CONFIG, Schema: [{ Name: 'fixed', AttributeDataType: 'String', Mutable: false }] } as const;
    source = bench.simulator.createPool({ ...fixed, PoolName: 'source' });
    target = bench.simulator.createPool({ ...fixed, PoolName: 'target' });
    const links = identities([['Google', '1']]);
    bench.simulator.pool(source).addUser({ username: 'ann', attributes: [['custom:fixed', 'new'], links] });
    bench.simulator.pool(target).addUser({ username: 'ann', attributes: [['custom:fixed', 'old'], links] });
    const result = await restore({ existing: 'update', recreate: true });
    expect(result).toMatchObject({ failed: 0, remaining: NOTHING });
    expect(linksOf('ann')).toEqual(['Google/1']);
  });
});

describe('an SMS preference', () => {
  let bench: Workbench;

  beforeEach(async () => {
    bench = await setUpWorkbench();
  });
  afterEach(() => bench.close());

  it.each(['random', 'temporary'] as const)(
    'comes back where it can, and fails nobody, with %s passwords',
    async (passwords) => {
      const config = { AutoVerifiedAttributes: ['phone_number'], MfaConfiguration: 'OPTIONAL' } as const;
      const source = bench.simulator.createPool({ ...config, PoolName: 'source' });
      const target = bench.simulator.createPool({ ...config, PoolName: 'target' });
      bench.simulator.pool(source).addUser({
        username: 'ann',
        smsMfa: true,
        attributes: [
          ['phone_number', '+15550100'],
          ['phone_number_verified', 'true'],
        ],
      });
      bench.simulator.pool(source).addUser({ username: 'bare', smsMfa: true, attributes: [] });
      const result = await restoreSnapshot(bench.deps, {
        reader: await bench.snapshotOf(source),
        target: parsePoolId(target),
        passwords,
        keepPassword: async () => {},
        confirm: async () => true,
      });
      expect(result).toMatchObject({ failed: 0, remaining: NOTHING });
      // Cognito takes no preference of somebody who still has a temporary password.
      expect(bench.simulator.pool(target).user('ann')?.smsMfa).toBe(passwords === 'random');
      expect(bench.simulator.pool(target).user('bare')?.smsMfa).toBe(false);
    },
  );
});
