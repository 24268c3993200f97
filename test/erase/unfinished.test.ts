import { beforeEach, describe, expect, it } from 'vitest';
import { BackupError } from '../../src/model/errors.ts';
import type { User } from '../../src/model/user.ts';
import { backupPool } from '../../src/operations/backup/backup.ts';
import type { EraseResult } from '../../src/operations/erase/erase-result.ts';
import { pruneVault } from '../../src/operations/prune/prune.ts';
import { listSnapshots } from '../../src/operations/snapshots/list-snapshots.ts';
import { manualRuntime, type ManualRuntime } from '../../src/runtime/manual-runtime.ts';
import { loadCheckpoint } from '../../src/snapshot/checkpoint-file.ts';
import {
  checkpointKey,
  manifestKey,
  snapshotPrefix,
  supersedingKey,
  type SnapshotRef,
} from '../../src/snapshot/keys.ts';
import { openVault, type Vault } from '../../src/snapshot/vault.ts';
import { memoryStorage, type MemoryStorage } from '../fakes/memory-storage.ts';
import { poolHandlers, scriptedGateway } from '../fakes/scripted-gateway.ts';
import { contentsOf, DAY_MS } from '../prune/dated-vault.ts';
import { backUp, erase, EVE, EVERYBODY, keysNaming, OTHERS, POOL, usernamesIn } from './erasing-vault.ts';

let storage: MemoryStorage;
let runtime: ManualRuntime;
let vault: Vault;

beforeEach(async () => {
  storage = memoryStorage();
  runtime = manualRuntime();
  vault = await openVault(storage, { create: true, runtime });
});

/** A backup that has stored all users, and was killed before its manifest. */
async function interruptedBackup(users: readonly User[]): Promise<SnapshotRef> {
  const gateway = scriptedGateway(poolHandlers({ pool: POOL, users }), () => runtime.now());
  storage.beforeWrite = (key) => {
    if (key.endsWith('manifest.json')) throw new BackupError('unavailable', 'The disk went away');
  };
  const options = { poolId: POOL.id, listing: 'single' } as const;
  await expect(backupPool({ gateway, vault, runtime, observer: () => undefined }, options)).rejects.toThrow(
    'went away',
  );
  storage.beforeWrite = () => undefined;
  runtime.advance(60_000);
  return (await vault.snapshots(POOL.id)).at(-1)!;
}

