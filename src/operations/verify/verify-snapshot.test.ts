import { beforeEach, describe, expect, it } from 'vitest';
import { memoryStorage, type MemoryStorage } from '../../../test/fakes/memory-storage.ts';
import { sampleGroup, samplePool, sampleUser, sampleUsers } from '../../../test/fakes/sample-pool.ts';
import { sampleSnapshot } from '../../../test/fakes/sample-snapshot.ts';
import { manualRuntime } from '../../runtime/manual-runtime.ts';
import { manifestKey, partKey, type SnapshotRef } from '../../snapshot/keys.ts';
import { decodeManifest, encodeManifest, type Manifest, type ManifestBody } from '../../snapshot/manifest.ts';
import { sealPart } from '../../snapshot/part.ts';
import { groupCodec, membershipCodec, userCodec } from '../../snapshot/record-codec.ts';
import { openVault, type Vault } from '../../snapshot/vault.ts';
import { verifySnapshot } from './verify-snapshot.ts';

const USERS = sampleUsers(20);
const GROUP = sampleGroup('admins');
const MEMBERS = new Map([['admins', [USERS[3]!.sub, USERS[4]!.sub]]]);

let storage: MemoryStorage;
let vault: Vault;
let ref: SnapshotRef;

beforeEach(async () => {
  storage = memoryStorage();
  const runtime = manualRuntime();
  vault = await openVault(storage, { create: true, runtime });
  ref = await sampleSnapshot(
    { vault, runtime },
    { pool: samplePool(), users: USERS, groups: [GROUP], members: MEMBERS },
  );
});

async function codes(): Promise<readonly string[]> {
  return (await verifySnapshot(vault, ref)).problems.map(({ code }) => code);
}

function manifest(): Manifest {
  return decodeManifest(storage.objects.get(manifestKey(ref))!, 'manifest');
}

function rewriteManifest(change: (body: ManifestBody) => ManifestBody): void {
  const { digest: _digest, ...body } = manifest();
  storage.objects.set(manifestKey(ref), encodeManifest(change(body)));
}

/** Puts other lines into a part and makes the manifest agree, as a mistaken writer would. */
async function rewritePart(kind: string, lines: readonly string[]): Promise<void> {
  const entry = manifest().parts.find((part) => part.kind === kind)!;
  const { bytes, ...facts } = await sealPart(lines);
  storage.objects.set(partKey(ref, entry.path), bytes);
  rewriteManifest((body) => {
    const counted = kind === 'groups' ? { groups: lines.length } : {};
    return {
      ...body,
      totals: { ...body.totals, ...counted },
      parts: body.parts.map((part) => (part.path === entry.path ? { ...part, ...facts } : part)),
    };
  });
}

