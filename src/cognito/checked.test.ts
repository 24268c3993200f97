import { expect, it } from 'vitest';
import { samplePool } from '../../test/fakes/sample-pool.ts';
import { scriptedGateway } from '../../test/fakes/scripted-gateway.ts';
import { BackupError } from '../model/errors.ts';
import { manualRuntime } from '../runtime/manual-runtime.ts';
import { checkedRequest, withChecks } from './checked.ts';
import { withGovernor } from './governed.ts';
import { withRetry } from './retrying.ts';

const POOL = samplePool();
const observer = (): void => undefined;

it('the check of a request is asked before every attempt, after the wait for a slot', async () => {
  const order: string[] = [];
  let attempts = 0;
  const bare = scriptedGateway({
    DescribeUserPool: () => {
      order.push('sent');
      if ((attempts += 1) < 3) throw new BackupError('throttled', 'Too many requests');
      return POOL;
    },
  });
  const governor = {
    acquire: async () => void order.push('slot'),
    throttled: () => 1,
    rate: async () => 1,
    quota: async () => Promise.reject(new Error('Not asked')),
  };
  const gateway = withRetry(withGovernor(withChecks(bare), governor, observer), { runtime: manualRuntime(), observer });
  const check = async (): Promise<void> => {
    order.push('checked');
  };
  expect(await gateway.send('DescribeUserPool', checkedRequest({ poolId: POOL.id }, check))).toBe(POOL);
  expect(order).toEqual(Array.from({ length: 3 }, () => ['slot', 'checked', 'sent']).flat());
});

it('a check that throws lets nothing out, and is not asked for other requests', async () => {
  const bare = scriptedGateway({ DescribeUserPool: () => POOL });
  const gateway = withRetry(withChecks(bare), { runtime: manualRuntime(), observer });
  const refuse = (): Promise<never> => Promise.reject(new BackupError('locked', 'Lost'));
  const request = checkedRequest({ poolId: POOL.id }, refuse);
  await expect(gateway.send('DescribeUserPool', request)).rejects.toMatchObject({ code: 'locked' });
  expect(bare.calls).toEqual([]);
  expect(await gateway.send('DescribeUserPool', { poolId: POOL.id })).toBe(POOL);
});
