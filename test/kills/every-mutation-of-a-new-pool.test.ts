import { CognitoIdentityProvider } from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PoolId } from '../../src/model/ids.ts';
import { backupPool } from '../../src/operations/backup/backup.ts';
import type { NewPoolResult } from '../../src/operations/new-pool/new-pool-result.ts';
import { restoreToNewPool } from '../../src/operations/new-pool/new-pool.ts';
import { parsePoolId } from '../../src/model/ids.ts';
import type { SnapshotRef } from '../../src/snapshot/keys.ts';
import { openSnapshot } from '../../src/snapshot/snapshot-reader.ts';
import { createConfiguredPool, SECRETS, type ConfiguredPool } from '../support/configured-pool.ts';
import { effort } from '../support/effort.ts';
import { live, startKillBench, type KillBench, type Lived } from './kill-bench.ts';
import type { KillableVault } from './killable-vault.ts';
import { VAULT_KINDS } from './killable-vault.ts';
import type { Kill } from './kill-switch.ts';
import { poolState } from './pool-state.ts';
import { describeKill, kills } from './sweep.ts';
import { leftovers } from './vault-leftovers.ts';

/** Draws the sample of the ordinary run; any other will do. */
const SEED = 1;
const MOST = effort({ ordinary: 60, long: Infinity });
/** What no two pools have in common. */
const OF_ONE_POOL = ['Id', 'Arn', 'Name', 'Domain', 'CreationDate', 'LastModifiedDate'];

let bench: KillBench;
let vault: KillableVault;
let source: ConfiguredPool;
let snapshot: SnapshotRef;

beforeAll(async () => {
  bench = await startKillBench();
  const { endpoint, region } = bench.simulator;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const sdk = new CognitoIdentityProvider({ endpoint, region, credentials, maxAttempts: 1 });
  source = await createConfiguredPool(sdk);
  await sdk.updateUserPool({
    ...(await settingsOf(sdk, source.poolId)),
    LambdaConfig: { PostConfirmation: `arn:aws:lambda:${region}:123456789012:function:f` },
    DeletionProtection: 'ACTIVE',
  });
  sdk.destroy();
  const pool = bench.simulator.pool(source.poolId);
  pool.addGroup({ name: 'staff' });
  pool.addUser({ username: 'ada', attributes: [['email', 'ada@example.com']], groups: ['staff'] });
  pool.addUser({ username: 'ben', enabled: false, attributes: [] });
  vault = await VAULT_KINDS.objects();
  await live(bench, vault, async (deps) => {
    const { id } = (await backupPool(deps, { poolId: source.poolId })).snapshot;
    snapshot = { poolId: source.poolId, id };
  });
});
afterAll(async () => {
  expect(bench.simulator.counters.messages.causedByAdmin).toBe(0);
  await bench.close();
});

/** UpdateUserPool resets what it is not told. */
async function settingsOf(sdk: CognitoIdentityProvider, UserPoolId: string) {
  const { UserPool: pool = {} } = await sdk.describeUserPool({ UserPoolId });
  return {
    UserPoolId,
    UserPoolTier: pool.UserPoolTier,
    UserPoolAddOns: pool.UserPoolAddOns,
    AutoVerifiedAttributes: pool.AutoVerifiedAttributes,
    UserPoolTags: pool.UserPoolTags,
    SmsConfiguration: pool.SmsConfiguration,
    MfaConfiguration: pool.MfaConfiguration,
  };
}

let cases = 0;

/** One new pool, through as many lives as it takes. */
async function newPoolCase() {
  cases += 1;
  const name = `risen-${cases}`;
  const copy = await vault.copy();
  let result: NewPoolResult | undefined;
  const run = (kill?: Kill): Promise<Lived> =>
    live(
      bench,
      copy,
      async (deps) => {
        result = await restoreToNewPool(deps, {
          reader: await openSnapshot(deps.vault, snapshot),
          name,
          region: bench.simulator.region,
          domains: { prefix: `${name}-domain` },
          providerSecrets: new Map([
            ['Google', { client_secret: SECRETS.google }],
            ['Corporate', { client_secret: SECRETS.oidc }],
          ]),
          confirm: async () => true,
        });
      },
      { kill },
    );
  return {
    live: run,
    end: async () => {
      const { UserPools } = bench.simulator.configure('ListUserPools', { MaxResults: 60 });
      const pools = (UserPools as readonly { readonly Id: string; readonly Name: string }[]).filter(
        (pool) => pool.Name === name,
      );
      const poolId = parsePoolId(pools[0]?.Id ?? '');
      const files = await copy.files();
      return {
        pools: pools.length,
        pool: comparable(poolId),
        failures: result?.made?.failures,
        differences: result?.made?.differences,
        clients: result?.made?.handOver.clients.map((client) => client.oldId),
        clientsThere: clientsOf(poolId),
        ...poolState(bench.simulator, poolId),
        leftovers: leftovers(files, poolId),
      };
    },
    remove: async () => {
      for (const { Id } of (bench.simulator.configure('ListUserPools', { MaxResults: 60 })['UserPools'] ?? []) as {
        Id: string;
        Name: string;
      }[]) {
        if (Id !== source.poolId) removePool(Id);
      }
      await copy.remove();
    },
  };
}

function comparable(poolId: PoolId): Record<string, unknown> {
  const { UserPool } = bench.simulator.configure('DescribeUserPool', { UserPoolId: poolId });
  return Object.fromEntries(Object.entries(UserPool as object).filter(([name]) => !OF_ONE_POOL.includes(name)));
}

function clientsOf(poolId: PoolId): readonly string[] {
  const { UserPoolClients } = bench.simulator.configure('ListUserPoolClients', { UserPoolId: poolId, MaxResults: 60 });
  return (UserPoolClients as readonly { readonly ClientName: string }[]).map(({ ClientName }) => ClientName).sort();
}

function removePool(UserPoolId: string): void {
  const { UserPool } = bench.simulator.configure('DescribeUserPool', { UserPoolId });
  const { Domain } = UserPool as { readonly Domain?: string };
  bench.simulator.configure('UpdateUserPool', { UserPoolId, DeletionProtection: 'INACTIVE' });
  if (Domain !== undefined) bench.simulator.configure('DeleteUserPoolDomain', { UserPoolId, Domain });
  bench.simulator.configure('DeleteUserPool', { UserPoolId });
}

describe('a restore into a new pool, killed at any mutation and run again', () => {
  it('ends with one pool, complete', async () => {
    const whole = await newPoolCase();
    const { mutations } = await whole.live();
    const expected = await whole.end();
    expect(expected).toMatchObject({ pools: 1, failures: [], differences: [], leftovers: [] });
    expect(mutations).toEqual(expect.arrayContaining(['CreateUserPool', 'CreateUserPoolClient', 'UpdateUserPool']));
    await whole.remove();
    for (const kill of kills(mutations.length, MOST, SEED)) {
      const one = await newPoolCase();
      const lived = await one.live(kill);
      if (lived.ended === 'killed') await one.live();
      expect(await one.end(), describeKill(kill, lived)).toEqual(expected);
      await one.remove();
    }
  });
});
