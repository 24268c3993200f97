import { beforeEach, describe, expect, it } from 'vitest';
import { verifySnapshot } from '../../src/operations/verify/verify-snapshot.ts';
import { openSnapshot } from '../../src/snapshot/snapshot-reader.ts';
import { checkpointKey, manifestKey, partKey, snapshotPrefix, type SnapshotRef } from '../../src/snapshot/keys.ts';
import type { PartEntry } from '../../src/snapshot/manifest.ts';
import { collect } from '../fakes/collect.ts';
import { sampleVault, USERS, type SampleVault } from './sample-vault.ts';

let sample: SampleVault;

beforeEach(async () => {
  sample = await sampleVault();
});

function swap(one: string, other: string): boolean {
  const { objects } = sample.storage;
  const [first, second] = [objects.get(one)!, objects.get(other)!];
  objects.set(one, second);
  objects.set(other, first);
  return !Buffer.from(first).equals(second);
}

const codeFor = (key: string): string => (key === manifestKey(sample.ref) ? 'manifest-damaged' : 'part-damaged');

async function expectBoth(codes: readonly string[], what: string): Promise<void> {
  expect((await sample.verify()).sort(), what).toEqual([...codes].sort());
  expect((await sample.quick()).sort(), `${what}, quick`).toEqual([...codes].sort());
}

describe('verify finds files that are not where they were written:', () => {
  it('any two files of the snapshot in each other’s place', async () => {
    const keys = sample.keys();
    for (const [at, one] of keys.entries()) {
      for (const other of keys.slice(at + 1)) {
        expect(swap(one, other), `${one} and ${other} differ`).toBe(true);
        const hasManifest = one === manifestKey(sample.ref);
        await expectBoth(hasManifest ? ['manifest-damaged'] : ['part-damaged', 'part-damaged'], `${one} and ${other}`);
        swap(one, other);
      }
    }
    expect(await sample.verify()).toEqual([]);
  });

  it.each(['older', 'foreign'] as const)('any file and any of the %s snapshot in each other’s place', async (which) => {
    let swaps = 0;
    for (const one of sample.keys()) {
      for (const other of sample.keys(sample[which])) {
        // Two snapshots hold what did not change in equal bytes: then nothing has moved.
        const moved = swap(one, other);
        if (moved) await expectBoth([codeFor(one)], `${one} and ${other}`);
        swaps += moved ? 1 : 0;
        swap(one, other);
      }
    }
    expect(swaps).toBeGreaterThan(40);
  });

  it('the whole folder of another snapshot, and of another pool', async () => {
    const { objects } = sample.storage;
    for (const other of [sample.older, sample.foreign]) {
      const before = new Map(objects);
      move(other, sample.ref);
      expect(await sample.verify()).toEqual(['manifest-damaged']);
      expect(await sample.quick()).toEqual(['manifest-damaged']);
      for (const [key, bytes] of before) objects.set(key, bytes);
    }
  });

  it('a snapshot of another vault', async () => {
    const { objects } = sample.storage;
    const id = (JSON.parse(Buffer.from(objects.get('vault.json')!).toString()) as { id: string }).id;
    objects.set(
      'vault.json',
      Buffer.from(Buffer.from(objects.get('vault.json')!).toString().replace(id, 'f'.repeat(32))),
    );
    const { openVault } = await import('../../src/snapshot/vault.ts');
    const { manualRuntime } = await import('../../src/runtime/manual-runtime.ts');
    const vault = await openVault(sample.storage, { runtime: manualRuntime() });
    expect((await verifySnapshot(vault, sample.ref)).problems).toMatchObject([
      { code: 'manifest-damaged', message: expect.stringContaining('it belongs to another vault') },
    ]);
  });

  function move(from: SnapshotRef, to: SnapshotRef): void {
    const { objects } = sample.storage;
    for (const key of objects.keys()) if (key.startsWith(snapshotPrefix(to))) objects.delete(key);
    for (const [key, bytes] of objects) {
      if (key.startsWith(snapshotPrefix(from)))
        objects.set(key.replace(snapshotPrefix(from), snapshotPrefix(to)), bytes);
    }
  }
});

describe('verify finds what is missing:', () => {
  it('any file of the snapshot', async () => {
    const { objects } = sample.storage;
    for (const key of sample.keys()) {
      const bytes = objects.get(key)!;
      objects.delete(key);
      const expected = key === manifestKey(sample.ref) ? ['thrown snapshot-not-found'] : ['part-damaged'];
      await expectBoth(expected, `${key} is gone`);
      objects.set(key, bytes);
    }
  });

  it('every file but the manifest, each by its name', async () => {
    const [, ...parts] = sample.keys();
    for (const key of parts) sample.storage.objects.delete(key);
    expect((await sample.problems()).map(({ path }) => path)).toEqual(parts);
  });
});

describe('a part that was copied', () => {
  const copyOf = (entry: PartEntry): string => entry.path.replace(/-\d{6}\./, '-000001.');

  it('under another valid name is counted, and no reader sees it', async () => {
    const { storage, vault, ref } = sample;
    for (const entry of [...sample.parts('users'), ...sample.parts('memberships')]) {
      storage.objects.set(partKey(ref, copyOf(entry)), storage.objects.get(partKey(ref, entry.path))!);
    }
    const checked = await verifySnapshot(vault, ref);
    expect(checked).toMatchObject({ ok: true, unnamedParts: 5 });
    expect(await collect((await openSnapshot(vault, ref)).users())).toHaveLength(USERS.length);
  });

  it('and named by a manifest with a digest of its own is found', async () => {
    const [entry] = sample.parts('users', '3') as [PartEntry];
    const { storage, ref } = sample;
    storage.objects.set(partKey(ref, copyOf(entry)), storage.objects.get(partKey(ref, entry.path))!);
    sample.forge((body) => {
      const at = body.parts.findIndex(({ path }: PartEntry) => path === entry.path);
      body.parts.splice(at, 0, { ...entry, path: copyOf(entry) });
      body.totals.users += entry.records;
    });
    await expectBoth(['manifest-damaged'], 'copied');
  });
});

describe('what an interrupted backup leaves', () => {
  it('says nothing about the snapshot beside it', async () => {
    sample.storage.objects.set(checkpointKey(sample.ref), Buffer.from('{"format":9'));
    expect(await sample.verify()).toEqual([]);
  });
});
