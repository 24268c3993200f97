import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CognitoGateway } from '../../src/cognito/gateway.ts';
import { BackupError } from '../../src/model/errors.ts';
import type { PoolDescription } from '../../src/model/pool.ts';
import { makeScratchPool } from '../../src/operations/scratch-pool/make-scratch-pool.ts';
import { newScratchMark, type NewMarkOptions } from '../../src/operations/scratch-pool/new-scratch-mark.ts';
import { removeLeftovers } from '../../src/operations/scratch-pool/remove-leftovers.ts';
import { removeScratchPool } from '../../src/operations/scratch-pool/remove-scratch-pool.ts';
import { scratchMarkOf, scratchName, scratchTags, type ScratchMark } from '../../src/plan/scratch-pool/scratch-mark.ts';
import { setUpWorkbench, hurriedRuntime as runtime, type Workbench } from '../support/workbench.ts';

const VAULT = '0123456789abcdef0123456789abcdef';
const HOUR_MS = 3_600_000;
/** A machine that is not this one. */
const ELSEWHERE = '0000000000000000 1 1';
/** A process of this machine that is not there. */
const noLonger = (owner: string): string => owner.replace(/ \d+ .*$/, ' 4194305 1');

let bench: Workbench;
let gateway: CognitoGateway;
beforeEach(async () => {
  bench = await setUpWorkbench();
  ({ gateway } = bench);
  await gateway.send('ListUserPools', {});
});
afterEach(() => bench.close());

const newMark = (options: Partial<NewMarkOptions> = {}): Promise<ScratchMark> =>
  newScratchMark({ purpose: 'probe', lifeMs: 10 * HOUR_MS, serviceTime: gateway.serviceTime(), runtime, ...options });

const make = (mark: ScratchMark, through = gateway): Promise<PoolDescription> =>
  makeScratchPool(through, { mark, settings: { MfaConfiguration: 'OFF' } }, { runtime });

function poolNames(): readonly string[] {
  const { UserPools } = bench.simulator.configure('ListUserPools', { MaxResults: 60 });
  return (UserPools as readonly { readonly Name: string }[]).map(({ Name }) => Name);
}

describe('a scratch pool', () => {
  it('is marked from its first moment, and its run deletes it, twice if need be', async () => {
    const mark = await newMark();
    const pool = await make(mark);
    expect(pool.name).toBe(scratchName(mark));
    expect(scratchMarkOf(pool)).toEqual(mark);
    const owner = async () => 'self' as const;
    expect(await removeScratchPool(gateway, pool.id, { owner })).toBe(true);
    expect(await removeScratchPool(gateway, pool.id, { owner })).toBe(false);
    expect(poolNames()).toEqual([]);
  });

  it('is not made twice, nor missed, when answers are lost', async () => {
    let lost = 0;
    const deaf: CognitoGateway = {
      ...gateway,
      serviceTime: () => gateway.serviceTime(),
      send: async (operation, request, signal) => {
        const answer = await gateway.send(operation, request, signal);
        if (operation !== 'CreateUserPool' || lost > 0) return answer;
        lost += 1;
        throw new BackupError('unavailable', 'no answer');
      },
    };
    const mark = await newMark();
    const pool = await make(mark, deaf);
    expect(lost).toBe(1);
    expect(poolNames()).toEqual([scratchName(mark)]);
    expect(scratchMarkOf(pool)).toEqual(mark);
  });

  it('is left alone once somebody has adopted it, while its owner is looked for too', async () => {
    const pool = await make(await newMark());
    const adopt = async (): Promise<'self'> => {
      bench.simulator.configure('TagResource', { ResourceArn: pool.arn, Tags: { 'cognito-backup:protected': 'true' } });
      return 'self';
    };
    await expect(removeScratchPool(gateway, pool.id, { owner: adopt })).rejects.toMatchObject({ code: 'refused' });
    expect(poolNames()).toEqual([pool.name]);
  });
});

describe('leftovers', () => {
  it('of runs that were killed are deleted; those of runs that work, or may, stay; all other pools are not touched', async () => {
    const source = 'eu-central-1_AbCdEfGhI';
    const dead = await newMark();
    const marks = {
      living: await newMark(),
      dead: { ...dead, owner: noLonger(dead.owner) },
      elsewhere: { ...(await newMark()), owner: ELSEWHERE },
      longAgo: { ...(await newMark({ lifeMs: HOUR_MS })), owner: ELSEWHERE },
      leased: { ...(await newMark({ purpose: 'drill' })), lease: `${VAULT} eu-central-1_Leased` },
      unleased: { ...(await newMark({ purpose: 'drill' })), lease: `${VAULT} ${source}` },
      otherVault: { ...(await newMark()), lease: `${VAULT.replace('0', 'f')} ${source}`, owner: ELSEWHERE },
    };
    for (const mark of Object.values(marks)) await make(mark);
    const named = scratchName(await newMark());
    bench.simulator.configure('CreateUserPool', { PoolName: named });
    bench.simulator.configure('CreateUserPool', { PoolName: 'customers', UserPoolTags: scratchTags(marks.dead) });
    const later: CognitoGateway = {
      ...gateway,
      send: (...call) => gateway.send(...call),
      serviceTime: () => new Date((gateway.serviceTime()?.getTime() ?? 0) + 2 * HOUR_MS),
    };
    const { removed, left } = await removeLeftovers(later, {
      witness: { vaultId: VAULT, isHeldByAnother: async (poolId) => poolId !== source },
    });
    const names = ({ run, purpose }: ScratchMark): string => scratchName({ run, purpose });
    expect(removed.map(({ name }) => name).toSorted()).toEqual(
      [marks.dead, marks.longAgo, marks.unleased].map(names).toSorted(),
    );
    expect(left).toHaveLength(4);
    expect(poolNames().toSorted()).toEqual(
      [...[marks.living, marks.elsewhere, marks.leased, marks.otherVault].map(names), named, 'customers'].toSorted(),
    );
  });
});
