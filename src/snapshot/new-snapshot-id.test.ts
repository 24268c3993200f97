import { expect, it } from 'vitest';
import { memoryStorage } from '../../test/fakes/memory-storage.ts';
import { samplePool } from '../../test/fakes/sample-pool.ts';
import type { SnapshotId } from '../model/ids.ts';
import { manualRuntime } from '../runtime/manual-runtime.ts';
import { manifestKey } from './keys.ts';
import { newSnapshotId } from './new-snapshot-id.ts';
import { openVault } from './vault.ts';

const { id: POOL } = samplePool();
const STARTED_AT = new Date('2026-11-22T12:00:00.000Z');

/** A vault that holds the named snapshots, and an id drawn as `random` for one begun at `STARTED_AT`. */
async function idAfter(taken: readonly string[], random: number): Promise<string> {
  const storage = memoryStorage();
  const runtime = { ...manualRuntime(), randomBytes: (size: number) => new Uint8Array(size).fill(random) };
  const vault = await openVault(storage, { create: true, runtime });
  for (const id of taken) await storage.putIfAbsent(manifestKey({ poolId: POOL, id: id as SnapshotId }), Buffer.of(0));
  return newSnapshotId(vault, POOL, { startedAt: STARTED_AT, runtime });
}

it('an id is the time of its start and what was drawn', async () => {
  expect(await idAfter([], 0x5a)).toBe('20261122T120000Z-5a5a5a');
  expect(await idAfter(['20261122T115959Z-ffffff'], 0)).toBe('20261122T120000Z-000000');
});

it.each([0, 1, 0x7f, 0xfe, 0xff])(
  'an id sorts after those of the same second, whatever is drawn (%i)',
  async (drawn) => {
    for (const last of ['000000', '5a5a5a', 'fffffe']) {
      const taken = `20261122T120000Z-${last}`;
      const id = await idAfter(['20261122T115958Z-5a5a5a', taken], drawn);
      expect(id > taken).toBe(true);
      expect(id).toMatch(/^20261122T120000Z-[0-9a-f]{6}$/);
    }
  },
);

it('an id takes the next second where the last of this one is taken', async () => {
  expect(await idAfter(['20261122T120000Z-ffffff'], 3)).toBe('20261122T120001Z-030303');
});

it('an id keeps its own time beside a snapshot from the future', async () => {
  expect(await idAfter(['20300101T000000Z-ffffff'], 3)).toBe('20261122T120000Z-030303');
});
