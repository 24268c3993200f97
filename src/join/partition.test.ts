import { describe, expect, it } from 'vitest';
import { manualRuntime } from '../runtime/manual-runtime.ts';
import { Partition } from './partition.ts';
import { Workspace } from './workspace.ts';

const BUCKETS = 64;

async function filled(workspace: Workspace, count: number): Promise<Partition<string>> {
  const result = new Partition<string>(workspace, (item) => item);
  for (let index = 0; index < count; index += 1) await result.add(`item ${index}`);
  return result;
}

async function takeAll(partition: Partition<string>, bucketCount: number): Promise<string[]> {
  const all: string[] = [];
  for (let bucket = 0; bucket < bucketCount; bucket += 1) all.push(...(await partition.take(bucket)));
  return all;
}

describe('Partition', () => {
  it('loses no record when it is flushed while it is read, at whatever moment the flush begins', async () => {
    for (let beginAt = 0; beginAt < BUCKETS; beginAt += 1) {
      const workspace = new Workspace({ runtime: manualRuntime(), expectedRecords: BUCKETS * 4_000 });
      const partition = await filled(workspace, 500);
      await partition.flush();
      for (let index = 500; index < 1_000; index += 1) await partition.add(`item ${index}`);
      const all: string[] = [];
      let flushing: Promise<void> | undefined;
      for (let bucket = 0; bucket < workspace.bucketCount; bucket += 1) {
        const taken = partition.take(bucket);
        if (bucket === beginAt) flushing = partition.flush();
        all.push(...(await taken));
      }
      await flushing;
      await workspace.close();
      expect(new Set(all).size, `flush begun at bucket ${beginAt}`).toBe(1_000);
      expect(partition.heldBytes).toBe(0);
    }
  });

  it('loses no record of the bucket that a flush is just writing', async () => {
    const workspace = new Workspace({ runtime: manualRuntime(), expectedRecords: BUCKETS * 4_000 });
    const partition = await filled(workspace, 500);
    const flushing = partition.flush();
    expect(await takeAll(partition, workspace.bucketCount)).toHaveLength(500);
    await flushing;
    await workspace.close();
  });

  it('counts what it holds, and hands each bucket out once', async () => {
    const workspace = new Workspace({ runtime: manualRuntime(), expectedRecords: 1, memoryBytes: 10 });
    const partition = await filled(workspace, 20);
    expect(partition.count).toBe(20);
    expect(partition.heldBytes).toBeLessThanOrEqual(10);
    expect(await takeAll(partition, workspace.bucketCount)).toHaveLength(20);
    expect(await takeAll(partition, workspace.bucketCount)).toEqual([]);
    await workspace.close();
  });
});
