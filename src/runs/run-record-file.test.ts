import { beforeEach, describe, expect, it } from 'vitest';
import { memoryStorage, type MemoryStorage } from '../../test/fakes/memory-storage.ts';
import { sampleRun } from '../../test/fakes/sample-run.ts';
import { BackupError } from '../model/errors.ts';
import { loadRun } from './run-record.ts';
import { RunRecordFile } from './run-record-file.ts';

describe('the record of a run', () => {
  const run = sampleRun(1);
  let storage: MemoryStorage;
  beforeEach(() => {
    storage = memoryStorage();
  });
  const savedRound = async (): Promise<number | undefined> => (await loadRun(storage, run))?.round;

  it('is saved again and again by the process that goes on with the run', async () => {
    const first = new RunRecordFile(storage, run);
    for (const round of [1, 2, 3]) await first.save({ ...run, round });
    const second = new RunRecordFile(storage, run);
    await second.save({ ...run, round: 4 });
    await second.save({ ...run, round: 5 });
    expect(await savedRound()).toBe(5);
  });

  it('is not overwritten by a process that has lost the run', async () => {
    const stalled = new RunRecordFile(storage, run);
    await stalled.save({ ...run, round: 1 });
    await new RunRecordFile(storage, run).save({ ...run, round: 2 });
    await expect(stalled.save({ ...run, round: 1, state: 'open' })).rejects.toMatchObject({ code: 'locked' });
    await expect(stalled.save({ ...run, round: 1, state: 'open' })).rejects.toMatchObject({ code: 'locked' });
    expect(await savedRound()).toBe(2);
  });

  it('is saved again after a save whose every answer was lost', async () => {
    const file = new RunRecordFile(storage, run);
    const loseAnswer = (): never => {
      throw new BackupError('unavailable', 'The storage did not answer');
    };
    for (const round of [1, 2]) {
      storage.afterWrite = loseAnswer;
      await expect(file.save({ ...run, round })).rejects.toMatchObject({ code: 'unavailable' });
      storage.afterWrite = () => undefined;
      await file.save({ ...run, round: round + 10 });
    }
    expect(await savedRound()).toBe(12);
  });
});
