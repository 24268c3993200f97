import { beforeEach, describe, expect, it } from 'vitest';
import { listSnapshots } from '../../src/operations/snapshots/list-snapshots.ts';
import { pruneVault, type PruneOptions, type PruneResult } from '../../src/operations/prune/prune.ts';
import { verifySnapshot } from '../../src/operations/verify/verify-snapshot.ts';
import {
  acceptedKey,
  checkpointKey,
  expiredKey,
  manifestKey,
  partKey,
  snapshotPrefix,
} from '../../src/snapshot/keys.ts';
import { openSnapshot } from '../../src/snapshot/snapshot-reader.ts';
import { memoryStorage, type MemoryStorage } from '../fakes/memory-storage.ts';
import { contentsOf, DAY_MS, datedVault, isSnapshot, type DatedVault } from './dated-vault.ts';

const NONE = { last: 0, daily: 0, weekly: 0, monthly: 0, withinMs: 0 };
const HARSHEST: PruneOptions = { policy: { ...NONE, withinMs: 1 }, graceMs: 0, apply: true };
const KEEP_TWO: PruneOptions = { policy: { ...NONE, last: 2 }, apply: true };

let storage: MemoryStorage;
let dated: DatedVault;

beforeEach(async () => {
  storage = memoryStorage();
  dated = await datedVault(storage, [40, 20, 10, 1]);
});

const prune = (options: PruneOptions): Promise<PruneResult> => pruneVault(dated, options);
const fates = ({ pools }: PruneResult): string[] => pools.flatMap(({ snapshots }) => snapshots.map(({ fate }) => fate));

