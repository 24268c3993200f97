import { describe, expect, it } from 'vitest';
import { memoryStorage } from '../../test/fakes/memory-storage.ts';
import { samplePool } from '../../test/fakes/sample-pool.ts';
import type { SnapshotId } from '../model/ids.ts';
import { manualRuntime } from '../runtime/manual-runtime.ts';
import { manifestKey } from './keys.ts';
import { newSnapshotId, successorId, type SnapshotBirth } from './new-snapshot-id.ts';
import { openVault } from './vault.ts';

const { id: POOL } = samplePool();
const STARTED_AT = new Date('2026-11-22T12:00:00.000Z');

/** What a snapshot begins with in a vault that holds the named ones, drawn as `random`, and how long it waited for that. */
async function beginAfter(
  taken: readonly string[],
  random: number,
): Promise<SnapshotBirth & { readonly waitedMs: number }> {
  const storage = memoryStorage();
  const clock = manualRuntime(STARTED_AT);
  const runtime = { ...clock, randomBytes: (size: number) => new Uint8Array(size).fill(random) };
  const vault = await openVault(storage, { create: true, runtime });
  for (const id of taken) await storage.putIfAbsent(manifestKey({ poolId: POOL, id: id as SnapshotId }), Buffer.of(0));
  const birth = await newSnapshotId(vault, POOL, { startedAt: STARTED_AT, runtime });
  return { ...birth, waitedMs: clock.monotonicMs() };
}

it('an id is the time of its start and what was drawn', async () => {
  const birth = { id: '20261122T120000Z-5a5a5a', startedAt: STARTED_AT, waitedMs: 0 };
  expect(await beginAfter([], 0x5a)).toEqual(birth);
  expect(await beginAfter(['20261122T115959Z-ffffff'], 0x5a)).toEqual(birth);
});

it.each([0, 1, 0x7f, 0xfe, 0xff])(
  'an id sorts after those of the same second, whatever is drawn (%i)',
  async (drawn) => {
    for (const last of ['000000', '5a5a5a', 'fffffe']) {
      const taken = `20261122T120000Z-${last}`;
      const { id, startedAt } = await beginAfter(['20261122T115958Z-5a5a5a', taken], drawn);
      expect(id > taken).toBe(true);
      expect(id).toMatch(/^20261122T120000Z-[0-9a-f]{6}$/);
      expect(startedAt).toEqual(STARTED_AT);
    }
  },
);

it('where the last id of a second is taken, a snapshot begins in the next one, and not before it', async () => {
  expect(await beginAfter(['20261122T120000Z-ffffff'], 3)).toEqual({
    id: '20261122T120001Z-030303',
    startedAt: new Date('2026-11-22T12:00:01.000Z'),
    waitedMs: 1_000,
  });
});

it('an id keeps its own time beside a snapshot from the future', async () => {
  expect(await beginAfter(['20300101T000000Z-ffffff'], 3)).toMatchObject({ id: '20261122T120000Z-030303' });
});

describe('the id of what takes the place of a snapshot', () => {
  const idOf = (suffix: number): SnapshotId => `20261122T120000Z-${suffix.toString(16).padStart(6, '0')}` as SnapshotId;
  const successor = (own: number, others: readonly number[], random: number): string => {
    const runtime = { ...manualRuntime(), randomBytes: (size: number) => new Uint8Array(size).fill(random) };
    const known = [...others, own].map(idOf);
    return successorId(idOf(own), { known: [...known, '20261122T120001Z-000000' as SnapshotId], runtime });
  };

  it.each([0, 1, 0x7f, 0xff])('stands between the same neighbours, whatever is drawn (%i)', (drawn) => {
    for (const [before, own, after] of [
      [0x10, 0x20, 0x30],
      [0x10, 0x20, 0x21],
      [0x1f, 0x20, 0x22],
      [0, 0x7fffff, 0xffffff],
    ] as const) {
      const id = successor(own, [before, after], drawn);
      expect(id > idOf(before) && id < idOf(after) && id !== idOf(own), id).toBe(true);
    }
  });

  it('stands behind it where there is room', () => {
    expect(successor(0x20, [], 0xff) > idOf(0x20)).toBe(true);
    expect(successor(0xffffff, [], 0xff) < idOf(0xffffff)).toBe(true);
    expect(successor(0, [], 0)).toBe(idOf(1));
  });

  it('is never one that is taken', () => {
    expect(() => successor(0x20, [0x1f, 0x21], 0)).toThrow('no room');
  });

  it('finds room however often it is asked', () => {
    let [own, random] = [0x800000, 0];
    for (let times = 0; times < 2_000; times += 1) {
      own = Number.parseInt(successor(own, [0x7fff00, 0x8000ff], (random = (random * 31 + 7) % 256)).slice(-6), 16);
    }
    expect(own).toBeGreaterThan(0x7fff00);
  });
});
