import { describe, expect, it } from 'vitest';
import { checkKey } from '../storage/key-grammar.ts';
import { parsePoolId, parseSnapshotId } from '../model/ids.ts';
import {
  acceptedKey,
  asErasureId,
  asSnapshotId,
  chainPartPath,
  checkpointKey,
  digestsPath,
  encryptedPath,
  ERASURE_KEY_FILE,
  erasureKey,
  expiredKey,
  isDigestsPath,
  isEncryptedPath,
  manifestKey,
  parsePartPath,
  partKey,
  secondPassPath,
  supersedingKey,
  VAULT_KEY,
} from './keys.ts';

const ref = { poolId: parsePoolId('eu-central-1_AbCdEfGhI'), id: parseSnapshotId('20261122T225951Z-3f9a1c') };

describe('keys', () => {
  it('follow the grammar of the vault', () => {
    const folder = 'pools/eu-central-1_AbCdEfGhI/snapshots/20261122T225951Z-3f9a1c';
    expect(VAULT_KEY).toBe('vault.json');
    expect(manifestKey(ref)).toBe(`${folder}/manifest.json`);
    expect(checkpointKey(ref)).toBe(`${folder}/checkpoint.json`);
    expect(acceptedKey(ref)).toBe(`${folder}/accepted.json`);
    expect(expiredKey(ref)).toBe(`${folder}/expired.json`);
    const path = chainPartPath('users', 'f', '0a1b2c3d', 12);
    expect(partKey(ref, path)).toBe(`${folder}/users/f-0a1b2c3d-000012.jsonl.gz`);
    expect(() => checkKey(partKey(ref, path))).not.toThrow();
  });

  it('of parts say kind and shard', () => {
    expect(parsePartPath('pool.json.gz')).toEqual({ kind: 'pool' });
    expect(parsePartPath('config.jsonl.gz')).toEqual({ kind: 'config' });
    expect(parsePartPath('groups.jsonl.gz')).toEqual({ kind: 'groups' });
    expect(parsePartPath('users/all-0a1b2c3d-000000.jsonl.gz')).toEqual({ kind: 'users', shard: 'all' });
    expect(parsePartPath('users/0-0a1b2c3d-000000.jsonl.gz')).toEqual({ kind: 'users', shard: '0' });
    expect(parsePartPath('memberships/7-0a1b2c3d-000000.jsonl.gz')).toEqual({ kind: 'memberships', shard: '7' });
    expect(parsePartPath('memberships/31-0a1b2c3d-000000.jsonl.gz')).toEqual({ kind: 'memberships', shard: '31' });
  });

  it.each(['pool.json.gz', 'config.jsonl.gz', 'groups.jsonl.gz', 'users/f-0a1b2c3d-000000.jsonl.gz'])(
    'of encrypted parts say the same: %s',
    (path) => {
      expect(encryptedPath(path)).toBe(`${path}.age`);
      expect(parsePartPath(encryptedPath(path))).toEqual(parsePartPath(path));
      expect([path, encryptedPath(path)].map(isEncryptedPath)).toEqual([false, true]);
    },
  );

  it('of digests stand beside the parts, and are no parts', () => {
    const digests = 'users/f-0a1b2c3d-000012.digests';
    expect(digestsPath('users/f-0a1b2c3d-000012.jsonl.gz')).toBe(digests);
    expect(digestsPath('users/f-0a1b2c3d-000012.jsonl.gz.age')).toBe(digests);
    expect(secondPassPath('0a1b2c3d', 12)).toBe('second-pass-0a1b2c3d-000012.digests');
    expect(isDigestsPath(digests)).toBe(true);
    expect(isDigestsPath('users/f-0a1b2c3d-000012.jsonl.gz')).toBe(false);
    expect(isDigestsPath(`${digests}.age`)).toBe(false);
    expect(parsePartPath(digests)).toBeUndefined();
  });

  it('of erasures hold an id, and nothing else does', () => {
    expect(ERASURE_KEY_FILE).toBe('erasures/key.json');
    expect(erasureKey(ref.id)).toBe(`erasures/${ref.id}.json`);
    expect(asErasureId(erasureKey(ref.id))).toBe(ref.id);
    for (const other of [ERASURE_KEY_FILE, `erasures/${ref.id}`, `${ref.id}.json`, `erasures/${ref.id}.json.json`]) {
      expect([other, asErasureId(other)]).toEqual([other, undefined]);
    }
    expect(supersedingKey(ref)).toBe(`pools/${ref.poolId}/snapshots/${ref.id}/superseding.json`);
  });

  it('name a snapshot where a folder is one', () => {
    expect(asSnapshotId(ref.id)).toBe(ref.id);
    expect(asSnapshotId('lost+found')).toBeUndefined();
  });

  it.each([
    '../pool.json.gz',
    'users/../x',
    'users/g-0a1b2c3d-000000.jsonl.gz',
    'users/0-0a1b2c3d-000000.jsonl.gz\n',
    'x/users/0-0a1b2c3d-000000.jsonl.gz',
    'xusers/0-0a1b2c3d-000000.jsonl.gz',
    'users/0-0a1b2c3d-000000.jsonl.gz.gpg',
    'users/0-0a1b2c3d-000000Xjsonl.gz',
    'users/0-0a1b2c3d-000000.jsonlXgz',
    'users/0-0a1b2c3d-000000.jsonl.gzXage',
    'users/10-0a1b2c3d-000000.jsonl.gz',
    'users/0-0a1b2c3-000000.jsonl.gz',
    'users/0-0a1b2c3g-000000.jsonl.gz',
    'users/0-0a1b2c3d-00000.jsonl.gz',
    'users/0-0a1b2c3d-00000a.jsonl.gz',
    'memberships/all-0a1b2c3d-000000.jsonl.gz',
    'memberships/100-0a1b2c3d-000000.jsonl.gz',
    'memberships/-0a1b2c3d-000000.jsonl.gz',
    'memberships/a-0a1b2c3d-000000.jsonl.gz',
    'pool.json',
    'manifest.json',
    '',
  ])('of parts refuse %j', (path) => expect(parsePartPath(path)).toBeUndefined());

  it('are never made outside the grammar', () => {
    expect(() => chainPartPath('users', '../0', '0a1b2c3d', 0)).toThrow(expect.objectContaining({ code: 'internal' }));
    expect(() => chainPartPath('users', '0', '0a1b2c3d', 1_000_000)).toThrow('Not a part path');
  });
});
