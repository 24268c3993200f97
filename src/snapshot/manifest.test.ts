import { describe, expect, it } from 'vitest';
import { parsePoolId, parseSnapshotId } from '../model/ids.ts';
import { encodeDigested } from './digested-json.ts';
import { decodeManifest, encodeManifest, type ManifestBody } from './manifest.ts';

const KEY = 'pools/p/snapshots/s/manifest.json';
const HASH = 'a'.repeat(64);

const body: ManifestBody = {
  format: 1,
  toolVersion: '0.1.0',
  encoding: 'gzip',
  encryption: null,
  vaultId: 'v',
  snapshotId: parseSnapshotId('20261122T225951Z-3f9a1c'),
  pool: {
    id: parsePoolId('eu-central-1_AbCdEfGhI'),
    name: 'käufer',
    region: 'eu-central-1',
    arn: 'arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_AbCdEfGhI',
    estimatedUsers: 1,
  },
  window: { startedAt: '2026-11-22T22:59:51.000Z', endedAt: '2026-11-22T22:59:52.000Z', consistency: 'fuzzy' },
  listing: { mode: 'single', shards: 1, secondPass: false },
  status: 'complete',
  previous: null,
  totals: { users: 1, byStatus: { CONFIRMED: 1 }, enabled: 1, disabled: 0, groups: 0, memberships: 0, orphans: 0 },
  parts: [
    {
      path: 'users/all-0a1b2c3d-000000.jsonl.gz',
      kind: 'users',
      shard: 'all',
      records: 1,
      sizeBytes: 10,
      plainBytes: 10,
      sha256: HASH,
      plainSha256: HASH,
    },
  ],
  warnings: [],
  notCaptured: [{ kind: 'passwords', reason: 'no-api' }],
  calls: { UserList: 1 },
  throttles: 0,
};

describe('a manifest', () => {
  it('comes back as it was', () => {
    const { digest, ...again } = decodeManifest(encodeManifest(body), KEY);
    expect(again).toEqual(body);
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is damaged when any one byte of it is another', () => {
    const bytes = encodeManifest(body);
    for (let at = 0; at < bytes.length; at += 1) {
      for (const mask of [0x01, 0x20, 0x80]) {
        const changed = Uint8Array.from(bytes);
        changed[at]! ^= mask;
        expect(() => decodeManifest(changed, KEY), `byte ${at}`).toThrow(expect.objectContaining({ code: 'damaged' }));
      }
    }
  });

  it('is damaged when it was cut short or laid out anew', () => {
    const bytes = encodeManifest(body);
    for (const length of [0, 1, bytes.length - 1]) {
      expect(() => decodeManifest(bytes.subarray(0, length), KEY)).toThrow('is damaged');
    }
    const compact = Buffer.from(JSON.stringify(JSON.parse(Buffer.from(bytes).toString())));
    expect(() => decodeManifest(compact, KEY)).toThrow('it was rewritten');
  });

  it.each<[string, object]>([
    ['an unknown field', { ...body, surprise: 1 }],
    ['an unknown encryption', { ...body, encryption: 'age' }],
    ['a part outside the grammar', { ...body, parts: [{ ...body.parts[0], path: '../../x' }] }],
    ['a part of another kind than its path', { ...body, parts: [{ ...body.parts[0], kind: 'groups' }] }],
    ['a part that unpacks to a gigabyte', { ...body, parts: [{ ...body.parts[0], plainBytes: 2 ** 30 }] }],
    ['a negative count', { ...body, totals: { ...body.totals, users: -1 } }],
    ['an unknown status', { ...body, totals: { ...body.totals, byStatus: { SLEEPING: 1 } } }],
    ['no totals', { ...body, totals: undefined }],
  ])('with %s is damaged even if its digest agrees', (_what, changed) => {
    expect(() => decodeManifest(encodeDigested(changed), KEY)).toThrow(
      expect.objectContaining({ code: 'damaged', message: expect.stringContaining(KEY) }),
    );
  });

  it('of a newer format is refused as such, whatever else it holds', () => {
    const bytes = Buffer.from('{"format": 2, "anything": true}');
    expect(() => decodeManifest(bytes, KEY)).toThrow(expect.objectContaining({ code: 'vault-too-new' }));
  });
});
