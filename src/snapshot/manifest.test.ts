import { describe, expect, it } from 'vitest';
import { parsePoolId, parseSnapshotId } from '../model/ids.ts';
import { encodeDigested } from './digested-json.ts';
import { decodeManifest, encodeManifest, type ManifestBody, type PartEntry } from './manifest.ts';

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

// oxlint-disable-next-line typescript/no-explicit-any -- what a manifest must not be has any shape
type Draft = any;

/** Every kind of part, and every field that may be absent. */
const full: ManifestBody = {
  ...body,
  status: 'suspect',
  previous: { snapshotId: parseSnapshotId('20261121T225951Z-3f9a1c'), users: 100 },
  supersedes: { snapshotId: parseSnapshotId('20261122T225951Z-000000'), users: 2 },
  listing: { mode: 'sharded', shards: 16, secondPass: { users: 1, missingInShards: 0, missingInSecondPass: 0 } },
  parts: [
    { ...body.parts[0]!, path: 'pool.json.gz', kind: 'pool', shard: undefined },
    { ...body.parts[0]!, path: 'groups.jsonl.gz', kind: 'groups', shard: undefined, records: 5_000 },
    { ...body.parts[0]!, path: 'users/0-0a1b2c3d-000000.jsonl.gz', shard: '0', plainBytes: 256 * 1024 * 1024 },
    { ...body.parts[0]!, path: 'memberships/1-0a1b2c3d-000000.jsonl.gz', kind: 'memberships', shard: '1' },
  ].map(({ shard, ...entry }) => ({ ...entry, ...(shard === undefined ? {} : { shard }) }) as PartEntry),
  warnings: [{ code: 'suspect-drop', message: 'm' }],
  notCaptured: [
    { kind: 'mfa', reason: 'refused', count: 1, operation: 'GetUserPoolMfaConfig', exception: 'a.B:c#d-e_1' },
  ],
  signature: { algorithm: 'ed25519', publicKey: `${'A'.repeat(43)}=`, value: `${'A'.repeat(86)}==` },
};

describe('a manifest', () => {
  it('comes back as it was', () => {
    const { digest, ...again } = decodeManifest(encodeManifest(body), KEY);
    expect(again).toEqual(body);
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
  });

  it('comes back as it was with everything that one can hold', () => {
    const { digest: _digest, ...again } = decodeManifest(encodeManifest(full), KEY);
    expect(again).toEqual(full);
  });

  it.each<[field: string, change: (manifest: Draft) => void]>([
    ['vaultId', (draft) => delete draft.vaultId],
    ['snapshotId', (draft) => (draft.snapshotId = 'x')],
    ['snapshotId', (draft) => (draft.snapshotId = ['20261122T225951Z-3f9a1c'])],
    ['snapshotId', (draft) => (draft.snapshotId = 7)],
    ['pool.id', (draft) => (draft.pool.id = 'x')],
    ['pool.id', (draft) => (draft.pool.id = [draft.pool.id])],
    ['pool.estimatedUsers', (draft) => (draft.pool.estimatedUsers = 1.5)],
    ['window.startedAt', (draft) => (draft.window.startedAt = '2026-11-22T22:59:51Z')],
    ['window.endedAt', (draft) => (draft.window.endedAt = '2026-11-22T22:59:51.000')],
    ['window.consistency', (draft) => (draft.window.consistency = 'exact')],
    ['encoding', (draft) => (draft.encoding = 'zstd')],
    ['listing.mode', (draft) => (draft.listing.mode = '')],
    ['listing.secondPass', (draft) => (draft.listing.secondPass = true)],
    ['status', (draft) => (draft.status = '')],
    ['previous.snapshotId', (draft) => (draft.previous.snapshotId = 'x')],
    ['previous.users', (draft) => (draft.previous.users = -1)],
    ['supersedes.snapshotId', (draft) => (draft.supersedes.snapshotId = 'x')],
    ['supersedes.users', (draft) => delete draft.supersedes.users],
    ['totals.orphans', (draft) => delete draft.totals.orphans],
    ['warnings.0.message', (draft) => delete draft.warnings[0].message],
    ['warnings.0.code', (draft) => delete draft.warnings[0].code],
    ['notCaptured.0', (draft) => (draft.notCaptured = [1])],
    ['notCaptured.0.count', (draft) => (draft.notCaptured[0].count = 0)],
    ['notCaptured.0.operation', (draft) => (draft.notCaptured[0].operation = '')],
    ['notCaptured.0.operation', (draft) => (draft.notCaptured[0].operation = '\u001b[2J')],
    ['notCaptured.0.exception', (draft) => (draft.notCaptured[0].exception = ' Lead')],
    ['notCaptured.0.exception', (draft) => (draft.notCaptured[0].exception = 'Trail ')],
    ['notCaptured.0.exception', (draft) => (draft.notCaptured[0].exception = 'x'.repeat(129))],
    ['calls.UserList', (draft) => (draft.calls.UserList = -5)],
    ['signature.algorithm', (draft) => (draft.signature.algorithm = '')],
    ['signature.publicKey', (draft) => (draft.signature.publicKey = 'AAAA')],
    ['signature.value', (draft) => (draft.signature.value = '!'.repeat(88))],
    ['parts.0.kind', (draft) => (draft.parts[0].kind = '')],
    ['parts.2.kind', (draft) => (draft.parts[2].kind = '')],
    ['parts.0.records', (draft) => (draft.parts[0].records = 0)],
    ['parts.0.sizeBytes', (draft) => (draft.parts[0].sizeBytes = 0)],
    ['parts.0.plainBytes', (draft) => (draft.parts[0].plainBytes = 0)],
    ['parts.0.plainBytes', (draft) => (draft.parts[0].plainBytes = 256 * 1024 * 1024 + 1)],
    ['parts.0.sha256', (draft) => (draft.parts[0].sha256 = `x${HASH}`)],
    ['parts.0.sha256', (draft) => (draft.parts[0].sha256 = `${HASH}x`)],
    ['parts.2', (draft) => (draft.parts[2].shard = '1')],
    ['parts.2', (draft) => delete draft.parts[2].shard],
    ['parts.2', (draft) => (draft.parts[2].path = 'users/0-0a1b2c3d-000000.txt')],
    ['parts.2', (draft) => (draft.parts[2].path += '.age')],
    ['parts.2', (draft) => delete draft.parts[2].plainSha256],
  ])('names the field that is wrong, %s (%#)', (field, change) => {
    const draft: Draft = structuredClone(full);
    change(draft);
    expect(() => decodeManifest(encodeDigested(draft), KEY)).toThrow(
      expect.objectContaining({ code: 'damaged', message: expect.stringContaining(`field ${field} is wrong (`) }),
    );
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
