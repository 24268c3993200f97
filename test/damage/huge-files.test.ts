import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backupPool } from '../../src/operations/backup/backup.ts';
import { diff } from '../../src/operations/diff/diff.ts';
import { EXPORT_FORMATS, exportSnapshot } from '../../src/operations/export/export.ts';
import { quickVerifySnapshot } from '../../src/operations/verify/quick-verify.ts';
import { verifySnapshot } from '../../src/operations/verify/verify-snapshot.ts';
import { snapshotSide } from '../../src/operations/values/diff-side.ts';
import { timedId, type RunId } from '../../src/model/ids.ts';
import { takeLease } from '../../src/runs/lease.ts';
import { leaseKey, runRecordKey } from '../../src/runs/run-keys.ts';
import { runsOf } from '../../src/runs/run-record.ts';
import { manualRuntime } from '../../src/runtime/manual-runtime.ts';
import { realRuntime } from '../../src/runtime/real-runtime.ts';
import { isAccepted } from '../../src/snapshot/acceptance.ts';
import { loadCheckpoint } from '../../src/snapshot/checkpoint-file.ts';
import { acceptedKey, checkpointKey, manifestKey, partKey, VAULT_KEY } from '../../src/snapshot/keys.ts';
import { openSnapshot } from '../../src/snapshot/snapshot-reader.ts';
import { openVault, type Vault } from '../../src/snapshot/vault.ts';
import { openLocalFolder } from '../../src/storage/local-folder.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { collect } from '../fakes/collect.ts';
import { memoryStorage } from '../fakes/memory-storage.ts';
import { sampleGroup, samplePool, sampleUser } from '../fakes/sample-pool.ts';
import { poolHandlers, scriptedGateway } from '../fakes/scripted-gateway.ts';
import { sampleVault, type SampleVault } from './sample-vault.ts';

/** More than any reader could hold: whoever tries to read it whole fails with an error of another kind. */
const HUGE_BYTES = 10 * 1024 ** 3;

describe('a file of ten gigabytes in the place of', () => {
  let sample: SampleVault;
  let folder: string;
  let storage: Storage;
  let vault: Vault;

  beforeAll(async () => {
    sample = await sampleVault();
    folder = await mkdtemp(join(tmpdir(), 'cognito-backup-huge-'));
    storage = await openLocalFolder(folder, { runtime: realRuntime });
    for (const [key, bytes] of sample.storage.objects) await storage.put(key, bytes);
    vault = await openVault(storage, { runtime: realRuntime });
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** Sparse: it takes no room on the disk. */
  async function inItsPlace(key: string, work: () => Promise<void>): Promise<void> {
    const path = join(folder, key);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, '');
    await truncate(path, HUGE_BYTES);
    await work();
    const before = sample.storage.objects.get(key);
    if (before) await writeFile(path, before);
    else await rm(path);
  }

  it('the manifest is damage', async () => {
    await inItsPlace(manifestKey(sample.ref), async () => {
      expect((await verifySnapshot(vault, sample.ref)).problems).toMatchObject([{ code: 'manifest-damaged' }]);
      expect((await quickVerifySnapshot(vault, sample.ref)).problems).toMatchObject([{ code: 'manifest-damaged' }]);
    });
  });

  it('any part is damage, named with its size', async () => {
    for (const entry of sample.manifest().parts as { path: string; sizeBytes: number }[]) {
      await inItsPlace(partKey(sample.ref, entry.path), async () => {
        const { problems } = await verifySnapshot(vault, sample.ref);
        expect(problems).toMatchObject([{ code: 'part-damaged' }]);
        expect(problems[0]!.message).toContain(`${HUGE_BYTES} bytes instead of at most ${entry.sizeBytes}`);
        expect((await quickVerifySnapshot(vault, sample.ref)).problems).toMatchObject([{ code: 'part-damaged' }]);
      });
    }
    expect((await verifySnapshot(vault, sample.ref)).ok).toBe(true);
  });

  it('vault.json opens no vault', async () => {
    await inItsPlace(VAULT_KEY, async () => {
      await expect(openVault(storage, { runtime: realRuntime })).rejects.toMatchObject({ code: 'damaged' });
    });
  });

  it('accepted.json accepts nothing, a checkpoint is none', async () => {
    await inItsPlace(acceptedKey(sample.ref), async () => {
      expect(await isAccepted(vault, sample.ref, 'x')).toBe(false);
    });
    const key = checkpointKey(sample.ref);
    await inItsPlace(key, async () => expect(await loadCheckpoint(storage, key)).toBeUndefined());
  });

  it('the record of a run is passed over, with a word', async () => {
    const run = { target: sample.ref.poolId, id: timedId(new Date(), new Uint8Array(3)) as RunId };
    await inItsPlace(runRecordKey(run), async () => {
      const damaged: string[] = [];
      expect(await collect(runsOf(storage, run.target, { onDamaged: (key) => damaged.push(key) }))).toEqual([]);
      expect(damaged).toEqual([runRecordKey(run)]);
    });
  });

  it('a lease is taken like one that ran out', async () => {
    const { poolId: target } = sample.ref;
    await inItsPlace(leaseKey(target), async () => {
      const lease = await takeLease({ storage, runtime: realRuntime, target, command: 'restore' });
      await lease.release();
    });
  });
});

describe.each([1, 5])('a user whose line takes %i MB', (megabytes) => {
  const long = 'ä"\\\n'.repeat((megabytes * 1024 * 1024) / 8);
  const giant = sampleUser(3, {
    attributes: [
      ['email', 'giant@example.com'],
      ['custom:note', long],
    ],
  });
  const users = [sampleUser(1), giant, sampleUser(2)];

  it('is backed up, verified, read, compared and exported like any other', async () => {
    const storage = memoryStorage();
    const runtime = manualRuntime();
    const vault = await openVault(storage, { create: true, runtime });
    const pool = samplePool();
    const content = { pool, users, groups: [sampleGroup('g')], members: new Map([['g', [giant.sub]]]) };
    const gateway = scriptedGateway(poolHandlers(content), () => runtime.now());
    const done = await backupPool({ gateway, vault, runtime, observer: () => {} }, { poolId: pool.id });
    const ref = { poolId: pool.id, id: done.snapshot.id };
    expect(await verifySnapshot(vault, ref)).toMatchObject({ ok: true, checked: { totals: { users: 3 } } });

    const reader = await openSnapshot(vault, ref);
    const read = await collect(reader.users());
    expect(read.find(({ sub }) => sub === giant.sub)).toEqual(giant);
    const side = await snapshotSide(reader);
    expect(await diff(runtime, side, side)).toMatchObject({ same: true });
    for (const format of EXPORT_FORMATS) {
      const out = memoryStorage();
      const result = await exportSnapshot({ reader, runtime, observer: () => {} }, { format, out });
      expect(result.users).toBe(3);
    }
  });
});
