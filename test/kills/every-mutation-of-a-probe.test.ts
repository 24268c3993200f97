import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { probeService, type ProbeResult } from '../../src/operations/doctor/probe/probe.ts';
import { effort } from '../support/effort.ts';
import { live, startKillBench, type KillBench, type Lived } from './kill-bench.ts';
import { VAULT_KINDS, type KillableVault } from './killable-vault.ts';
import type { Kill } from './kill-switch.ts';
import { describeKill, kills } from './sweep.ts';

/** Draws the sample of the ordinary run; any other will do. */
const SEED = 1;
/** Most mutations create a user, and one of those is like another. */
const MOST = effort({ ordinary: 24, long: Infinity });
const ROLE = 'arn:aws:iam::123456789012:role/cognito-import';

let bench: KillBench;
let vault: KillableVault;
let bystander: string;
beforeAll(async () => {
  bench = await startKillBench();
  vault = await VAULT_KINDS.objects();
  // Makes the vault, which a probe does not need.
  await live(bench, vault, async () => {});
  bystander = bench.simulator.createPool({ PoolName: 'customers' });
});
afterAll(async () => {
  expect(bench.simulator.counters.messages.causedByAdmin).toBe(0);
  await bench.close();
});

interface ListedPool {
  readonly Id: string;
  readonly Name: string;
}

function pools(): readonly ListedPool[] {
  return bench.simulator.configure('ListUserPools', { MaxResults: 60 })['UserPools'] as readonly ListedPool[];
}

const lived = { result: undefined as ProbeResult | undefined };

async function probe(kill?: Kill): Promise<Lived> {
  lived.result = undefined;
  return live(
    bench,
    vault,
    async ({ gateway, runtime, observer }) => {
      lived.result = await probeService({ gateway, runtime, observer }, { region: 'eu-central-1', importRole: ROLE });
    },
    { kill },
  );
}

/** Lives end in this process, which goes on: what another one would see is that the owner of the pool is gone. */
function buryOwners(): void {
  for (const { Id } of pools().filter(({ Id }) => Id !== bystander)) {
    const { UserPool } = bench.simulator.configure('DescribeUserPool', { UserPoolId: Id });
    const { Arn, UserPoolTags } = UserPool as { readonly Arn: string; readonly UserPoolTags: Record<string, string> };
    const owner = UserPoolTags['cognito-backup:scratch-owner'] ?? '';
    const Tags = { 'cognito-backup:scratch-owner': owner.replace(/ \d+ \d+$/, ' 4194305 1') };
    bench.simulator.configure('TagResource', { ResourceArn: Arn, Tags });
  }
}

describe('a probe, killed at any mutation and run again', () => {
  it('leaves no pool, and asks all its questions', async () => {
    const { mutations } = await probe();
    expect(mutations[0]).toBe('CreateUserPool');
    expect(mutations.at(-1)).toBe('DeleteUserPool');
    expect(lived.result?.facts.map(({ verdict }) => verdict)).not.toContain('inconclusive');
    expect(pools().map(({ Id }) => Id)).toEqual([bystander]);
    for (const kill of killsOf(mutations)) {
      const first = await probe(kill);
      const what = describeKill(kill, first);
      const left = pools().length - 1;
      // The pool stands from the first mutation's end to the last one's.
      expect(left, what).toBe(isThere(kill, mutations.length) ? 1 : 0);
      buryOwners();
      // A job that was under way has to end before its pool can be deleted.
      bench.clock.skip(600_000);
      await probe();
      expect(lived.result, what).toMatchObject({ remains: null, leftovers: { left: [] } });
      expect(lived.result?.leftovers.removed, what).toHaveLength(left);
      expect(
        pools().map(({ Id }) => Id),
        what,
      ).toEqual([bystander]);
    }
  });
});

function isThere({ k, when }: Kill, last: number): boolean {
  if (k === 1) return when === 'after';
  return k < last || when === 'before';
}

/** All that are no creation of a user, and a sample of those. */
function killsOf(mutations: readonly string[]): readonly Kill[] {
  const all = kills(mutations.length, Infinity, SEED);
  const isUser = ({ k }: Kill): boolean => mutations[k - 1] === 'AdminCreateUser';
  const others = all.filter((kill) => !isUser(kill));
  const users = all.filter(isUser);
  const step = Math.max(1, Math.ceil(users.length / Math.max(1, MOST - others.length)));
  return [...others, ...users.filter((_, index) => MOST === Infinity || index % step === 0)];
}
