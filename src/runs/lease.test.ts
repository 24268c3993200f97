import { beforeEach, describe, expect, it } from 'vitest';
import { collect } from '../../test/fakes/collect.ts';
import { memoryStorage, type MemoryStorage } from '../../test/fakes/memory-storage.ts';
import { RUN_TARGET } from '../../test/fakes/sample-run.ts';
import { BackupError } from '../model/errors.ts';
import { manualRuntime, type ManualRuntime } from '../runtime/manual-runtime.ts';
import { ownProcessMark } from '../runtime/process-mark.ts';
import { takeLease, type Lease } from './lease.ts';
import { leasedStorage } from './leased-storage.ts';
import { leaseKey } from './run-keys.ts';

const KEY = leaseKey(RUN_TARGET);
const MINUTE_MS = 60_000;

describe('a lease', () => {
  let storage: MemoryStorage;
  let runtime: ManualRuntime;
  beforeEach(() => {
    storage = memoryStorage();
    runtime = manualRuntime();
  });
  const take = (): Promise<Lease> => takeLease({ storage, runtime, target: RUN_TARGET, command: 'restore' });
  const holderNow = () => JSON.parse(Buffer.from(storage.objects.get(KEY) ?? []).toString());
  const heldBy = async (overrides: object): Promise<void> => {
    const expiresAt = new Date(runtime.now().getTime() + MINUTE_MS).toISOString();
    const holder = { owner: 'other', command: 'clean', host: 'elsewhere', pid: 1, expiresAt, ...overrides };
    await storage.put(KEY, Buffer.from(JSON.stringify(holder)));
  };

  it('is held by one run at a time, and free again after its release', async () => {
    const lease = await take();
    await expect(take()).rejects.toMatchObject({ code: 'locked' });
    await lease.release();
    expect(holderNow()).toMatchObject({ state: 'free', generation: 1 });
    expect((await take()).generation).toBe(2);
  });

  it('is refused while another machine holds it, and taken once it ran out', async () => {
    await heldBy({});
    await expect(take()).rejects.toMatchObject({ code: 'locked', message: expect.stringContaining('clean') });
    runtime.advance(MINUTE_MS);
    await take();
    expect(holderNow().command).toBe('restore');
  });

  it('is taken at once from a file that says nothing', async () => {
    await storage.put(KEY, Buffer.from('{'));
    await take();
    expect(holderNow()).toMatchObject({ command: 'restore', generation: 1 });
    await expect(take()).rejects.toMatchObject({ code: 'locked' });
  });

  it.runIf(process.platform === 'linux')('is taken at once from a process of this machine that has ended', async () => {
    await heldBy({ ...(await ownProcessMark()), pid: 2 ** 22 + 1, generation: 6 });
    expect((await take()).generation).toBe(7);
  });

  it.each(['boot', 'namespaces'])(
    'is left to a container of the same host name (another %s) until it ran out',
    async (field) => {
      await heldBy({ ...(await ownProcessMark()), pid: 2 ** 22 + 1, [field]: 'other' });
      await expect(take()).rejects.toMatchObject({ code: 'locked' });
      runtime.advance(MINUTE_MS);
      await take();
    },
  );

  it('says who holds it', async () => {
    await heldBy({ pid: 4711 });
    await expect(take()).rejects.toThrow(
      'a clean run holds it until 2026-11-22T12:01:00.000Z (process 4711 on elsewhere)',
    );
  });

  it('is renewed once a minute, once for all callers, and outlives its first term', async () => {
    const lease = await take();
    const first = holderNow().expiresAt;
    await Promise.all([lease.keep(), lease.keep()]);
    expect(storage.writes).toHaveLength(1);
    for (let minute = 0; minute < 10; minute += 1) {
      runtime.advance(MINUTE_MS);
      await Promise.all([lease.keep(), lease.keep(), lease.keep()]);
    }
    expect(storage.writes).toHaveLength(11);
    expect(holderNow().expiresAt > first).toBe(true);
    await expect(take()).rejects.toMatchObject({ code: 'locked' });
  });

  it('is renewed by a run that stalled, as long as nobody took it', async () => {
    const lease = await take();
    runtime.advance(20 * MINUTE_MS);
    await lease.keep();
    await expect(take()).rejects.toMatchObject({ code: 'locked' });
  });

  it('is lost to whoever took it over, who keeps it when the loser lets go', async () => {
    const lease = await take();
    runtime.advance(20 * MINUTE_MS);
    await take();
    await expect(lease.keep()).rejects.toMatchObject({ code: 'locked' });
    await lease.release();
    expect(storage.objects.has(KEY)).toBe(true);
  });

  it('goes to one of two who find it run out', async () => {
    await heldBy({ expiresAt: runtime.now().toISOString() });
    const taken = await Promise.allSettled([take(), take(), take()]);
    expect(taken.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('is trusted by nobody who was stalled: before the next write it is renewed, or found lost', async () => {
    const lease = await take();
    // The renewal arrives, and its owner stalls before the answer does: another run takes the lease meanwhile.
    storage.afterWrite = () => {
      storage.afterWrite = () => undefined;
      runtime.advance(20 * MINUTE_MS);
      void storage.put(KEY, Buffer.from(JSON.stringify({ ...holderNow(), owner: 'other', generation: 2 })));
    };
    runtime.advance(MINUTE_MS);
    await expect(lease.keep()).rejects.toMatchObject({ code: 'locked' });
    await expect(lease.keep()).rejects.toMatchObject({ code: 'locked' });
  });

  it('is as old as its content: a renewal that took longer than it lives is made again', async () => {
    const lease = await take();
    storage.afterWrite = (_key, write) => {
      if (write === 1) runtime.advance(20 * MINUTE_MS);
    };
    runtime.advance(MINUTE_MS);
    await lease.keep();
    expect(storage.writes).toHaveLength(3);
  });

  it('is renewed after the machine slept, which the monotonic clock does not count', async () => {
    let sleptMs = 0;
    const asleep = { ...runtime, now: () => new Date(runtime.now().getTime() + sleptMs) };
    const options = { storage, runtime: asleep, target: RUN_TARGET, command: 'restore' };
    const lease = await takeLease(options);
    sleptMs = 8 * 60 * MINUTE_MS;
    await takeLease(options);
    await expect(lease.keep()).rejects.toMatchObject({ code: 'locked' });
  });

  describe('of a machine whose clocks do not agree', () => {
    const serviceTime = () => ({ date: runtime.now(), askedMs: runtime.monotonicMs() });
    /** Another machine, whose clocks are right. */
    const takeElsewhere = (): Promise<Lease> =>
      takeLease({ storage, runtime, target: RUN_TARGET, command: 'clean', serviceTime: serviceTime() });
    /** Its monotonic clock has stood still, and its wall clock is off, for so long. */
    const off = { sleptMs: 0, setMs: 0 };
    const takeHere = async (): Promise<Lease> => {
      Object.assign(off, { sleptMs: 0, setMs: 0 });
      const own = {
        ...runtime,
        monotonicMs: () => runtime.monotonicMs() - off.sleptMs,
        now: () => new Date(runtime.now().getTime() + off.setMs),
      };
      return takeLease({ storage, runtime: own, target: RUN_TARGET, command: 'restore', serviceTime: serviceTime() });
    };
    const sleep = (ms: number): void => {
      off.sleptMs += ms;
      runtime.advance(ms);
    };

    it('is held after every sleep, once it is renewed', async () => {
      const lease = await takeHere();
      for (const minutes of [20, 480, 6]) {
        sleep(minutes * MINUTE_MS);
        await lease.keep();
        expect(holderNow().expiresAt).toBe(new Date(runtime.now().getTime() + 5 * MINUTE_MS).toISOString());
        await expect(takeElsewhere()).rejects.toMatchObject({ code: 'locked' });
        runtime.advance(MINUTE_MS);
        await lease.keep();
        await expect(takeElsewhere()).rejects.toMatchObject({ code: 'locked' });
      }
      runtime.advance(5 * MINUTE_MS);
      await takeElsewhere();
      await expect(lease.keep()).rejects.toMatchObject({ code: 'locked' });
    });

    it('is not shortened by a clock that was set back, nor is a later sleep', async () => {
      const lease = await takeHere();
      off.setMs = -3 * 60 * MINUTE_MS;
      for (let minute = 0; minute < 10; minute += 1) {
        runtime.advance(MINUTE_MS);
        await lease.keep();
      }
      await expect(takeElsewhere()).rejects.toMatchObject({ code: 'locked' });
      sleep(20 * MINUTE_MS);
      await lease.keep();
      await expect(takeElsewhere()).rejects.toMatchObject({ code: 'locked' });
    });

    it.each([3 * 60, 0])(
      'outlives its owner by no more than its life where a clock was set forward by hours (then at %i minutes)',
      async (minutes) => {
        const lease = await takeHere();
        runtime.advance(MINUTE_MS);
        off.setMs = 3 * 60 * MINUTE_MS;
        await lease.keep();
        off.setMs = minutes * MINUTE_MS;
        runtime.advance(MINUTE_MS);
        await lease.keep();
        const end = new Date(runtime.now().getTime() + 5 * MINUTE_MS).toISOString();
        await expect(takeElsewhere()).rejects.toThrow(`a restore run holds it until ${end}`);
        runtime.advance(5 * MINUTE_MS - 1);
        await expect(takeElsewhere()).rejects.toMatchObject({ code: 'locked' });
        runtime.advance(1);
        expect((await takeElsewhere()).generation).toBe(2);
      },
    );

    it('makes nobody wait for a dead owner longer than two lives, whenever they come', async () => {
      const lease = await takeHere();
      off.setMs = 3 * 60 * MINUTE_MS;
      await lease.keep();
      const left = Buffer.from(storage.objects.get(KEY)!);
      for (let minute = 0; minute < 200; minute += 1) {
        await storage.put(KEY, left);
        const from = runtime.monotonicMs();
        runtime.advance(minute * MINUTE_MS);
        const waits = await takeElsewhere().then(
          () => false,
          () => true,
        );
        if (waits) {
          runtime.advance(10 * MINUTE_MS);
          await takeElsewhere();
        }
        runtime.advance(from - runtime.monotonicMs());
      }
    });
  });

  it("ends by Cognito's clock, whatever the machines' own say", async () => {
    const startMs = runtime.now().getTime();
    const on = (clockOffMs: number): Promise<Lease> => {
      const own = { ...runtime, now: () => new Date(runtime.now().getTime() + clockOffMs) };
      const serviceTime = { date: new Date(startMs + runtime.monotonicMs()), askedMs: runtime.monotonicMs() };
      return takeLease({ storage, runtime: own, target: RUN_TARGET, command: 'restore', serviceTime });
    };
    const behind = await on(-60 * MINUTE_MS);
    await expect(on(60 * MINUTE_MS)).rejects.toMatchObject({ code: 'locked' });
    for (let minute = 0; minute < 10; minute += 1) {
      runtime.advance(MINUTE_MS);
      await behind.keep();
    }
    await expect(on(60 * MINUTE_MS)).rejects.toMatchObject({ code: 'locked' });
    runtime.advance(5 * MINUTE_MS);
    expect((await on(-60 * MINUTE_MS)).generation).toBe(2);
  });

  it.each(['before', 'after'] as const)('tries again to renew after a failure (%s it took effect)', async (when) => {
    const lease = await take();
    runtime.advance(MINUTE_MS);
    storage[`${when}Write`] = () => {
      throw new BackupError('unavailable', 'The storage did not answer');
    };
    await expect(lease.keep()).rejects.toMatchObject({ code: 'unavailable' });
    storage[`${when}Write`] = () => undefined;
    await lease.keep();
    await lease.release();
    expect(holderNow()).toMatchObject({ state: 'free', generation: 1 });
  });

  it('is given back by nobody who lost it, whatever the moment', async () => {
    const lease = await take();
    runtime.advance(20 * MINUTE_MS);
    const next = await take();
    await lease.release();
    expect(holderNow()).toMatchObject({ state: 'held', generation: 2 });
    await next.keep();
  });
});

describe('a storage that belongs to a lease', () => {
  it('asks it before every write, and before no read', async () => {
    const storage = memoryStorage();
    const { etag } = await storage.put('key', Buffer.from('1'));
    let asked = 0;
    const lost: Lease = {
      generation: 1,
      release: async () => {},
      keep: async () => {
        asked += 1;
        throw new BackupError('locked', 'Lost');
      },
    };
    const leased = leasedStorage(storage, lost);
    const body = Buffer.from('2');
    const writes = [
      () => leased.put('key', body),
      () => leased.putIfAbsent('new', body),
      () => leased.putIfMatch('key', body, etag),
      () => leased.delete('key'),
    ];
    for (const write of writes) await expect(write()).rejects.toMatchObject({ code: 'locked' });
    expect(asked).toBe(4);
    expect(await leased.get('key')).toMatchObject({ bytes: Uint8Array.from(Buffer.from('1')) });
    expect(await leased.head('key')).toMatchObject({ key: 'key' });
    expect((await collect(leased.list(''))).map(({ key }) => key)).toEqual(['key']);
    expect(await collect(leased.folders(''))).toEqual([]);
    expect(await leased.stream('key')).toBeDefined();
    expect(asked).toBe(4);
  });
});
