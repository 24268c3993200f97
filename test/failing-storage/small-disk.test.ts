import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Spill } from '../../src/join/spill.ts';
import { parsePoolId } from '../../src/model/ids.ts';
import { exportSnapshot } from '../../src/operations/export/export.ts';
import { restoreSnapshot } from '../../src/operations/restore.ts';
import { realRuntime } from '../../src/runtime/real-runtime.ts';
import { ordinaryPool } from '../../src/simulator/seeds/ordinary-pool.ts';
import { plantSeed } from '../../src/simulator/seeds/plant-seed.ts';
import type { SnapshotReader } from '../../src/snapshot/snapshot-reader.ts';
import { openLocalFolder } from '../../src/storage/local-folder.ts';
import { comparePools } from '../support/compare-pools.ts';
import { effort } from '../support/effort.ts';
import { setUpWorkbench, type Workbench } from '../support/workbench.ts';
import { backUpInto, type BackupUnderFire, contentsOf, errorOf, expectRecovery } from './vault-under-fire.ts';

const USERS = 300;
const BLOCK_BYTES = 4096;
const mounts = canMount();

if (!mounts) it.skip('a disk of one megabyte fills up (runs where a tmpfs can be mounted)', () => {});

describe.runIf(mounts)('a disk of one megabyte', () => {
  let bench: Workbench;
  let run: BackupUnderFire;
  let reader: SnapshotReader;
  let disk: string;

  beforeAll(async () => {
    disk = await mkdtemp(join(tmpdir(), 'small-disk-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk]);
    bench = await setUpWorkbench();
    const poolId = parsePoolId(
      plantSeed(bench.simulator, ordinaryPool({ users: USERS, groups: 3, seed: 23, model: 'username' })),
    );
    run = { gateway: bench.gateway, poolId, users: USERS };
    reader = await bench.snapshotOf(poolId);
  });
  afterAll(async () => {
    await bench.close();
    execFileSync('umount', [disk]);
    await rm(disk, { recursive: true });
  });

  /** Leaves so much room on the disk while `work` runs, and none of what it wrote afterwards but in `kept`. */
  const withRoomFor = async <T>(bytes: number, work: () => Promise<T>): Promise<T> => {
    const { bavail, bsize } = await statfs(disk);
    const ballast = join(disk, 'ballast');
    await writeFile(ballast, Buffer.alloc(Math.max(0, bavail * bsize - bytes)));
    try {
      return await work();
    } finally {
      await rm(ballast);
    }
  };
  const begin = async (): Promise<string> => {
    const path = join(disk, 'work');
    await rm(path, { recursive: true, force: true });
    await mkdir(path);
    return path;
  };

  it('stops a backup with whatever room there is, and the next one goes on', async () => {
    let [stopped, roomBytes] = [0, 0];
    for (; ; roomBytes += BLOCK_BYTES * effort({ ordinary: 4, long: 1 })) {
      const storage = await openLocalFolder(join(await begin(), 'vault'), { runtime: realRuntime, create: true });
      await backUpInto(storage, run);
      const before = await contentsOf(storage);
      const error = await withRoomFor(roomBytes, () => errorOf(backUpInto(storage, run)));
      if (error) {
        expect(error).toMatchObject({ code: 'disk-full', hint: expect.stringContaining('Free some space') });
        expect(error.message).toContain(disk);
        stopped += 1;
      }
      expect((await readdir(disk, { recursive: true })).filter((name) => name.includes('.tmp-'))).toEqual([]);
      await expectRecovery(storage, before, run, error !== undefined);
      if (!error) break;
    }
    expect(stopped).toBeGreaterThan(2);
  });

  it('stops an export, to it or over it, with whatever room there is', async () => {
    const dependencies = { reader, runtime: realRuntime, observer: () => {} };
    for (const place of ['out', 'temporary'] as const) {
      let [stopped, roomBytes] = [0, 0];
      for (; ; roomBytes += BLOCK_BYTES * effort({ ordinary: 3, long: 1 })) {
        const [small, large] = [await begin(), await mkdtemp(join(tmpdir(), 'export-'))];
        const out = await openLocalFolder(place === 'out' ? small : large, { runtime: realRuntime });
        const temporaryFolder = place === 'out' ? large : small;
        const error = await withRoomFor(roomBytes, () =>
          errorOf(exportSnapshot(dependencies, { format: 'csv', out, temporaryFolder })),
        );
        expect(await readdir(temporaryFolder)).toEqual(place === 'out' ? expect.anything() : []);
        await rm(large, { recursive: true });
        if (!error) break;
        expect(error).toMatchObject({ code: 'disk-full', hint: expect.any(String) });
        expect(error.message).toContain(small);
        stopped += 1;
      }
      expect(stopped).toBeGreaterThan(2);
    }
  });

  it('stops a restore by import job whose files do not fit, and the next one finishes', async () => {
    const seed = ordinaryPool({ users: USERS, groups: 3, seed: 23, model: 'username' });
    const standby = plantSeed(bench.simulator, { ...seed, users: [], groups: [] });
    const restore = async () =>
      restoreSnapshot(bench.deps, {
        reader,
        target: parsePoolId(standby),
        confirm: async () => true,
        importRole: 'arn:aws:iam::123456789012:role/cognito-import',
      });
    vi.stubEnv('TMPDIR', await begin());
    for (const roomBytes of [0, BLOCK_BYTES]) {
      expect(await withRoomFor(roomBytes, () => errorOf(restore()))).toMatchObject({
        code: 'disk-full',
        message: `Cannot write temporary data below ${JSON.stringify(join(disk, 'work'))}: ENOSPC`,
      });
      expect(await readdir(join(disk, 'work'))).toEqual([]);
      expect(bench.simulator.pool(standby).size).toBe(0);
    }
    expect(await restore()).toMatchObject({ done: true, failed: 0, remaining: { missing: 0, extra: 0, changed: 0 } });
    vi.unstubAllEnvs();
    expect(comparePools(bench.simulator, run.poolId, standby)).toEqual([]);
  });

  it('stops what a restore or a diff cannot hold in memory, and names TMPDIR', async () => {
    const folder = await begin();
    for (const roomBytes of [0, BLOCK_BYTES, 40 * BLOCK_BYTES]) {
      await withRoomFor(roomBytes, async () => {
        const spill = new Spill(realRuntime, folder);
        const fill = async (): Promise<void> => {
          for (let block = 0; block < 300; block += 1) await spill.write(Buffer.alloc(BLOCK_BYTES, block));
        };
        expect(await errorOf(fill())).toMatchObject({
          code: 'disk-full',
          message: `Cannot write temporary data below ${JSON.stringify(folder)}: ENOSPC`,
          hint: expect.stringContaining('TMPDIR'),
        });
        await spill.close();
      });
      expect(await readdir(folder)).toEqual([]);
    }
  });
});

/** Mounting wants root, and a container may refuse it all the same. */
function canMount(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  try {
    execFileSync('unshare', ['--mount', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
