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
      await workspace.writeOut();
      for (let index = 500; index < 1_000; index += 1) await partition.add(`item ${index}`);
      const all: string[] = [];
      let flushing: Promise<void> | undefined;
      for (let bucket = 0; bucket < workspace.bucketCount; bucket += 1) {
        const taken = partition.take(bucket);
        if (bucket === beginAt) flushing = workspace.writeOut();
        all.push(...(await taken));
      }
      await flushing;
      await workspace.close();
      expect(new Set(all).size, `flush begun at bucket ${beginAt}`).toBe(1_000);
      expect(partition.waitingBytes).toBe(0);
    }
  });

  it('loses no record of the bucket that a flush is just writing', async () => {
    const workspace = new Workspace({ runtime: manualRuntime(), expectedRecords: BUCKETS * 4_000 });
    const partition = await filled(workspace, 500);
    const flushing = workspace.writeOut();
    expect(await takeAll(partition, workspace.bucketCount)).toHaveLength(500);
    await flushing;
    await workspace.close();
  });

  it('counts what it holds, and hands each bucket out once', async () => {
    const workspace = new Workspace({ runtime: manualRuntime(), expectedRecords: 1, memoryBytes: 10 });
    const partition = await filled(workspace, 20);
    expect(partition.count).toBe(20);
    expect(workspace.arena.sizeBytes).toBeLessThanOrEqual(10);
    expect(await takeAll(partition, workspace.bucketCount)).toHaveLength(20);
    expect(await takeAll(partition, workspace.bucketCount)).toEqual([]);
    await workspace.close();
  });

  it('loses nothing of what takes several writes', async () => {
    const workspace = new Workspace({ runtime: manualRuntime(), expectedRecords: 1 });
    const partition = new Partition<string>(workspace, (item) => item);
    const items = Array.from({ length: 2_500 }, (_, index) => `${index} ${'x'.repeat(1_000)}`);
    for (const item of items) await partition.add(item);
    await workspace.writeOut();
    expect((await takeAll(partition, workspace.bucketCount)).sort()).toEqual(items.sort());
    await workspace.close();
  });

  it('waits for each of several writes, whoever begins them', async () => {
    for (let others = 0; others < 6; others += 1) {
      const workspace = new Workspace({ runtime: manualRuntime(), expectedRecords: 1, memoryBytes: 0 });
      const read = new Partition<string>(workspace, () => 'one bucket');
      const written = new Partition<string>(workspace, (item) => item);
      // The first addition begins a write; the others wait in memory for the next.
      const adding = Array.from({ length: 10 }, (_, index) => read.add(`${index}`));
      const writing = Array.from({ length: others }, async (_, index) => {
        for (let turn = 0; turn < 5; turn += 1) await written.add(`${index} ${turn}`);
      });
      const all = await takeAll(read, workspace.bucketCount);
      await Promise.all([...adding, ...writing]);
      await workspace.close();
      expect(all, `with ${others} others`).toHaveLength(10);
    }
  });
});
