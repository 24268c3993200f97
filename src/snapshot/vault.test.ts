import { beforeEach, describe, expect, it } from 'vitest';
import { memoryStorage, type MemoryStorage } from '../../test/fakes/memory-storage.ts';
import { samplePool, sampleUsers } from '../../test/fakes/sample-pool.ts';
import { sampleSnapshot } from '../../test/fakes/sample-snapshot.ts';
import { BackupError } from '../model/errors.ts';
import { parsePoolId } from '../model/ids.ts';
import { manualRuntime, type ManualRuntime } from '../runtime/manual-runtime.ts';
import { randomHex } from '../runtime/random-hex.ts';
import { writeAcceptance } from './acceptance.ts';
import { acceptedKey, checkpointKey, manifestKey, type SnapshotRef } from './keys.ts';
import { resolveSnapshot } from './resolve-snapshot.ts';
import { readHead } from './snapshot-head.ts';
import { openVault, type Vault } from './vault.ts';

const OTHER = samplePool({ id: parsePoolId('us-east-1_Zzzzzzzzz') });

let storage: MemoryStorage;
let runtime: ManualRuntime;

beforeEach(() => {
  storage = memoryStorage();
  runtime = manualRuntime();
});

describe('opening a vault', () => {
  it('makes one when asked to, and finds it again', async () => {
    const made = await openVault(storage, { create: true, runtime });
    const again = await openVault(storage, { runtime });
    expect(again.id).toBe(made.id);
    expect(made.id).toMatch(/^[0-9a-f]{32}$/);
  });

  it('says when there is none', async () => {
    await expect(openVault(storage, { runtime })).rejects.toMatchObject({
      code: 'vault-not-found',
      hint: expect.stringContaining('location'),
    });
    expect(storage.writes).toEqual([]);
  });

  it('makes one where not even the folder exists', async () => {
    const get = storage.get;
    let there = false;
    storage.get = async (key, options) => {
      if (!there) throw new BackupError('vault-not-found', 'No such folder');
      return get(key, options);
    };
    await expect(openVault(storage, { runtime })).rejects.toMatchObject({ code: 'vault-not-found' });
    await openVault(storage, { create: true, runtime });
    there = true;
    await expect(openVault(storage, { runtime })).resolves.toBeDefined();
  });

  it('takes the vault of whoever was first', async () => {
    const rival = manualRuntime(undefined, 99);
    storage.beforeWrite = () => {
      storage.beforeWrite = () => undefined;
      const id = randomHex(rival, 16);
      storage.objects.set(
        'vault.json',
        Buffer.from(JSON.stringify({ format: 1, id, createdAt: rival.now().toISOString() })),
      );
    };
    const mine = await openVault(storage, { create: true, runtime });
    expect(mine.id).toBe((await openVault(storage, { runtime })).id);
  });

  it.each([
    ['{"format":2,"future":true}', 'vault-too-new'],
    ['{"format":1}', 'damaged'],
    ['{"format":1,"id":"x","createdAt":"2026-11-22T12:00:00.000Z"}', 'damaged'],
    ['not json', 'damaged'],
    ['', 'damaged'],
  ])('refuses vault.json = %j with %s', async (text, code) => {
    storage.objects.set('vault.json', Buffer.from(text));
    await expect(openVault(storage, { create: true, runtime })).rejects.toMatchObject({ code });
  });
});

