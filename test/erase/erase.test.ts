import { beforeEach, describe, expect, it } from 'vitest';
import { verifySnapshot } from '../../src/operations/verify/verify-snapshot.ts';
import { manualRuntime, type ManualRuntime } from '../../src/runtime/manual-runtime.ts';
import type { SnapshotRef } from '../../src/snapshot/keys.ts';
import { openSnapshot } from '../../src/snapshot/snapshot-reader.ts';
import { openVault, type Vault } from '../../src/snapshot/vault.ts';
import { memoryStorage, type MemoryStorage } from '../fakes/memory-storage.ts';
import { contentsOf } from '../prune/dated-vault.ts';
import { backUp, erase, EVE, EVERYBODY, keysNaming, OTHERS, POOL, usernamesIn } from './erasing-vault.ts';

let storage: MemoryStorage;
let runtime: ManualRuntime;
let vault: Vault;
let old: SnapshotRef;

beforeEach(async () => {
  storage = memoryStorage();
  runtime = manualRuntime();
  vault = await openVault(storage, { create: true, runtime });
  old = await backUp({ vault, runtime });
});

const refs = (): Promise<readonly SnapshotRef[]> => vault.snapshots(POOL.id);

describe('erase', () => {
  it('writes nothing in a dry run, and says what it would do', async () => {
    const before = await contentsOf(storage);
    const result = await erase({ vault, runtime }, { apply: false });
    expect(await contentsOf(storage)).toEqual(before);
    expect(result).toMatchObject({ applied: false, complete: true, users: { asked: 1, found: 1, remembered: 1 } });
    expect(result.pools[0]?.snapshots).toMatchObject([{ id: old.id, fate: 'rewritten', users: 1, memberships: 1 }]);
  });

  it('leaves no trace of the user in any file, and everybody else', async () => {
    expect(await keysNaming(storage)).not.toEqual([]);
    const before = (await openSnapshot(vault, old)).manifest;
    const result = await erase({ vault, runtime });
    expect(result).toMatchObject({ applied: true, complete: true, counts: { rewritten: 1 } });
    expect(await keysNaming(storage)).toEqual([]);
    const [ref, ...more] = await refs();
    expect(more).toEqual([]);
    expect(ref?.id).not.toBe(old.id);
    expect(ref?.id.slice(0, 17)).toBe(old.id.slice(0, 17));
    expect(await usernamesIn(vault, ref!)).toEqual(OTHERS.map(({ username }) => username).toSorted());
    expect(await verifySnapshot(vault, ref!)).toMatchObject({ ok: true, unnamedParts: 0, problems: [] });
    const { manifest, state } = await openSnapshot(vault, ref!);
    expect(state).toBe('complete');
    expect(manifest).toMatchObject({
      supersedes: { snapshotId: old.id, users: EVERYBODY.length },
      window: before.window,
      listing: before.listing,
      calls: before.calls,
      totals: { users: OTHERS.length, memberships: OTHERS.length, orphans: 0 },
    });
  });

  it('leaves a snapshot without the user as it is', async () => {
    const later = await backUp({ vault, runtime }, OTHERS);
    const before = await contentsOf(storage, `pools/${POOL.id}/snapshots/${later.id}/`);
    await erase({ vault, runtime });
    expect(await contentsOf(storage, `pools/${POOL.id}/snapshots/${later.id}/`)).toEqual(before);
    expect((await refs()).map(({ id }) => id)).toContain(later.id);
  });

  it('remembers the user for snapshots that are taken later', async () => {
    await erase({ vault, runtime });
    const later = await backUp({ vault, runtime });
    expect(await usernamesIn(vault, later)).not.toContain(EVE.username);
    expect(await verifySnapshot(vault, later)).toMatchObject({ ok: true, checked: { totals: { users: 7 } } });
    const again = await erase({ vault, runtime }, { subs: [] });
    expect(again).toMatchObject({ users: { asked: 0, remembered: 0 }, counts: { rewritten: 1 } });
    expect(await keysNaming(storage)).toEqual([]);
  });
});
