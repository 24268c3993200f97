import { beforeEach, describe, expect, it } from 'vitest';
import { collect } from '../../test/fakes/collect.ts';
import { memoryStorage, type MemoryStorage } from '../../test/fakes/memory-storage.ts';
import { RUN_SOURCE, RUN_TARGET, sampleRun } from '../../test/fakes/sample-run.ts';
import { parsePoolId, type RunId } from '../model/ids.ts';
import { manualRuntime } from '../runtime/manual-runtime.ts';
import { knownPairs } from './known-pairs.ts';
import { RunFileWriter } from './run-files.ts';
import { runPartKey, runRecordKey } from './run-keys.ts';
import { loadRun, newRunId, runsOf, type RunRecord } from './run-record.ts';
import { RunRecordFile } from './run-record-file.ts';
import { sweepKilledRuns, sweepRun } from './sweep-runs.ts';

describe('the id of a run', () => {
  const AT = new Date('2026-11-22T12:00:00.000Z');
  const idAfter = async (taken: readonly string[], random: number): Promise<string> => {
    const storage = memoryStorage();
    const runtime = { ...manualRuntime(), randomBytes: (size: number) => new Uint8Array(size).fill(random) };
    for (const id of taken)
      await storage.put(runPartKey({ target: RUN_TARGET, id: id as RunId }, 'plan-1', 1), Buffer.of(0));
    return newRunId(storage, RUN_TARGET, { at: AT, runtime });
  };

  it('is the time of its start and what was drawn', async () => {
    expect(await idAfter([], 0x5a)).toBe('20261122T120000Z-5a5a5a');
    expect(await idAfter(['20261122T115959Z-ffffff', 'no-run'], 0)).toBe('20261122T120000Z-000000');
  });

  it.each([0, 0x7f, 0xff])('sorts after every other, of the same second or from the future (%i)', async (drawn) => {
    for (const last of ['20261122T120000Z-5a5a5a', '20261122T120000Z-fffffe', '20261122T130000Z-000000']) {
      const id = await idAfter(['20261122T115958Z-5a5a5a', last], drawn);
      expect(id > last, id).toBe(true);
      expect(id.slice(0, 17)).toBe(last.slice(0, 17));
    }
  });

  it('is of the second after the newest where that has no more', async () => {
    expect(await idAfter(['20261122T120000Z-ffffff'], 3)).toBe('20261122T120001Z-030303');
    expect(await idAfter(['20261231T235959Z-ffffff'], 3)).toBe('20270101T000000Z-030303');
  });
});

describe('run records', () => {
  let storage: MemoryStorage;
  beforeEach(() => {
    storage = memoryStorage();
  });

  const fileOf = async (run: RunRecord, name: 'map-1' | 'plan-1' | 'failures-1', ...lines: readonly object[]) => {
    const file = new RunFileWriter(storage, run, name);
    for (const line of lines) await file.add(line);
    return [...(await file.end())];
  };

  const save = (run: RunRecord): Promise<void> => new RunRecordFile(storage, run).save(run);

  it('come back as they were saved, newest first', async () => {
    for (const minute of [2, 9, 5]) await save(sampleRun(minute));
    expect(await collect(runsOf(storage, RUN_TARGET))).toEqual([9, 5, 2].map((minute) => sampleRun(minute)));
    expect(await loadRun(storage, sampleRun(3))).toBeUndefined();
  });

  it('are refused when changed, or of a later format', async () => {
    const key = runRecordKey(sampleRun(1));
    await save(sampleRun(1));
    const text = Buffer.from(storage.objects.get(key) ?? []).toString();
    storage.objects.set(key, Buffer.from(text.replace('"done"', '"open"')));
    await expect(loadRun(storage, sampleRun(1))).rejects.toMatchObject({ code: 'damaged' });
    storage.objects.set(key, Buffer.from(text.replace('"format": 1', '"format": 2')));
    await expect(loadRun(storage, sampleRun(1))).rejects.toMatchObject({ code: 'vault-too-new' });
  });

  it('lead to the newest map from this source, and to no other', async () => {
    const other = parsePoolId('eu-central-1_OtherPool');
    const pair = (sourceSub: string) => ({ sourceSub, targetSub: 't', sourceUsername: 'a', targetUsername: 'b' });
    for (const [minute, source] of [
      [1, RUN_SOURCE],
      [2, RUN_SOURCE],
      [3, other],
    ] as const) {
      const run = sampleRun(minute, { source });
      await save({ ...run, map: await fileOf(run, 'map-1', pair(`s${minute}`)) });
    }
    await save(sampleRun(4));
    expect(await collect(knownPairs(storage, RUN_SOURCE, RUN_TARGET))).toEqual([pair('s2')]);
    expect(await collect(knownPairs(storage, RUN_TARGET, RUN_TARGET))).toEqual([]);
  });

  it('are all that a sweep of their run keeps, with the files they name', async () => {
    const run = sampleRun(1);
    const failures = await fileOf(run, 'failures-1', { a: 1 });
    const plan = await fileOf(run, 'plan-1', { a: 2 });
    const neighbour = await fileOf(sampleRun(2), 'plan-1', { a: 3 });
    await save({ ...run, failures });
    await sweepRun(storage, { ...run, failures });
    expect([...storage.objects.keys()].sort()).toEqual([failures[0]?.key, runRecordKey(run), neighbour[0]?.key].sort());
    expect(storage.objects.has(plan[0]?.key ?? '')).toBe(false);
  });

  it('are missing where planning was killed: what it left is swept, with what the newest record does not name', async () => {
    for (const minute of [1, 3, 5, 6]) await fileOf(sampleRun(minute), 'plan-1', { personal: true });
    await save(sampleRun(3));
    await sweepKilledRuns(storage, RUN_TARGET);
    expect([...storage.objects.keys()].sort()).toEqual([
      runPartKey(sampleRun(1), 'plan-1', 1),
      runRecordKey(sampleRun(3)),
    ]);
  });

  it('are replaced before they are swept, so that nothing is named any more that a stalled process was about to name', async () => {
    const run = sampleRun(1);
    const stalled = new RunRecordFile(storage, run);
    await stalled.save(run);
    const map = await fileOf(run, 'map-1', { personal: true });
    await sweepKilledRuns(storage, RUN_TARGET);
    await expect(stalled.save({ ...run, map })).rejects.toMatchObject({ code: 'locked' });
    expect(await loadRun(storage, run)).toEqual({ ...run, round: run.round + 1 });
    expect([...storage.objects.keys()]).toEqual([runRecordKey(run)]);
  });

  it('stay as they are where they name everything', async () => {
    const run = sampleRun(1);
    await save({ ...run, map: await fileOf(run, 'map-1', { a: 1 }) });
    const before = new Map(storage.objects);
    await sweepKilledRuns(storage, RUN_TARGET);
    expect(storage.objects).toEqual(before);
  });
});
