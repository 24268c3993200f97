import { describe, expect, it } from 'vitest';
import { checkKey } from '../storage/key-grammar.ts';
import { parsePoolId, parseSnapshotId } from '../model/ids.ts';
import { acceptedKey, chainPartPath, checkpointKey, expiredKey, manifestKey, parsePartPath, partKey } from './keys.ts';

const ref = { poolId: parsePoolId('eu-central-1_AbCdEfGhI'), id: parseSnapshotId('20261122T225951Z-3f9a1c') };

describe('keys', () => {
  it('follow the grammar of the vault', () => {
    const folder = 'pools/eu-central-1_AbCdEfGhI/snapshots/20261122T225951Z-3f9a1c';
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
    expect(parsePartPath('groups.jsonl.gz')).toEqual({ kind: 'groups' });
    expect(parsePartPath('users/all-0a1b2c3d-000000.jsonl.gz')).toEqual({ kind: 'users', shard: 'all' });
    expect(parsePartPath('memberships/7-0a1b2c3d-000000.jsonl.gz')).toEqual({ kind: 'memberships', shard: '7' });
  });

  it.each([
    '../pool.json.gz',
    'users/../x',
    'users/g-0a1b2c3d-000000.jsonl.gz',
    'users/0-0a1b2c3d-000000.jsonl.gz\n',
    'manifest.json',
    '',
  ])('of parts refuse %j', (path) => expect(parsePartPath(path)).toBeUndefined());

  it('are never made outside the grammar', () => {
    expect(() => chainPartPath('users', '../0', '0a1b2c3d', 0)).toThrow('Not a part path');
    expect(() => chainPartPath('users', '0', '0a1b2c3d', 1_000_000)).toThrow('Not a part path');
  });
});
