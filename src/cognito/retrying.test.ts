import { describe, expect, it } from 'vitest';
import { BackupError, type ErrorCode } from '../model/errors.ts';
import type { BackupEvent } from '../model/events.ts';
import { parsePoolId } from '../model/ids.ts';
import { manualRuntime } from '../runtime/manual-runtime.ts';
import { withCallCounts } from './counted.ts';
import { fakeGateway } from './fake-gateway.ts';
import { withGovernor } from './governed.ts';
import { createGovernor } from './governor.ts';
import { resolveRates } from './rates.ts';
import { withRetry } from './retrying.ts';

const poolId = parsePoolId('eu-central-1_Example01');
const page = { items: [] };

function setUp(errors: readonly (ErrorCode | undefined)[], forever?: ErrorCode) {
  const runtime = manualRuntime();
  const events: BackupEvent[] = [];
  const observer = (event: BackupEvent) => void events.push(event);
  const fake = fakeGateway((_call, index) => {
    const code = errors[index] ?? forever;
    if (code) throw new BackupError(code, 'x', code === 'rejected' ? { awsName: 'UsernameExistsException' } : {});
    return page;
  });
  return { runtime, events, observer, fake };
}

describe('withRetry', () => {
  it('sends again what had no answer, waiting longer each time', async () => {
    const { runtime, events, observer, fake } = setUp(['unavailable', 'unavailable', 'unreadable-answer']);
    const gateway = withRetry(fake, { runtime, observer });
    expect(await gateway.send('ListUsers', { poolId })).toBe(page);
    expect(fake.sent).toHaveLength(4);
    expect(events.map((event) => event.kind)).toEqual(['retried', 'retried', 'retried']);
    expect(runtime.sleeps[1]).toBeGreaterThan(runtime.sleeps[0] ?? 0);
  });

  it('doubles the wait from 200 ms to ten seconds, at a random point of its upper half', async () => {
    for (const [byte, share] of [
      [0, 0.5],
      [255, 0.5 + 255 / 512],
    ] as const) {
      const { runtime, events, observer, fake } = setUp([], 'unavailable');
      const fixed = { ...runtime, randomBytes: (size: number) => new Uint8Array(size).fill(byte) };
      await expect(withRetry(fake, { runtime: fixed, observer }).send('ListUsers', { poolId })).rejects.toThrow();
      const fullMs = [200, 400, 800, 1_600, 3_200, 6_400, 10_000];
      expect(runtime.sleeps).toEqual(fullMs.map((ms) => ms * share));
      expect(events).toEqual(
        fullMs.map((_, index) => ({
          kind: 'retried',
          operation: 'ListUsers',
          attempt: index + 1,
          reason: 'unavailable',
        })),
      );
    }
  });

  it.each(['unavailable', 'unreadable-answer', 'throttled'] as const)(
    'asks services beside Cognito twice at most: %s',
    async (code) => {
      const { runtime, observer, fake } = setUp([], code);
      const gateway = withRetry(fake, { runtime, observer });
      await expect(gateway.send('GetWebACLForResource', { resourceArn: 'a' })).rejects.toThrow();
      await expect(gateway.send('GetPolicy', { functionArn: 'f' })).rejects.toThrow();
      expect(fake.sent).toHaveLength(4);
    },
  );

  it.each(['CreateUserPool', 'CreateUserPoolClient'] as const)(
    'leaves it to its caller to look before %s is sent again, unless it was only throttled',
    async (operation) => {
      for (const code of ['unavailable', 'unreadable-answer'] as const) {
        const { runtime, observer, fake } = setUp([code]);
        const asked = withRetry(fake, { runtime, observer }).send(operation, { poolId, document: {} });
        await expect(asked).rejects.toMatchObject({ code });
        expect(fake.sent).toHaveLength(1);
      }
      const { runtime, observer, fake } = setUp(['throttled']);
      await withRetry(fake, { runtime, observer }).send(operation, { poolId, document: {} });
      expect(fake.sent).toHaveLength(2);
    },
  );

  it("reports AWS's own name of what went wrong, where there is one", async () => {
    const { runtime, events, observer } = setUp([]);
    const fake = fakeGateway((_call, index) => {
      if (index === 0) throw new BackupError('unavailable', 'x', { awsName: 'InternalErrorException' });
      return page;
    });
    await withRetry(fake, { runtime, observer }).send('ListUsers', { poolId });
    expect(events).toMatchObject([{ kind: 'retried', reason: 'InternalErrorException' }]);
  });

  it('uploads again too, and hands on the time of the service', async () => {
    const { runtime, events, observer, fake } = setUp([]);
    const serviceTime = new Date(0);
    let uploads = 0;
    const upload = async (): Promise<void> => {
      uploads += 1;
      if (uploads === 1) throw new BackupError('unavailable', 'x');
    };
    const gateway = withRetry({ ...fake, upload, serviceTime: () => serviceTime }, { runtime, observer });
    await gateway.upload('https://example.com', { path: 'users.csv' });
    expect(uploads).toBe(2);
    expect(events).toMatchObject([{ kind: 'retried', operation: 'upload' }]);
    expect(gateway.serviceTime()).toBe(serviceTime);
  });

  it('gives up an outage after eight attempts and an unreadable answer after four', async () => {
    for (const [code, attempts] of [
      ['unavailable', 8],
      ['unreadable-answer', 4],
    ] as const) {
      const { runtime, observer, fake } = setUp([], code);
      const gateway = withRetry(fake, { runtime, observer });
      await expect(gateway.send('ListUsers', { poolId })).rejects.toMatchObject({ code });
      expect(fake.sent).toHaveLength(attempts);
    }
  });

  it.each(['rejected', 'not-authorized', 'credentials', 'pool-not-found'] as const)(
    'passes %s on at once',
    async (code) => {
      const { runtime, observer, fake } = setUp([], code);
      const gateway = withRetry(fake, { runtime, observer });
      await expect(gateway.send('ListUsers', { poolId })).rejects.toMatchObject({ code });
      expect(fake.sent).toHaveLength(1);
    },
  );

  it.each([
    ['unavailable', true],
    ['unreadable-answer', true],
    ['throttled', false],
  ] as const)('says of a refusal whether it repeats what had an unknown outcome: after %s', async (code, repeated) => {
    const { runtime, observer, fake } = setUp([code, 'rejected']);
    const gateway = withRetry(fake, { runtime, observer });
    const create = gateway.send('AdminCreateUser', { poolId, username: 'u', attributes: [] });
    await expect(create).rejects.toMatchObject({ code: 'rejected', awsName: 'UsernameExistsException', repeated });
  });

  it('says so of a refusal alone, and keeps everything else that was said of it', async () => {
    const refusal = { awsName: 'UsernameExistsException', hint: 'h', cause: new Error('c') };
    const { runtime, observer } = setUp([]);
    const send = (second: BackupError): Promise<unknown> => {
      const fake = fakeGateway((_call, index) => {
        throw index === 0 ? new BackupError('unavailable', 'x') : second;
      });
      return withRetry(fake, { runtime, observer })
        .send('ListUsers', { poolId })
        .catch((error: unknown) => error);
    };
    const repeated = await send(new BackupError('rejected', 'm', refusal));
    expect(repeated).toMatchObject({ code: 'rejected', message: 'm', repeated: true, ...refusal });
    const bare = await send(new BackupError('rejected', 'm'));
    expect(bare).toMatchObject({ repeated: true, hint: undefined, awsName: undefined });
    const other = new BackupError('not-authorized', 'm');
    expect(await send(other)).toBe(other);
    const { fake } = setUp(['rejected']);
    const first = await withRetry(fake, { runtime, observer })
      .send('ListUsers', { poolId })
      .catch((error: unknown) => error);
    expect(first).toMatchObject({ code: 'rejected', repeated: false });
  });

  it('bears throttling for ten minutes unless told otherwise, and says for how long it did', async () => {
    for (const [options, minutes] of [
      [{}, 10],
      [{ patienceMs: 150_000 }, 3],
      [{ patienceMs: 1 }, 1],
    ] as const) {
      const { runtime, observer } = setUp([]);
      const cause = new BackupError('throttled', 'x', { awsName: 'TooManyRequestsException' });
      const fake = fakeGateway(() => {
        throw cause;
      });
      await expect(
        withRetry(fake, { runtime, observer, ...options }).send('ListUsers', { poolId }),
      ).rejects.toMatchObject({
        message: `Cognito throttled ListUsers for ${minutes} min without one call getting through`,
        awsName: 'TooManyRequestsException',
        cause,
      });
      expect(runtime.monotonicMs()).toBeLessThan((minutes + 0.1) * 60_000);
      expect(Math.max(...runtime.sleeps)).toBeLessThan(5_000);
      if (minutes > 1) expect(Math.max(...runtime.sleeps)).toBeGreaterThan(4_500);
    }
  });

  it('bears throttling for as long as its patience, then says so', async () => {
    const { runtime, observer, fake } = setUp([], 'throttled');
    const gateway = withRetry(fake, { runtime, observer, patienceMs: 60_000 });
    await expect(gateway.send('ListUsers', { poolId })).rejects.toMatchObject({
      code: 'throttled',
      hint: expect.stringContaining('later'),
    });
    expect(runtime.monotonicMs()).toBeGreaterThanOrEqual(60_000);
    expect(runtime.monotonicMs()).toBeLessThan(66_000);
  });

  it('has no patience where none is given', async () => {
    const { runtime, observer, fake } = setUp([], 'throttled');
    const gateway = withRetry(fake, { runtime, observer, patienceMs: 0 });
    await expect(gateway.send('ListUsers', { poolId })).rejects.toMatchObject({ code: 'throttled' });
    expect(fake.sent).toHaveLength(1);
  });

  it('does not lose patience while other calls get through', async () => {
    const { runtime, observer } = setUp([]);
    let throttles = 0;
    const fake = fakeGateway(({ operation }) => {
      if (operation === 'DescribeUserPool') return undefined;
      throttles += 1;
      if (throttles < 100) throw new BackupError('throttled', 'x');
      return page;
    });
    const gateway = withRetry(fake, { runtime, observer, patienceMs: 30_000 });
    let isListed = false;
    const listing = gateway.send('ListUsers', { poolId }).finally(() => (isListed = true));
    listing.catch(() => undefined);
    while (!isListed) await gateway.send('DescribeUserPool', { poolId });
    expect(await listing).toBe(page);
    expect(runtime.monotonicMs()).toBeGreaterThan(30_000);
  });

  it('stops waiting when the signal aborts', async () => {
    const { runtime, observer } = setUp([]);
    const abort = new AbortController();
    const fake = fakeGateway(() => {
      abort.abort();
      throw new BackupError('throttled', 'x');
    });
    const gateway = withRetry(fake, { runtime, observer });
    await expect(gateway.send('ListUsers', { poolId }, abort.signal)).rejects.toMatchObject({ code: 'interrupted' });
    expect(fake.sent).toHaveLength(1);
  });
});

describe('retry over governor over counts', () => {
  it('paces every attempt, counts it, and reports the throttling', async () => {
    const { runtime, events, observer, fake } = setUp(['throttled', 'throttled']);
    const counted = withCallCounts(fake);
    const governor = createGovernor({ runtime, rates: resolveRates(counted, runtime, { maxRps: 10 }) });
    const gateway = withRetry(withGovernor(counted, governor, observer), { runtime, observer });
    await gateway.send('ListUsers', { poolId });
    expect(counted.counts()).toEqual({ calls: { UserList: 3 }, throttles: 2 });
    expect(runtime.monotonicMs()).toBeGreaterThanOrEqual(1000);
    expect(events).toEqual([
      { kind: 'throttled', category: 'UserList', operation: 'ListUsers', ratePerSecond: 7 },
      { kind: 'throttled', category: 'UserList', operation: 'ListUsers', ratePerSecond: expect.any(Number) },
    ]);
  });
});
