import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eraseUsers } from '../../src/operations/erase/erase.ts';
import { pruneVault } from '../../src/operations/prune/prune.ts';
import { listSnapshots } from '../../src/operations/snapshots/list-snapshots.ts';
import { verifySnapshot } from '../../src/operations/verify/verify-snapshot.ts';
import { realRuntime } from '../../src/runtime/real-runtime.ts';
import { snapshotPrefix, type SnapshotRef } from '../../src/snapshot/keys.ts';
import { resolveSnapshot } from '../../src/snapshot/resolve-snapshot.ts';
import { openVault, type Vault } from '../../src/snapshot/vault.ts';
import { type FileOperations, realFiles } from '../../src/storage/file-operations.ts';
import { openLocalFolder } from '../../src/storage/local-folder.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { sampleUsers } from '../fakes/sample-pool.ts';
import { contentsOf, datedVault, type DatedVault, POOL } from '../prune/dated-vault.ts';

/** Nobody is root here: the modes of folders would refuse these tests nothing. */
describe('a vault with a snapshot whose folder may not be read', () => {
  let folder: string;
  let healthy: Storage;
  let dated: DatedVault;
  let vault: Vault;
  let [oldest, middle, newest]: SnapshotRef[] = [];

  const openWithout = async (ref: SnapshotRef): Promise<Vault> => {
    const storage = await openLocalFolder(folder, {
      runtime: realRuntime,
      files: filesWithout(join(folder, snapshotPrefix(ref))),
    });
    return openVault(storage, { runtime: realRuntime });
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'unreadable-'));
    healthy = await openLocalFolder(folder, { runtime: realRuntime });
    dated = await datedVault(healthy, [30, 20, 10]);
    [oldest, middle, newest] = dated.refs;
    vault = await openWithout(oldest!);
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('reads the others, by their ids and as the latest', async () => {
    expect(await resolveSnapshot(vault, middle!.id)).toEqual(middle);
    expect(await resolveSnapshot(vault, 'latest')).toEqual(newest);
    for (const ref of [middle!, newest!]) expect(await verifySnapshot(vault, ref)).toMatchObject({ ok: true });
  });

  it('lets no older one be the latest where it is the newest', async () => {
    const refused = { code: 'not-authorized', message: expect.stringContaining(snapshotPrefix(newest!)) };
    await expect(resolveSnapshot(await openWithout(newest!), 'latest')).rejects.toMatchObject(refused);
  });

  it('still knows its pool where it is the only one', async () => {
    for (const ref of [middle!, newest!]) await rm(join(folder, snapshotPrefix(ref)), { recursive: true });
    expect(await vault.pools()).toEqual([POOL.id]);
    expect(await vault.snapshots(POOL.id)).toEqual([oldest]);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['a list', () => listSnapshots(vault)],
    [
      'a prune',
      () =>
        pruneVault(
          { vault, runtime: dated.runtime },
          { policy: { last: 1, daily: 0, weekly: 0, monthly: 0, withinMs: 0 }, graceMs: 0, apply: true },
        ),
    ],
    [
      'an erasure',
      () => eraseUsers({ vault, runtime: dated.runtime }, { subs: sampleUsers(1).map(({ sub }) => sub), apply: true }),
    ],
  ])('%s names it, and changes nothing', async (_what, work) => {
    const before = await contentsOf(healthy);
    const refused = { code: 'not-authorized', message: expect.stringContaining(snapshotPrefix(oldest!)) };
    await expect(work()).rejects.toMatchObject(refused);
    expect(await contentsOf(healthy)).toEqual(before);
  });
});

/** The file system of this machine to somebody who may not look into one folder. */
function filesWithout(folder: string): FileOperations {
  const refuse = (path: unknown): void => {
    if (!`${String(path)}/`.startsWith(folder)) return;
    throw Object.assign(new Error('EACCES: injected'), { code: 'EACCES' });
  };
  const names = ['chmod', 'link', 'mkdir', 'open', 'readdir', 'rename', 'rmdir', 'stat', 'unlink'] as const;
  return Object.fromEntries(
    names.map((name) => [
      name,
      async (...args: never[]): Promise<unknown> => {
        refuse(args[0]);
        return (realFiles[name] as (...all: never[]) => unknown)(...args);
      },
    ]),
  ) as unknown as FileOperations;
}