describe('verify', () => {
  it('finds nothing wrong with a whole snapshot', async () => {
    const result = await verifySnapshot(vault, ref);
    expect(result).toMatchObject({ ok: true, problems: [], unnamedParts: 0 });
    expect(result.checked).toMatchObject({ parts: 4, totals: { users: 20, groups: 1, memberships: 2 } });
    expect(result.manifestSha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('finds every changed byte of every file, and names the file', async () => {
    const folder = manifestKey(ref).replace('manifest.json', '');
    const keys = [...storage.objects.keys()].filter((key) => key.startsWith(folder));
    expect(keys).toHaveLength(5);
    for (const key of keys) {
      const bytes = storage.objects.get(key)!;
      for (let at = 0; at < bytes.length; at += 7) {
        bytes[at]! ^= 4;
        const { ok, problems } = await verifySnapshot(vault, ref);
        expect(ok, `${key} byte ${at}`).toBe(false);
        expect(problems[0]!.path).toBe(key);
        bytes[at]! ^= 4;
      }
    }
    expect((await verifySnapshot(vault, ref)).ok).toBe(true);
  });

  it('names the one part that is missing, and nothing that follows from it', async () => {
    const users = manifest().parts.find(({ kind }) => kind === 'users')!;
    storage.objects.delete(partKey(ref, users.path));
    const { problems } = await verifySnapshot(vault, ref);
    expect(problems).toEqual([
      {
        code: 'part-damaged',
        path: partKey(ref, users.path),
        message: `${partKey(ref, users.path)} is damaged: it is missing`,
      },
    ]);
  });

  it('finds totals that do not agree', async () => {
    rewriteManifest((body) => ({ ...body, totals: { ...body.totals, enabled: 20, disabled: 0 } }));
    const { problems } = await verifySnapshot(vault, ref);
    expect(problems.map(({ code }) => code)).toEqual(['totals-differ', 'totals-differ']);
    expect(problems[0]!.message).toBe('The manifest states 20 enabled, the parts hold 18');
  });

  it('finds totals that no parts can have', async () => {
    rewriteManifest((body) => ({ ...body, totals: { ...body.totals, users: 21 } }));
    const { problems } = await verifySnapshot(vault, ref);
    expect(problems).toMatchObject([
      { code: 'manifest-damaged', message: expect.stringContaining('it states 21 users, its parts 20') },
    ]);
  });

  it('finds a user that comes twice', async () => {
    await rewritePart('users', [...USERS.slice(0, 19), USERS[4]!].map(userCodec.encode));
    expect(await codes()).toContain('user-repeated');
  });

  it('finds a group that comes twice', async () => {
    await rewritePart('groups', [GROUP, GROUP].map(groupCodec.encode));
    expect(await codes()).toContain('group-repeated');
  });

  it('finds memberships of nobody and of no group', async () => {
    await rewritePart('memberships', [
      membershipCodec.encode({ group: 'admins', sub: 'nobody', username: 'nobody' }),
      membershipCodec.encode({ group: 'nothing', sub: USERS[1]!.sub, username: USERS[1]!.username }),
    ]);
    expect(await codes()).toEqual(['membership-without-group', 'membership-without-user', 'totals-differ']);
  });

  it('finds a record that does not parse, without showing it', async () => {
    await rewritePart(
      'users',
      USERS.map(() => '{"username":"secret-person"'),
    );
    const { problems } = await verifySnapshot(vault, ref);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({
      code: 'part-damaged',
      message: expect.stringContaining('.jsonl.gz:1 is damaged: it is not JSON'),
    });
    expect(JSON.stringify(problems)).not.toContain('secret');
  });

  it('finds a manifest that stands in the wrong folder', async () => {
    const other = { ...ref, id: ref.id.replace(/.$/, (digit) => (digit === '0' ? '1' : '0')) as typeof ref.id };
    storage.objects.set(manifestKey(other), storage.objects.get(manifestKey(ref))!);
    const { problems } = await verifySnapshot(vault, other);
    expect(problems).toMatchObject([{ code: 'manifest-damaged', path: manifestKey(other) }]);
  });

  it('counts leftovers that no manifest names, as information', async () => {
    storage.objects.set(partKey(ref, 'users/all-ffffffff-000000.jsonl.gz'), new Uint8Array(1));
    expect(await verifySnapshot(vault, ref)).toMatchObject({ ok: true, unnamedParts: 1 });
  });

  it('throws for a snapshot that is not there, and stops when asked to', async () => {
    storage.objects.delete(manifestKey(ref));
    await expect(verifySnapshot(vault, ref)).rejects.toMatchObject({ code: 'snapshot-not-found' });
    await expect(verifySnapshot(vault, ref, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'interrupted',
    });
  });

  it('throws for a manifest of a newer format', async () => {
    storage.objects.set(manifestKey(ref), Buffer.from('{"format":2}'));
    await expect(verifySnapshot(vault, ref)).rejects.toMatchObject({ code: 'vault-too-new' });
  });

  it('holds no username in memory longer than its part: a hostile user is read like any other', async () => {
    await rewritePart(
      'users',
      [...USERS.slice(0, 19), sampleUser(19, { username: '__proto__' })].map(userCodec.encode),
    );
    expect(await codes()).toEqual([]);
  });
});
