import { existsSync } from 'node:fs';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../src/model/errors.ts';
import { parsePoolId } from '../../src/model/ids.ts';
import { realRuntime } from '../../src/runtime/real-runtime.ts';
import { ordinaryPool } from '../../src/simulator/seeds/ordinary-pool.ts';
import { plantSeed } from '../../src/simulator/seeds/plant-seed.ts';
import { openLocalFolder } from '../../src/storage/local-folder.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { effort } from '../support/effort.ts';
import { setUpWorkbench, type Workbench } from '../support/workbench.ts';
import { type DiskError, type DiskFault, type FailingFiles, failingFiles } from './failing-files.ts';
import { backUpInto, type BackupUnderFire, contentsOf, errorOf, expectRecovery } from './vault-under-fire.ts';

const USERS = 70;
/** In memory where there is such a folder: these tests wait for thousands of fsyncs. */
const FOLDER = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
const CODES: Readonly<Record<DiskError, ErrorCode>> = {
  ENOSPC: 'disk-full',
  EDQUOT: 'disk-full',
  EROFS: 'vault-not-writable',
  EIO: 'storage-failed',
};
const DISK_ERRORS: readonly DiskError[] = ['ENOSPC', 'EIO', 'EROFS', 'EDQUOT'];

describe('a backup into a folder whose disk fails', () => {
  let bench: Workbench;
  let run: BackupUnderFire;
  let folder: string;
  let cases = 0;

  beforeAll(async () => {
    bench = await setUpWorkbench();
    const poolId = parsePoolId(
      plantSeed(bench.simulator, ordinaryPool({ users: USERS, groups: 3, seed: 21, model: 'username' })),
    );
    run = { gateway: bench.gateway, poolId, users: USERS };
    folder = await mkdtemp(join(FOLDER, 'failing-disk-'));
    await backUpInto(await openLocalFolder(join(folder, 'base'), { runtime: realRuntime, create: true }), run);
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
    await bench.close();
  });

  /** A vault with one snapshot, before a second backup on a disk that meets the fault. */
  const newVault = async (): Promise<string> => {
    const path = join(folder, `vault-${(cases += 1)}`);
    await cp(join(folder, 'base'), path, { recursive: true });
    return path;
  };
  const backUp = async (path: string, { files }: FailingFiles, listing: BackupUnderFire['listing'] = 'single') => {
    const storage = await openLocalFolder(path, { runtime: realRuntime, create: true, files });
    return backUpInto(storage, { ...run, listing });
  };

  let faults = 0;
  let missed = 0;
  beforeEach(() => {
    faults = 0;
    missed = 0;
  });
  /** Runs differ by an operation or two: the last faults of a sweep may come too late to strike. */
  afterEach(() => expect(missed, 'faults that never struck').toBeLessThanOrEqual(Math.ceil(faults / 10)));

  const survives = async (fault: DiskFault, listing?: BackupUnderFire['listing']): Promise<void> => {
    const path = await newVault();
    const healthy: Storage = await openLocalFolder(path, { runtime: realRuntime });
    const before = await contentsOf(healthy);
    const disk = failingFiles(fault);
    const error = await errorOf(backUp(path, disk, listing));
    faults += 1;
    if (disk.struck() === 0) missed += 1;
    if (error) {
      expect(error).toMatchObject({ code: CODES[fault.code], hint: expect.any(String) });
      expect(error.message).toContain(path);
      expect(error.message).toContain(fault.code);
    }
    // A full disk lets files be removed: nothing half-written stays.
    if (CODES[fault.code] === 'disk-full') expect(await strayFiles(path)).toEqual([]);
    await asIfThisProcessHadEnded(path);
    await expectRecovery(healthy, before, { ...run, ...(listing && { listing }) }, error !== undefined);
    await rm(path, { recursive: true });
  };

  /** How many operations, or bytes, a backup takes that meets no fault. */
  const measured = async (code: DiskError, of: 'bytesWritten' | 'operations', listing?: BackupUnderFire['listing']) => {
    const disk = failingFiles({ code, lasting: false });
    await backUp(await newVault(), disk, listing);
    return disk[of]();
  };

  it.each(DISK_ERRORS)('%s at the kth operation that it can hit, once or from then on', async (code) => {
    const operations = await measured(code, 'operations');
    expect(operations).toBeGreaterThan(20);
    for (let atOperation = 1; atOperation <= operations; atOperation += effort({ ordinary: STRIDES[code], long: 1 })) {
      for (const lasting of effort({ ordinary: [(atOperation & 1) === 0], long: [true, false] })) {
        await survives({ code, atOperation, lasting });
      }
    }
  });

  it('a disk that is full after n bytes, for many n', async () => {
    const bytes = await measured('ENOSPC', 'bytesWritten');
    const steps = effort({ ordinary: 12, long: 300 });
    for (let step = 0; step < steps; step += 1) {
      await survives({ code: 'ENOSPC', afterBytes: Math.floor((bytes * step) / steps), lasting: true });
    }
  });

  it('sixteen shards writing side by side', async () => {
    const operations = await measured('ENOSPC', 'operations', 'sharded');
    const steps = effort({ ordinary: 5, long: operations });
    for (let step = 0; step < steps; step += 1) {
      const atOperation = 1 + Math.floor((operations * step) / (steps + 1));
      await survives({ code: step % 2 === 0 ? 'ENOSPC' : 'EIO', atOperation, lasting: true }, 'sharded');
    }
  });
});

/** Steps of k in the ordinary run; the long one takes every k. */
const STRIDES: Readonly<Record<DiskError, number>> = { ENOSPC: 3, EIO: 7, EROFS: 11, EDQUOT: 17 };

/** Temporary files and locks. */
async function strayFiles(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true });
  return entries.filter((entry) => /(^|\/)\.(tmp|lock)-/.test(entry));
}

/** The next run is another process, which breaks the locks of a dead one at once (`src/storage/key-lock.ts`). */
async function asIfThisProcessHadEnded(path: string): Promise<void> {
  for (const name of await strayFiles(path)) if (name.includes('.lock-')) await rm(join(path, name));
}
