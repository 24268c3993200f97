import { describe, expect, it } from 'vitest';
import { BackupError } from '../model/errors.ts';
import type { BackupEvent } from '../model/events.ts';
import { parsePoolId } from '../model/ids.ts';
import { fakeGateway } from './fake-gateway.ts';
import { withGovernor } from './governed.ts';
import type { Governor } from './governor.ts';

const poolId = parsePoolId('eu-central-1_Example01');

function setUp(answer: () => unknown) {
  const asked: unknown[] = [];
  const governor: Governor = {
    acquire: async (...call) => void asked.push(['acquire', ...call]),
    throttled: (...call) => {
      asked.push(['throttled', ...call]);
      return 7;
    },
    rate: async () => 1,
    quota: async (category) => ({ category, requestsPerSecond: 1, source: 'default', pace: 1 }),
  };
  const events: BackupEvent[] = [];
  const fake = fakeGateway(answer);
  const serviceTime = new Date(0);
  const gateway = withGovernor({ ...fake, serviceTime: () => serviceTime }, governor, (event) => events.push(event));
  return { asked, events, fake, serviceTime, gateway };
}

describe('withGovernor', () => {
  it('asks for every call, with its pool where it has one, and the signal', async () => {
    const { asked, gateway } = setUp(() => ({ items: [] }));
    const { signal } = new AbortController();
    await gateway.send('ListUsers', { poolId }, signal);
    await gateway.send('GetProvisionedLimit', { category: 'UserList' });
    expect(asked).toEqual([
      ['acquire', 'ListUsers', poolId, signal],
      ['acquire', 'GetProvisionedLimit', undefined, undefined],
    ]);
  });

  it('tells governor and observer of a throttling, and nobody of another error', async () => {
    let code: 'throttled' | 'rejected' = 'throttled';
    const { asked, events, gateway } = setUp(() => {
      throw new BackupError(code, 'x');
    });
    await expect(gateway.send('ListUsers', { poolId })).rejects.toMatchObject({ code: 'throttled' });
    expect(asked.at(-1)).toEqual(['throttled', 'ListUsers', poolId]);
    expect(events).toEqual([{ kind: 'throttled', category: 'UserList', operation: 'ListUsers', ratePerSecond: 7 }]);
    code = 'rejected';
    await expect(gateway.send('ListUsers', { poolId })).rejects.toMatchObject({ code: 'rejected' });
    expect(asked.at(-1)).toEqual(['acquire', 'ListUsers', poolId, undefined]);
    expect(events).toHaveLength(1);
  });

  it('hands on uploads, which no quota counts, and the time of the service', async () => {
    const { asked, fake, serviceTime, gateway } = setUp(() => undefined);
    await gateway.upload('https://example.com', { path: 'users.csv' });
    expect(fake.uploads).toEqual(['users.csv']);
    expect(gateway.serviceTime()).toBe(serviceTime);
    expect(asked).toEqual([]);
  });
});
