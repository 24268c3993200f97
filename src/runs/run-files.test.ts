import { beforeEach, describe, expect, it } from 'vitest';
import { collect } from '../../test/fakes/collect.ts';
import { memoryStorage, type MemoryStorage } from '../../test/fakes/memory-storage.ts';
import { sampleRun } from '../../test/fakes/sample-run.ts';
import { BackupError } from '../model/errors.ts';
import { deleteRunFile, readRunFile, RunFileWriter } from './run-files.ts';

const RUN = sampleRun(1);
const items = (count: number): { readonly name: string }[] =>
  Array.from({ length: count }, (_, index) => ({ name: `\ud800 ${index}\n` }));

describe('a run’s file', () => {
  let storage: MemoryStorage;
  beforeEach(() => {
    storage = memoryStorage();
  });
  const writer = (existing = {}) => new RunFileWriter<{ name: string }>(storage, RUN, 'plan-1', existing);

  it('gives back every record in order, in parts of 500', async () => {
    const file = writer();
    for (const item of items(1_201)) await file.add(item);
    const parts = await file.end();
    expect(parts.map(({ records }) => records)).toEqual([500, 500, 201]);
    expect(await collect(readRunFile(storage, parts))).toEqual(items(1_201));
  });

  it('writes nothing for no record', async () => {
    expect(await writer().end()).toEqual([]);
    expect(storage.writes).toEqual([]);
  });

  it('loses and doubles nothing when many add at once', async () => {
    const put = storage.put.bind(storage);
    storage.put = async (...args) => {
      await new Promise(setImmediate);
      return put(...args);
    };
    const file = writer();
    await Promise.all(items(3_000).map((item) => file.add(item)));
    const read = await collect(readRunFile<{ name: string }>(storage, await file.end()));
    expect(new Set(read.map(({ name }) => name)).size).toBe(3_000);
    expect(read).toHaveLength(3_000);
  });

  it('goes on behind the parts of an earlier slice', async () => {
    const first = writer();
    await first.add({ name: 'a' });
    const existing = await first.end();
    const second = writer({ existing });
    await second.add({ name: 'b' });
    expect(await collect(readRunFile(storage, await second.end()))).toEqual([{ name: 'a' }, { name: 'b' }]);
  });

  it('can be ended, added to, and ended again', async () => {
    const file = writer();
    await file.add({ name: 'a' });
    await file.end();
    await file.add({ name: 'b' });
    expect(await file.end()).toHaveLength(2);
    expect(await file.end()).toHaveLength(2);
  });

  it('fails from its first write that failed', async () => {
    storage.beforeWrite = () => {
      throw new BackupError('disk-full', 'No room');
    };
    const file = writer();
    await file.add({ name: 'a' });
    await expect(file.end()).rejects.toMatchObject({ code: 'disk-full' });
    await expect(file.end()).rejects.toMatchObject({ code: 'disk-full' });
  });

  it('is not read when a part is missing or was changed', async () => {
    const file = writer();
    await file.add({ name: 'a' });
    const parts = await file.end();
    const [part] = parts;
    const bytes = Uint8Array.from(storage.objects.get(part?.key ?? '') ?? []);
    for (let index = 0; index < bytes.length; index += 1) {
      storage.objects.set(
        part?.key ?? '',
        bytes.map((byte, at) => (at === index ? byte ^ 1 : byte)),
      );
      await expect(collect(readRunFile(storage, parts)), `byte ${index}`).rejects.toMatchObject({ code: 'damaged' });
    }
    await deleteRunFile(storage, parts);
    await expect(collect(readRunFile(storage, parts))).rejects.toMatchObject({ code: 'damaged' });
  });
});