describe('prune', () => {
  it('writes nothing without --apply, and says what it would do', async () => {
    const before = await contentsOf(storage);
    const result = await prune({ policy: { ...NONE, last: 1 }, graceMs: 0 });
    expect(fates(result)).toEqual(['removed', 'removed', 'removed', 'kept']);
    expect(result.freedBytes).toBeGreaterThan(0);
    expect(await contentsOf(storage)).toEqual(before);
  });

  it('refuses a policy that keeps nothing', async () => {
    await expect(prune({ policy: NONE, apply: true })).rejects.toMatchObject({ code: 'usage' });
  });

  it('marks first, and removes when the grace period is over', async () => {
    const [oldest, , third] = dated.refs;
    expect(fates(await prune(KEEP_TWO))).toEqual(['marked', 'marked', 'kept', 'kept']);
    expect((await verifySnapshot(dated.vault, oldest!)).ok).toBe(true);
    expect((await listSnapshots(dated.vault))[0]).toMatchObject({ expiredAt: dated.now.toISOString() });
    dated.runtime.advance(7 * DAY_MS - 1);
    expect(fates(await prune(KEEP_TWO))).toEqual(['waiting', 'waiting', 'kept', 'kept']);
    dated.runtime.advance(1);
    expect(fates(await prune(KEEP_TWO))).toEqual(['removed', 'removed', 'kept', 'kept']);
    expect(await contentsOf(storage, snapshotPrefix(oldest!))).toEqual({});
    expect((await verifySnapshot(dated.vault, third!)).ok).toBe(true);
    expect(fates(await prune(KEEP_TWO))).toEqual(['kept', 'kept']);
  });

  it('takes a mark away when the policy keeps the snapshot again', async () => {
    const before = await contentsOf(storage);
    await prune(KEEP_TWO);
    dated.runtime.advance(30 * DAY_MS);
    const result = await prune({ policy: { ...NONE, last: 4 }, apply: true });
    expect(result.pools[0]?.snapshots.map(({ unmarked }) => unmarked)).toEqual([true, true, false, false]);
    expect(await contentsOf(storage)).toEqual(before);
  });

  it('removes the manifest first and the mark last', async () => {
    const [oldest] = dated.refs;
    storage.objects.set(acceptedKey(oldest!), Buffer.from('{}'));
    const deleted: string[] = [];
    storage.beforeWrite = (key) => void deleted.push(key);
    await prune({ ...HARSHEST, policy: { ...NONE, last: 3 } });
    expect(deleted[0]).toBe(expiredKey(oldest!));
    expect(deleted[1]).toBe(manifestKey(oldest!));
    expect(deleted.at(-1)).toBe(expiredKey(oldest!));
    expect(deleted.filter((key) => key === expiredKey(oldest!))).toHaveLength(2);
    expect(deleted).toContain(acceptedKey(oldest!));
    expect(deleted.every((key) => key.startsWith(snapshotPrefix(oldest!)))).toBe(true);
  });

  it('never removes the last good snapshot', async () => {
    const newest = dated.refs.at(-1)!;
    expect(fates(await prune(HARSHEST))).toEqual(['removed', 'removed', 'removed', 'kept']);
    dated.runtime.advance(1000 * DAY_MS);
    expect(fates(await prune(HARSHEST))).toEqual(['kept']);
    expect((await verifySnapshot(dated.vault, newest)).ok).toBe(true);
  });

  it('keeps the last good one although a suspect, a damaged one and one with a missing part follow', async () => {
    dated = await datedVault((storage = memoryStorage()), [40, 30, 20, 10, 5], { users: [100, 100, 100, 100, 20] });
    const [, , damaged, incomplete] = dated.refs;
    storage.objects.set(manifestKey(damaged!), Buffer.from('{}\n'));
    const { manifest } = await openSnapshot(dated.vault, incomplete!);
    storage.objects.delete(partKey(incomplete!, manifest.parts.at(-1)!.path));
    const before = await contentsOf(storage);
    const result = await prune(HARSHEST);
    expect(fates(result)).toEqual(['removed', 'kept', 'kept', 'kept', 'kept']);
    expect(result.pools[0]?.snapshots.map(({ reasons }) => reasons.join())).toEqual([
      '',
      'newest',
      'unreadable',
      'unreadable',
      'undecided',
    ]);
    for (const [key, bytes] of Object.entries(await contentsOf(storage))) expect(bytes).toBe(before[key]);
  });

  it('sweeps what backups left beside a finished snapshot, a day after it', async () => {
    const [oldest] = dated.refs;
    const newest = dated.refs.at(-1)!;
    const leftover = ['users/all-00000000-000000.jsonl.gz', 'users/all-00000000-000000.digests'];
    for (const ref of [oldest!, newest]) {
      for (const path of leftover) storage.objects.set(partKey(ref, path), Buffer.from('left'));
      storage.objects.set(checkpointKey(ref), Buffer.from('left'));
      storage.objects.set(partKey(ref, 'notes-of-a-person.txt'), Buffer.from('mine'));
    }
    dated.runtime.advance(-60 * 60 * 1000);
    const result = await prune({ policy: { ...NONE, last: 9 }, apply: true });
    expect(result.pools[0]?.snapshots.map(({ leftovers }) => leftovers.files)).toEqual([3, 0, 0, 0]);
    expect(result.freedBytes).toBe(12);
    expect(storage.objects.has(checkpointKey(newest))).toBe(true);
    expect(storage.objects.has(checkpointKey(oldest!))).toBe(false);
    expect(storage.objects.has(partKey(oldest!, 'notes-of-a-person.txt'))).toBe(true);
    expect((await verifySnapshot(dated.vault, oldest!)).ok).toBe(true);
  });

  it('removes what never was finished after two days, and not before', async () => {
    const [oldest, , , newest] = dated.refs;
    storage.objects.delete(manifestKey(oldest!));
    storage.objects.delete(manifestKey(newest!));
    expect(fates(await prune({ policy: { ...NONE, last: 9 }, apply: true }))).toEqual([
      'removed',
      'kept',
      'kept',
      'kept',
    ]);
    expect(await contentsOf(storage, snapshotPrefix(oldest!))).toEqual({});
  });

  it('removes at once what an earlier prune has left half removed', async () => {
    dated = await datedVault((storage = memoryStorage()), [1.5, 1, 0.5]);
    const [oldest] = dated.refs;
    await prune({ policy: { ...NONE, last: 1 }, apply: true });
    storage.objects.delete(manifestKey(oldest!));
    expect(fates(await prune({ policy: { ...NONE, last: 1 }, apply: true }))).toEqual(['removed', 'waiting', 'kept']);
    expect(await contentsOf(storage, snapshotPrefix(oldest!))).toEqual({});
  });

  it('replaces a mark that marks nothing', async () => {
    const [oldest] = dated.refs;
    storage.objects.set(expiredKey(oldest!), Buffer.from('{}\n'));
    expect(fates(await prune(KEEP_TWO))[0]).toBe('marked');
    expect((await listSnapshots(dated.vault))[0]?.expiredAt).toBe(dated.now.toISOString());
  });

  it('neither marks nor removes what Object Lock holds, and says until when', async () => {
    const [first, second, third] = dated.refs;
    const until = '2027-03-01T00:00:00.000Z';
    storage.locks.set(manifestKey(first!), { lockedUntil: until });
    storage.locks.set(partKey(second!, 'pool.json.gz'), { legalHold: true });
    storage.locks.set(manifestKey(third!), { lockedUntil: '2026-11-23T11:59:59.000Z' });
    const before = await contentsOf(storage);
    const result = await prune(HARSHEST);
    expect(fates(result)).toEqual(['locked', 'locked', 'removed', 'kept']);
    expect(result.pools[0]?.snapshots.map(({ lockedUntil, legalHold }) => [lockedUntil, legalHold])).toEqual([
      [until, false],
      [null, true],
      [null, false],
      [null, false],
    ]);
    for (const ref of [first!, second!]) {
      const now = await contentsOf(storage, snapshotPrefix(ref));
      expect(now).toEqual(Object.fromEntries(Object.entries(before).filter(([key]) => key in now)));
      expect(now).not.toHaveProperty([expiredKey(ref)]);
      expect(await isSnapshot(dated.vault, ref)).toBe(true);
    }
  });
});
