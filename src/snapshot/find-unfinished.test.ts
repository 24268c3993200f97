import { expect, it } from 'vitest';
import { memoryStorage } from '../../test/fakes/memory-storage.ts';
import { samplePool } from '../../test/fakes/sample-pool.ts';
import { manualRuntime } from '../runtime/manual-runtime.ts';
import { findUnfinished } from './find-unfinished.ts';
import { checkpointKey, manifestKey } from './keys.ts';
import { SnapshotWriter } from './snapshot-writer.ts';
import { openVault } from './vault.ts';

const pool = samplePool();

it('does not go on with an older snapshot when a newer one is finished while it looks', async () => {
  const storage = memoryStorage();
  const runtime = manualRuntime();
  const vault = await openVault(storage, { create: true, runtime });
  const begin = async (): Promise<SnapshotWriter> => {
    runtime.advance(60_000);
    const configuration = { resources: [], notCaptured: [] };
    const start = { startedAt: runtime.now(), pool, configuration, groups: [], mode: 'single' } as const;
    return SnapshotWriter.begin(start, { vault, runtime });
  };
  const older = await begin();
  const newer = await begin();
  const query = { now: runtime.now() };
  expect((await findUnfinished(vault, pool.id, query))?.checkpoint.snapshotId).toBe(newer.ref.id);

  for (const nth of [1, 2]) {
    const { get, head } = storage;
    let asked = 0;
    const finishAt = (key: string): void => {
      if (!key.includes(newer.ref.id)) return;
      asked += 1;
      if (asked !== nth) return;
      storage.objects.set(manifestKey(newer.ref), new Uint8Array(1));
      storage.objects.delete(checkpointKey(newer.ref));
    };
    storage.get = async (...call) => {
      finishAt(call[0]);
      return get(...call);
    };
    storage.head = async (...call) => {
      finishAt(call[0]);
      return head(...call);
    };
    const before = new Map(storage.objects);
    expect((await findUnfinished(vault, pool.id, query))?.checkpoint.snapshotId, `read ${nth}`).not.toBe(older.ref.id);
    storage.objects.clear();
    for (const [key, bytes] of before) storage.objects.set(key, bytes);
    Object.assign(storage, { get, head });
  }
});