describe('naming a snapshot', () => {
  let vault: Vault;
  let refs: SnapshotRef[];

  beforeEach(async () => {
    vault = await openVault(storage, { create: true, runtime });
    refs = [];
    for (let turn = 0; turn < 3; turn += 1) {
      refs.push(await sampleSnapshot({ vault, runtime }, { pool: samplePool(), users: sampleUsers(3) }));
    }
  });

  async function addOtherPool(): Promise<SnapshotRef> {
    return sampleSnapshot({ vault, runtime }, { pool: OTHER, users: sampleUsers(3) });
  }

  it('by its full id, a unique beginning, or latest', async () => {
    for (const ref of refs) {
      expect(await resolveSnapshot(vault, ref.id)).toEqual(ref);
      expect(await resolveSnapshot(vault, ref.id.slice(0, 13))).toEqual(ref);
    }
    expect(await resolveSnapshot(vault, 'latest')).toEqual(refs[2]);
  });

  it('with its pool', async () => {
    const other = await addOtherPool();
    expect(await resolveSnapshot(vault, `${OTHER.id}@latest`)).toEqual(other);
    expect(await resolveSnapshot(vault, `${refs[0]!.poolId}@latest`)).toEqual(refs[2]);
    expect(await resolveSnapshot(vault, `${OTHER.id}@2026`)).toEqual(other);
  });

  it('by latest alone is ambiguous with two pools, and says how to ask', async () => {
    await addOtherPool();
    await expect(resolveSnapshot(vault, 'latest')).rejects.toMatchObject({
      code: 'snapshot-ambiguous',
      hint: expect.stringContaining(`${OTHER.id}@latest`),
    });
  });

  it('by an ambiguous beginning lists the candidates', async () => {
    await expect(resolveSnapshot(vault, '2026')).rejects.toMatchObject({
      code: 'snapshot-ambiguous',
      hint: expect.stringContaining(refs[1]!.id),
    });
  });

  it.each(['', '@', 'nothing', 'eu-west-1_Nnnnnnnnn@latest', '../../x', `${samplePool().id}@`])(
    'by %j finds nothing',
    async (name) => {
      await expect(resolveSnapshot(vault, name)).rejects.toMatchObject({ code: 'snapshot-not-found' });
    },
  );

  it('passes over what is unfinished, and says so when it is named', async () => {
    const last = refs[2]!;
    storage.objects.delete(manifestKey(last));
    storage.objects.set(checkpointKey(last), new Uint8Array());
    expect(await resolveSnapshot(vault, 'latest')).toEqual(refs[1]);
    await expect(resolveSnapshot(vault, last.id)).rejects.toMatchObject({
      code: 'snapshot-not-found',
      message: 'That snapshot is not finished',
    });
  });

  it('by latest passes over a suspect one', async () => {
    const pool = samplePool();
    await sampleSnapshot({ vault, runtime }, { pool, users: sampleUsers(200) });
    const good = await resolveSnapshot(vault, 'latest');
    const suspect = await sampleSnapshot({ vault, runtime }, { pool, users: sampleUsers(3) });
    expect(await resolveSnapshot(vault, 'latest')).toEqual(good);
    expect(await resolveSnapshot(vault, suspect.id)).toEqual(suspect);
    expect(await readHead(vault, suspect)).toMatchObject({ state: 'suspect' });
    await writeAcceptance(vault, suspect, { manifestSha256: 'of another manifest', acceptedAt: runtime.now() });
    expect(await readHead(vault, suspect)).toMatchObject({ state: 'suspect' });
    await expect(
      writeAcceptance(vault, suspect, { manifestSha256: 'a'.repeat(64), acceptedAt: runtime.now() }),
    ).rejects.toMatchObject({ code: 'damaged' });
    storage.objects.set(acceptedKey(suspect), Buffer.from('{"format":1,"manifestSha256":"anything"}'));
    expect(await readHead(vault, suspect)).toMatchObject({ state: 'suspect' });
  });

  it('by latest never passes over a damaged one in silence', async () => {
    storage.objects.get(manifestKey(refs[2]!))![10]! ^= 1;
    await expect(resolveSnapshot(vault, 'latest')).rejects.toMatchObject({ code: 'damaged' });
    expect(await resolveSnapshot(vault, refs[2]!.id)).toEqual(refs[2]);
  });

  it('in an empty vault says so', async () => {
    const empty = await openVault(memoryStorage(), { create: true, runtime });
    await expect(resolveSnapshot(empty, 'latest')).rejects.toMatchObject({
      code: 'snapshot-not-found',
      hint: 'Run a backup first',
    });
  });
});
