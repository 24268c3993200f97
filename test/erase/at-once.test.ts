import { beforeEach, describe, expect, it } from 'vitest';
import { BackupError } from '../../src/model/errors.ts';
import { backupPool } from '../../src/operations/backup/backup.ts';
import { eraseUsers } from '../../src/operations/erase/erase.ts';
import { manualRuntime, type ManualRuntime } from '../../src/runtime/manual-runtime.ts';
import { findUnfinished } from '../../src/snapshot/find-unfinished.ts';
import { partKey, snapshotPrefix, type SnapshotRef } from '../../src/snapshot/keys.ts';
import { resolveSnapshot } from '../../src/snapshot/resolve-snapshot.ts';
import { openSnapshot } from '../../src/snapshot/snapshot-reader.ts';
import { openVault, type Vault } from '../../src/snapshot/vault.ts';
import { memoryStorage, type MemoryStorage } from '../fakes/memory-storage.ts';
import { poolHandlers, scriptedGateway } from '../fakes/scripted-gateway.ts';
import { backUp, erase, EVE, EVERYBODY, keysNaming, OTHERS, POOL, TRACES, usernamesIn } from './erasing-vault.ts';

const [BOB] = OTHERS;

let storage: MemoryStorage;
let runtime: ManualRuntime;
let vault: Vault;

beforeEach(async () => {
  storage = memoryStorage();
  runtime = manualRuntime();
  vault = await openVault(storage, { create: true, runtime });
});

const refs = (): Promise<readonly SnapshotRef[]> => vault.snapshots(POOL.id);

/** All in one second: the clock is put back after each. */
async function backUpNow(users = EVERYBODY): Promise<SnapshotRef> {
  const ref = await backUp({ vault, runtime }, users);
  runtime.advance(-60_000);
  return ref;
}

describe('two erasures at once', () => {
  it('of two people, leave nothing of either', async () => {
    await backUp({ vault, runtime });
    await backUp({ vault, runtime });
    // The second has looked at everything when the first goes through as a whole.
    const late = vaultThatWaits(async () => {
      expect(await erase({ vault, runtime }, { subs: [BOB!.sub] })).toMatchObject({ complete: true });
    });
    const result = await eraseUsers({ vault: late, runtime }, { subs: [EVE.sub], apply: true });
    expect(result).toMatchObject({ complete: true, counts: { rewritten: 2 } });
    expect(await keysNaming(storage, [...TRACES, BOB!.sub])).toEqual([]);
    const [ref, ...more] = await refs();
    expect(more).toHaveLength(1);
    expect(await usernamesIn(vault, ref!)).toHaveLength(EVERYBODY.length - 2);
  });

  /** Does something before the first write of the ledger. */
  function vaultThatWaits(before: () => Promise<void>): Vault {
    let isDone = false;
    const once = async (key: string): Promise<void> => {
      if (isDone || !key.startsWith('erasures/2')) return;
      isDone = true;
      await before();
    };
    const waiting: MemoryStorage = {
      ...storage,
      putIfAbsent: async (key, ...rest) => {
        await once(key);
        return storage.putIfAbsent(key, ...rest);
      },
    };
    return { ...vault, storage: waiting };
  }
});

describe('snapshots of one second', () => {
  it('keep their order, `latest`, and their names', async () => {
    const old = [
      await backUpNow(),
      await backUpNow([...OTHERS.slice(1), EVE]),
      await backUpNow([...OTHERS.slice(2), EVE]),
    ];
    expect(new Set(old.map(({ id }) => id.slice(0, 17))).size).toBe(1);
    for (const sub of [EVE.sub, ...OTHERS.slice(3, 5).map((user) => user.sub)]) {
      const before = await refs();
      await erase({ vault, runtime }, { subs: [sub] });
      const after = await refs();
      const sizes = await Promise.all(after.map(async (ref) => (await usernamesIn(vault, ref)).length));
      expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
      expect(new Set(sizes).size).toBe(3);
      expect(await resolveSnapshot(vault, 'latest')).toEqual(after[2]);
      for (const [index, { id }] of before.entries()) expect(await resolveSnapshot(vault, id)).toEqual(after[index]);
    }
  });

  it.each([
    ['goes on with one begun after it', true],
    ['does not go on with one begun before it', false],
  ])('a backup %s', async (_what, isAfter) => {
    if (isAfter) await backUpNow();
    const open = await interrupted();
    // One that another machine has taken meanwhile, in the same second.
    if (!isAfter) await finishedAfter(open);
    await erase({ vault, runtime }, { subs: [EVE.sub] });
    const found = await findUnfinished(vault, POOL.id, { now: runtime.now() });
    expect(found?.checkpoint.snapshotId).toBe(isAfter ? open.id : undefined);
  });

  /** Holds nobody who is erased. */
  async function interrupted(): Promise<SnapshotRef> {
    storage.beforeWrite = (key) => {
      if (key.endsWith('manifest.json')) throw new BackupError('unavailable', 'The disk went away');
    };
    await expect(backUpNow(OTHERS)).rejects.toThrow('went away');
    storage.beforeWrite = () => undefined;
    return (await refs()).at(-1)!;
  }

  async function finishedAfter(open: SnapshotRef): Promise<void> {
    const gateway = scriptedGateway(poolHandlers({ pool: POOL, users: EVERYBODY }), () => runtime.now());
    const hidden = new Map([...storage.objects].filter(([key]) => key.endsWith('checkpoint.json')));
    for (const key of hidden.keys()) storage.objects.delete(key);
    await backupPool({ gateway, vault, runtime, observer: () => undefined }, { poolId: POOL.id, listing: 'single' });
    for (const [key, bytes] of hidden) storage.objects.set(key, bytes);
    expect((await refs()).at(-1)!.id > open.id).toBe(true);
  }
});

describe('a snapshot beside the one in its place', () => {
  it('stays as long as that one cannot be read', async () => {
    const old = await backUp({ vault, runtime });
    storage.beforeWrite = (key) => {
      if (key.endsWith('expired.json')) throw new BackupError('unavailable', 'The disk went away');
    };
    await expect(erase({ vault, runtime })).rejects.toThrow('went away');
    storage.beforeWrite = () => undefined;
    runtime.advance(6 * 60_000);
    const next = (await refs()).find(({ id }) => id !== old.id)!;
    const part = (await openSnapshot(vault, next)).manifest.parts.find(({ kind }) => kind === 'users')!;
    storage.objects.get(partKey(next, part.path))![30]! ^= 1;
    const result = await erase({ vault, runtime }, { subs: [] });
    expect(result).toMatchObject({ complete: false, counts: { rewritten: 1, unreadable: 1, removed: 0 } });
    const standing = (await refs()).filter(({ id }) => id !== next.id);
    expect(await usernamesIn(vault, standing[0]!)).toHaveLength(OTHERS.length);
    expect([...storage.objects.keys()].filter((key) => key.startsWith(snapshotPrefix(old)))).toEqual([]);
  });
});
