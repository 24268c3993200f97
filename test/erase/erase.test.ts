import { beforeEach, describe, expect, it } from 'vitest';
import { parsePoolId } from '../../src/model/ids.ts';
import { backupPool } from '../../src/operations/backup/backup.ts';
import { acceptSnapshot } from '../../src/operations/snapshots/accept-snapshot.ts';
import { listSnapshots } from '../../src/operations/snapshots/list-snapshots.ts';
import { verifySnapshot } from '../../src/operations/verify/verify-snapshot.ts';
import { takeLease } from '../../src/runs/lease.ts';
import { manualRuntime, type ManualRuntime } from '../../src/runtime/manual-runtime.ts';
import { markExpired } from '../../src/snapshot/expiry.ts';
import { ERASURE_KEY_FILE, manifestKey, partKey, snapshotPrefix, type SnapshotRef } from '../../src/snapshot/keys.ts';
import { resolveSnapshot } from '../../src/snapshot/resolve-snapshot.ts';
import { openSnapshot } from '../../src/snapshot/snapshot-reader.ts';
import { openVault, type Vault } from '../../src/snapshot/vault.ts';
import { memoryStorage, type MemoryStorage } from '../fakes/memory-storage.ts';
import { sampleGroup, sampleUser, sampleUsers } from '../fakes/sample-pool.ts';
import { sampleSnapshot } from '../fakes/sample-snapshot.ts';
import { poolHandlers, scriptedGateway } from '../fakes/scripted-gateway.ts';
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

  it('counts anew whose factors are left in a deep snapshot', async () => {
    const members = new Map([['a', [EVE.sub]]]);
    const content = { pool: POOL, users: EVERYBODY, groups: [sampleGroup('a')], members };
    const deep = await sampleSnapshot({ vault, runtime }, content, { deep: true });
    expect((await openSnapshot(vault, deep)).manifest.totals.factors).toBe(EVERYBODY.length);
    await erase({ vault, runtime });
    const ref = (await refs()).at(-1)!;
    expect(ref.id).not.toBe(deep.id);
    expect((await openSnapshot(vault, ref)).manifest.totals.factors).toBe(EVERYBODY.length - 1);
    expect(await verifySnapshot(vault, ref)).toMatchObject({ ok: true, problems: [] });
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

describe('a superseding snapshot', () => {
  const many = sampleUsers(100).filter(({ sub }) => sub !== EVE.sub);
  const few = sampleUsers(30).filter(({ sub }) => sub !== EVE.sub);

  it('is as suspect, accepted and marked as the one before it', async () => {
    storage = memoryStorage();
    vault = await openVault(storage, { create: true, runtime });
    await backUp({ vault, runtime }, [...many, EVE]);
    const suspect = await backUp({ vault, runtime }, [...few, EVE]);
    const marked = await backUp({ vault, runtime }, [...few, EVE]);
    await acceptSnapshot({ vault, runtime }, marked);
    const { manifestSha256 } = await openSnapshot(vault, marked);
    await markExpired(vault, marked, { manifestSha256, expiredAt: runtime.now() });
    const before = await listSnapshots(vault);
    expect(before.map(({ status }) => status)).toEqual(['complete', 'suspect', 'accepted']);
    await erase({ vault, runtime });
    const after = await listSnapshots(vault);
    expect(after.map(({ status, expiredAt }) => [status, expiredAt])).toEqual(
      before.map(({ status, expiredAt }) => [status, expiredAt]),
    );
    expect(after.map(({ supersedes }) => supersedes)).toEqual(before.map(({ id }) => id));
    for (const ref of await refs()) expect(await verifySnapshot(vault, ref)).toMatchObject({ ok: true });
    expect((await refs()).map(({ id }) => id)).not.toContain(suspect.id);
    expect(await keysNaming(storage)).toEqual([]);
  });

  it('does not become suspect by the people who were erased', async () => {
    storage = memoryStorage();
    vault = await openVault(storage, { create: true, runtime });
    const people = sampleUsers(100);
    await backUp({ vault, runtime }, people);
    await backUp({ vault, runtime }, people);
    await erase({ vault, runtime }, { subs: people.slice(0, 60).map(({ sub }) => sub) });
    const listed = await listSnapshots(vault);
    expect(listed.map(({ status, totals }) => [status, totals?.users])).toEqual([
      ['complete', 40],
      ['complete', 40],
    ]);
    const next = await backUp({ vault, runtime }, people.slice(60));
    expect((await openSnapshot(vault, next)).state).toBe('complete');
  });

  it('may be superseded itself, and still says how many were listed', async () => {
    await erase({ vault, runtime });
    const [first] = await refs();
    await erase({ vault, runtime }, { subs: [OTHERS[0]!.sub] });
    const [second] = await refs();
    const { manifest } = await openSnapshot(vault, second!);
    expect(manifest.supersedes).toEqual({ snapshotId: first!.id, users: EVERYBODY.length });
    expect(manifest.totals.users).toBe(EVERYBODY.length - 2);
    expect((await verifySnapshot(vault, second!)).ok).toBe(true);
    for (const name of [old.id, first!.id, second!.id]) {
      expect(await resolveSnapshot(vault, name)).toEqual(second);
    }
  });

  it('has no part for nobody', async () => {
    await erase({ vault, runtime }, { subs: EVERYBODY.map(({ sub }) => sub) });
    const [ref] = await refs();
    const { manifest } = await openSnapshot(vault, ref!);
    expect(manifest.parts.map(({ kind }) => kind)).toEqual(['pool', 'groups']);
    expect(manifest.totals).toMatchObject({ users: 0, byStatus: {}, enabled: 0, disabled: 0, memberships: 0 });
    expect((await verifySnapshot(vault, ref!)).ok).toBe(true);
  });

  it('loses the membership of somebody who was not listed', async () => {
    const members = new Map([['a', [OTHERS[0]!.sub, EVE.sub]]]);
    const ref = await sampleSnapshot(
      { vault, runtime },
      { pool: POOL, users: OTHERS, groups: [sampleGroup('a')], members },
    );
    expect((await openSnapshot(vault, ref)).manifest.totals.orphans).toBe(1);
    const result = await erase({ vault, runtime });
    expect(result.pools[0]?.snapshots[1]).toMatchObject({ fate: 'rewritten', users: 0, memberships: 1 });
    const { manifest } = await openSnapshot(vault, (await refs())[1]!);
    expect(manifest.totals).toMatchObject({ users: OTHERS.length, memberships: 1, orphans: 0 });
    for (const each of await refs()) expect((await verifySnapshot(vault, each)).ok).toBe(true);
    expect(await keysNaming(storage)).toEqual([]);
  });

  it('keeps the proof of a second pass', async () => {
    storage = memoryStorage();
    vault = await openVault(storage, { create: true, runtime });
    const gateway = scriptedGateway(poolHandlers({ pool: POOL, users: EVERYBODY }), () => runtime.now());
    await backupPool(
      { gateway, vault, runtime, observer: () => undefined },
      { poolId: POOL.id, listing: 'sharded', secondPass: true },
    );
    const before = (await openSnapshot(vault, (await refs())[0]!)).manifest;
    expect(before.listing.secondPass).toMatchObject({ users: EVERYBODY.length });
    await erase({ vault, runtime });
    const { manifest } = await openSnapshot(vault, (await refs())[0]!);
    expect(manifest.listing).toEqual(before.listing);
    expect(await keysNaming(storage)).toEqual([]);
  });
});

describe('erase refuses', () => {
  it.each([
    ['what is no sub', { subs: ['eve@canary.example'] }, 'bad-input'],
    ['a pool that the vault does not know', { poolId: parsePoolId('eu-central-1_Unknown00') }, 'snapshot-not-found'],
  ])('%s', async (_what, options, code) => {
    const before = await contentsOf(storage);
    const error: unknown = await erase({ vault, runtime }, options).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code });
    expect(String(error)).not.toContain('canary');
    expect(await contentsOf(storage)).toEqual(before);
  });

  it('to go on with a damaged ledger', async () => {
    await erase({ vault, runtime });
    storage.objects.delete(ERASURE_KEY_FILE);
    await expect(erase({ vault, runtime })).rejects.toMatchObject({ code: 'damaged' });
    const [ref] = await refs();
    await expect(usernamesIn(vault, ref!)).rejects.toMatchObject({ code: 'damaged' });
    expect((await verifySnapshot(vault, ref!)).ok).toBe(true);
  });
});

