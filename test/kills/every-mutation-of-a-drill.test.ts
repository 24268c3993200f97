import { CognitoIdentityProvider } from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backupPool } from '../../src/operations/backup/backup.ts';
import { drill } from '../../src/operations/drill/drill.ts';
import type { DrillResult } from '../../src/operations/drill/drill-result.ts';
import { scratchTags } from '../../src/plan/scratch-pool/scratch-mark.ts';
import type { SnapshotRef } from '../../src/snapshot/keys.ts';
import { createConfiguredPool, type ConfiguredPool } from '../support/configured-pool.ts';
import { effort } from '../support/effort.ts';
import { live, startKillBench, type KillBench, type Lived } from './kill-bench.ts';
import type { KillableVault } from './killable-vault.ts';
import { VAULT_KINDS } from './killable-vault.ts';
import type { Kill } from './kill-switch.ts';
import { describeKill, kills } from './sweep.ts';

/** Draws the sample of the ordinary run; any other will do. */
const SEED = 2;
const MOST = effort({ ordinary: 40, long: Infinity });

let bench: KillBench;
let vault: KillableVault;
let source: ConfiguredPool;
let snapshot: SnapshotRef;
let before: unknown;

beforeAll(async () => {
  bench = await startKillBench();
  const { endpoint, region } = bench.simulator;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const sdk = new CognitoIdentityProvider({ endpoint, region, credentials, maxAttempts: 1 });
  source = await createConfiguredPool(sdk);
  sdk.destroy();
  const pool = bench.simulator.pool(source.poolId);
  pool.addGroup({ name: 'staff' });
  pool.addUser({ username: 'ada', attributes: [['email', 'ada@example.com']], groups: ['staff'] });
  pool.addUser({ username: 'ben', enabled: false, attributes: [] });
  // A pool of somebody's own that looks like one of ours: in name or tags alone.
  const mark = { purpose: 'drill', run: '20200101T000000Z-abcdef', owner: 'x', until: new Date(0) } as const;
  bench.simulator.configure('CreateUserPool', { PoolName: 'cognito-backup-scratch-drill-20200101T000000Z-abcdef' });
  bench.simulator.configure('CreateUserPool', { PoolName: 'customers', UserPoolTags: scratchTags(mark) });
  vault = await VAULT_KINDS.objects();
  await live(bench, vault, async (deps) => {
    const { id } = (await backupPool(deps, { poolId: source.poolId })).snapshot;
    snapshot = { poolId: source.poolId, id };
  });
  before = everyPool();
});
afterAll(async () => {
  expect(bench.simulator.counters.messages.byCause).toEqual({});
  await bench.close();
});

/** Every pool of the account as it is, with its users. */
function everyPool(): unknown {
  const { UserPools } = bench.simulator.configure('ListUserPools', { MaxResults: 60 });
  return (UserPools as readonly { readonly Id: string }[]).map(({ Id }) => ({
    pool: bench.simulator.configure('DescribeUserPool', { UserPoolId: Id }),
    users: [...bench.simulator.pool(Id).users()],
  }));
}

/** Drills in one vault, each a process of its own. */
async function drillCase() {
  const copy = await vault.copy();
  let result: DrillResult | undefined;
  return {
    live: (kill?: Kill): Promise<Lived> =>
      live(
        bench,
        copy,
        async (deps) => {
          const { region } = bench.simulator;
          result = await drill(deps, { ref: snapshot, region, confirm: async () => true });
        },
        { kill },
      ),
    end: async () => {
      const files = [...(await copy.files())];
      return {
        problems: result?.outcome?.problems,
        pools: everyPool(),
        remembered: files.filter(([path]) => path.startsWith('runs/')).map(([path]) => path),
        held: files.filter(([path, text]) => path.startsWith('locks/') && !text.includes('"state":"free"')),
      };
    },
    remove: () => copy.remove(),
  };
}

describe('a drill, killed at any mutation', () => {
  it('leaves nothing behind that the next one does not delete, and touches no other pool', async () => {
    const whole = await drillCase();
    const { mutations } = await whole.live();
    expect(mutations).toEqual(expect.arrayContaining(['CreateUserPool', 'AdminCreateUser', 'DeleteUserPool']));
    const expected = { problems: [], pools: before, remembered: [], held: [] };
    expect(await whole.end()).toEqual(expected);
    await whole.remove();
    for (const kill of kills(mutations.length, MOST, SEED)) {
      const one = await drillCase();
      const lived = await one.live(kill);
      await one.live();
      expect(await one.end(), describeKill(kill, lived)).toEqual(expected);
      await one.remove();
    }
  });
});
