import { hostname } from 'node:os';
import { beforeEach, describe, expect, it } from 'vitest';
import { memoryStorage, type MemoryStorage } from '../../test/fakes/memory-storage.ts';
import { RUN_TARGET } from '../../test/fakes/sample-run.ts';
import { BackupError } from '../model/errors.ts';
import { manualRuntime, type ManualRuntime } from '../runtime/manual-runtime.ts';
import { takeLease, type Lease } from './lease.ts';
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
    expect(storage.objects.size).toBe(0);
    await take();
  });

  it('is refused while another machine holds it, and taken once it ran out', async () => {
    await heldBy({});
    await expect(take()).rejects.toMatchObject({ code: 'locked', message: expect.stringContaining('clean') });
    runtime.advance(MINUTE_MS);
    await take();
    expect(holderNow().command).toBe('restore');
  });

  it('is taken at once from a process of this machine that is gone, and from a file that says nothing', async () => {
    await heldBy({ host: hostname(), pid: 2 ** 30 });
    await take();
    await storage.put(KEY, Buffer.from('{'));
    await take();
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

  it('tries again to renew after a failure', async () => {
    const lease = await take();
    runtime.advance(MINUTE_MS);
    storage.beforeWrite = () => {
      throw new BackupError('unavailable', 'The storage did not answer');
    };
    await expect(lease.keep()).rejects.toMatchObject({ code: 'unavailable' });
    storage.beforeWrite = () => undefined;
    await lease.keep();
    expect(storage.writes).toHaveLength(2);
  });
});