describe('what erase cannot do now', () => {
  it('is remembered for somebody of whom the vault holds nothing', async () => {
    const result = await erase({ vault, runtime }, { subs: [sampleUser(99).sub] });
    expect(result).toMatchObject({ complete: true, users: { asked: 1, found: 0, remembered: 1 } });
    const later = await backUp({ vault, runtime }, sampleUsers(100));
    expect(await usernamesIn(vault, later)).toHaveLength(99);
  });

  it('is said of a damaged snapshot, and does not stop it', async () => {
    const second = await backUp({ vault, runtime });
    const part = (await openSnapshot(vault, old)).manifest.parts.find(({ kind }) => kind === 'users')!;
    storage.objects.get(partKey(old, part.path))![30]! ^= 1;
    const result = await erase({ vault, runtime });
    expect(result.complete).toBe(false);
    expect(result.pools[0]?.snapshots).toMatchObject([
      { id: old.id, fate: 'unreadable', reason: 'damaged', done: false },
      { id: second.id, fate: 'rewritten', done: true },
    ]);
  });

  it('waits for what Object Lock holds; readers leave the user out all the same', async () => {
    storage.locks.set(manifestKey(old), { lockedUntil: '2030-01-01T00:00:00.000Z' });
    const before = await contentsOf(storage, snapshotPrefix(old));
    const result = await erase({ vault, runtime });
    expect(result).toMatchObject({ complete: false, counts: { locked: 1 } });
    expect(result.pools[0]?.snapshots[0]).toMatchObject({ users: 1, lockedUntil: '2030-01-01T00:00:00.000Z' });
    expect(await contentsOf(storage, snapshotPrefix(old))).toEqual(before);
    expect(await usernamesIn(vault, old)).not.toContain(EVE.username);
    storage.locks.clear();
    expect(await erase({ vault, runtime }, { subs: [] })).toMatchObject({ complete: true, counts: { rewritten: 1 } });
    expect(await keysNaming(storage)).toEqual([]);
  });

  it('waits for a run that holds the pool', async () => {
    const lease = await takeLease({ storage, runtime, target: POOL.id, command: 'restore' });
    const result = await erase({ vault, runtime });
    expect(result).toMatchObject({ complete: false, pools: [{ busy: true }] });
    expect(await usernamesIn(vault, old)).not.toContain(EVE.username);
    await lease.release();
    expect((await erase({ vault, runtime })).complete).toBe(true);
    expect(await keysNaming(storage)).toEqual([]);
  });
});