describe('an unfinished snapshot', () => {
  it('that holds the user is closed to every backup, and removed two days after its start', async () => {
    const ref = await interruptedBackup(EVERYBODY);
    const result = await erase({ vault, runtime });
    expect(result).toMatchObject({ complete: false, users: { found: 1 }, counts: { abandoned: 1 } });
    expect((await loadCheckpoint(storage, checkpointKey(ref)))?.checkpoint.abandoned).toBe('erased');
    const next = await backUp({ vault, runtime }, OTHERS);
    expect(next.id).not.toBe(ref.id);
    runtime.advance(2 * DAY_MS);
    expect(await erase({ vault, runtime }, { subs: [] })).toMatchObject({ complete: true, counts: { removed: 1 } });
    expect(await contentsOf(storage, snapshotPrefix(ref))).toEqual({});
    expect(await keysNaming(storage)).toEqual([]);
    expect(await usernamesIn(vault, next)).toHaveLength(OTHERS.length);
  });

  it('that holds none of them is gone on with', async () => {
    const ref = await interruptedBackup(OTHERS);
    const before = await contentsOf(storage, snapshotPrefix(ref));
    expect(await erase({ vault, runtime })).toMatchObject({ complete: true, counts: { untouched: 1 } });
    expect(await contentsOf(storage, snapshotPrefix(ref))).toEqual(before);
    expect(await backUp({ vault, runtime }, OTHERS)).toEqual(ref);
  });

  it('without a checkpoint that can be read is removed when it is old enough', async () => {
    const ref = await interruptedBackup(EVERYBODY);
    storage.objects.set(checkpointKey(ref), Buffer.from('{'));
    expect(await erase({ vault, runtime })).toMatchObject({ complete: false, counts: { abandoned: 1 } });
    runtime.advance(2 * DAY_MS);
    expect(await erase({ vault, runtime })).toMatchObject({ complete: true });
    expect(await keysNaming(storage)).toEqual([]);
  });

  it('that its backup is reading back meanwhile is never finished, and the backup says why', async () => {
    let erased: EraseResult | undefined;
    const reading: MemoryStorage = {
      ...storage,
      get: async (key, options) => {
        if (/users\/.*\.jsonl\.gz$/.test(key)) erased ??= await erase({ vault, runtime });
        return storage.get(key, options);
      },
    };
    const gateway = scriptedGateway(poolHandlers({ pool: POOL, users: EVERYBODY }), () => runtime.now());
    const deps = { gateway, vault: { ...vault, storage: reading }, runtime, observer: () => undefined };
    await expect(backupPool(deps, { poolId: POOL.id, listing: 'single' })).rejects.toMatchObject({
      code: 'locked',
      message: 'An erase has closed this backup: it may hold people who were erased',
      hint: 'Run it again: it begins a new snapshot',
    });
    expect(erased).toMatchObject({ complete: false, counts: { abandoned: 1 } });
    const ref = (await vault.snapshots(POOL.id)).at(-1)!;
    expect(storage.objects.has(manifestKey(ref))).toBe(false);
    expect((await backUp({ vault, runtime }, OTHERS)).id).not.toBe(ref.id);
    runtime.advance(2 * DAY_MS);
    expect(await erase({ vault, runtime }, { subs: [] })).toMatchObject({ complete: true, counts: { removed: 1 } });
    expect(await keysNaming(storage)).toEqual([]);
  });

  it('that a prune has half removed goes at once', async () => {
    const ref = await backUp({ vault, runtime });
    await backUp({ vault, runtime }, OTHERS);
    const policy = { last: 1, daily: 0, weekly: 0, monthly: 0, withinMs: 0 };
    await pruneVault({ vault, runtime }, { policy, apply: true });
    storage.objects.delete(manifestKey(ref));
    expect(await erase({ vault, runtime })).toMatchObject({ complete: true, counts: { removed: 1 } });
    expect(await keysNaming(storage)).toEqual([]);
  });
});

describe('what a killed erase has left', () => {
  const policy = { last: 5, daily: 0, weekly: 0, monthly: 0, withinMs: 0 };

  /** Stops at the first write of a key like this. */
  async function eraseUntil(pattern: RegExp): Promise<void> {
    storage.beforeWrite = (key) => {
      if (pattern.test(key)) throw new BackupError('unavailable', 'The disk went away');
    };
    await expect(erase({ vault, runtime })).rejects.toThrow('went away');
    storage.beforeWrite = () => undefined;
    runtime.advance(6 * 60_000);
  }

  it('in the making, is left alone by prune for two days, although its id is older', async () => {
    const old = await backUp({ vault, runtime });
    runtime.advance(30 * DAY_MS);
    await eraseUntil(/manifest\.json$/);
    const made = (await vault.snapshots(POOL.id)).find(({ id }) => id !== old.id)!;
    expect(storage.objects.has(supersedingKey(made))).toBe(true);
    const before = await contentsOf(storage, snapshotPrefix(made));
    await pruneVault({ vault, runtime }, { policy, graceMs: 0, apply: true });
    expect(await contentsOf(storage, snapshotPrefix(made))).toEqual(before);
    runtime.advance(2 * DAY_MS);
    await pruneVault({ vault, runtime }, { policy, graceMs: 0, apply: true });
    expect(await contentsOf(storage, snapshotPrefix(made))).toEqual({});
    expect((await listSnapshots(vault)).map(({ id }) => id)).toEqual([old.id]);
  });

  it('beside the snapshot in its place, is let go by prune, whatever the rules, and nothing else is', async () => {
    const first = await backUp({ vault, runtime }, OTHERS);
    const old = await backUp({ vault, runtime });
    await eraseUntil(/expired\.json$/);
    const standing = (await listSnapshots(vault)).map(({ id }) => id);
    expect(standing).toHaveLength(3);
    await pruneVault({ vault, runtime }, { policy, graceMs: 0, apply: true });
    const left = await vault.snapshots(POOL.id);
    expect(left.map(({ id }) => id)).toEqual(standing.filter((id) => id !== old.id));
    expect(left[0]).toEqual(first);
    expect(await usernamesIn(vault, left[1]!)).not.toContain(EVE.username);
    expect(await keysNaming(storage)).toEqual([]);
  });
});
