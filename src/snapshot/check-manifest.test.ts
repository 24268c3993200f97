import { describe, expect, it } from 'vitest';
import type { EncryptionFacts } from '../encryption/encryption-facts.ts';
import { parsePoolId, parseSnapshotId } from '../model/ids.ts';
import { checkManifest } from './check-manifest.ts';
import type { SnapshotRef } from './keys.ts';
import type { Manifest, PartEntry } from './manifest.ts';

const ref: SnapshotRef = {
  poolId: parsePoolId('eu-central-1_AbCdEfGhI'),
  id: parseSnapshotId('20261122T225951Z-3f9a1c'),
};
const place = { ref, vaultId: 'v' };
const before = parseSnapshotId('20261121T225951Z-3f9a1c');

function part(kind: PartEntry['kind'], shard?: string, records = 1): PartEntry {
  const name = shard === undefined ? `${kind}.gz` : `${kind}/${shard}-00000000-000000.jsonl.gz`;
  const facts = { records, sizeBytes: 10, plainBytes: 10, sha256: `stored ${name}`, plainSha256: `plain ${name}` };
  return { path: name, kind, ...(shard === undefined ? {} : { shard }), ...facts };
}

/** Two shards of 3 and 2 users, two groups, one membership and two orphans. */
const sound: Manifest = {
  format: 1,
  toolVersion: '0.1.0',
  encoding: 'gzip',
  encryption: null,
  vaultId: 'v',
  snapshotId: ref.id,
  pool: { id: ref.poolId, name: 'n', region: 'eu-central-1', arn: 'arn', estimatedUsers: 1 },
  window: { startedAt: '2026-11-22T22:59:51.000Z', endedAt: '2026-11-22T22:59:52.000Z', consistency: 'fuzzy' },
  listing: { mode: 'sharded', shards: 16, secondPass: false },
  status: 'complete',
  previous: { snapshotId: before, users: 5 },
  totals: {
    users: 5,
    byStatus: { CONFIRMED: 4, RESET_REQUIRED: 1 },
    enabled: 3,
    disabled: 2,
    groups: 2,
    memberships: 1,
    orphans: 2,
  },
  parts: [
    part('pool'),
    part('groups', undefined, 2),
    part('users', '0', 3),
    part('users', '9', 2),
    part('memberships', '1', 3),
  ],
  warnings: [],
  notCaptured: [],
  calls: {},
  throttles: 0,
  digest: 'd',
};

const encrypted = ({ plainSha256: _plain, ...entry }: PartEntry): PartEntry => ({
  ...entry,
  path: `${entry.path}.age`,
});
const facts: EncryptionFacts = { scheme: 'age', ownRecipient: 'age1', recipients: ['age1'], keyFiles: [] };
const warning = (code: string) => ({ code, message: 'm' });
const secondPass = (users: number, missingInShards: number, missingInSecondPass: number) => ({
  listing: { ...sound.listing, secondPass: { users, missingInShards, missingInSecondPass } },
});
const totals = (changed: Partial<Manifest['totals']>) => ({ totals: { ...sound.totals, ...changed } });
const [pool, groups, first, second, memberships] = sound.parts as [
  PartEntry,
  PartEntry,
  PartEntry,
  PartEntry,
  PartEntry,
];

/** Three resources beside everything else. */
const configured = (counts: Manifest['configuration'], ...config: readonly PartEntry[]): Partial<Manifest> => ({
  parts: [pool, ...config, groups, first, second, memberships],
  ...(counts && { configuration: counts }),
});

/** The same moment, another random end: what `erase` writes in the place of it. */
const superseded = parseSnapshotId('20261122T225951Z-000000');
const supersedes = (users: number, snapshotId = superseded) => ({ supersedes: { snapshotId, users } });

/** As many users as it takes for a drop to count. */
const dropped = { previous: { snapshotId: before, users: 1_000 } };

describe('checkManifest lets pass', () => {
  it.each<[string, Partial<Manifest>]>([
    ['a sharded listing', {}],
    ['no snapshot before', { previous: null }],
    [
      'one chain',
      {
        parts: [pool, groups, part('users', 'all', 5), memberships],
        listing: { ...sound.listing, mode: 'single', shards: 1 },
      },
    ],
    [
      'a pool of nobody',
      {
        parts: [pool],
        previous: null,
        totals: {
          ...sound.totals,
          users: 0,
          byStatus: {},
          enabled: 0,
          disabled: 0,
          groups: 0,
          memberships: 0,
          orphans: 0,
        },
      },
    ],
    ['encrypted parts', { parts: sound.parts.map(encrypted), encryption: facts }],
    ['a version before a release', { toolVersion: '10.11.12-rc.1+5' }],
    ['a suspect snapshot', { ...dropped, status: 'suspect', warnings: [warning('suspect-drop')] }],
    ['a second pass that agrees', secondPass(5, 0, 0)],
    ['a snapshot from which somebody was erased', supersedes(7)],
    ['a snapshot from which nobody was erased', supersedes(5)],
    ['a second pass over somebody who was erased since', { ...secondPass(7, 0, 0), ...supersedes(7) }],
    ['a drop that erasing alone has made', { ...supersedes(1_000), previous: { snapshotId: before, users: 1_000 } }],
    [
      'a second pass that missed somebody settled',
      { ...secondPass(4, 0, 1), warnings: [warning('second-pass-differs')] },
    ],
    ['a second pass with another in either listing', secondPass(5, 1, 1)],
    ['a configuration', configured({ client: 2, mfa: 1 }, part('config', undefined, 3))],
    ['factors of every user', totals({ factors: 5 })],
    ['a second pass with nobody in common', secondPass(2, 2, 5)],
    [
      'a part of as many records as any may have',
      {
        parts: [pool, groups, { ...first, records: 1_000_000 }, second, memberships],
        ...totals({ users: 1_000_002, byStatus: { CONFIRMED: 1_000_002 }, enabled: 1_000_000 }),
      },
    ],
    [
      'a part of the largest size',
      { parts: [pool, groups, { ...first, sizeBytes: 10 + 1 + 65_536 }, second, memberships] },
    ],
  ])('%s', (_name, changed) => {
    expect(() => checkManifest({ ...sound, ...changed }, place)).not.toThrow();
  });
});

describe('checkManifest refuses', () => {
  const parts = (...entries: PartEntry[]) => ({ parts: entries });
  it.each<[string, Partial<Manifest>]>([
    ['it belongs to another snapshot', { snapshotId: before }],
    ['it belongs to another snapshot', { pool: { ...sound.pool, id: parsePoolId('eu-central-1_AbCdEfGhJ') } }],
    ['it belongs to another vault', { vaultId: 'w' }],
    ['its Region is not that of the pool', { pool: { ...sound.pool, region: 'eu-west-1' } }],
    ['it began at another time', { window: { ...sound.window, startedAt: '2026-11-22T22:59:52.000Z' } }],
    ['it names itself as the snapshot before', { previous: { snapshotId: ref.id, users: 5 } }],
    ['it supersedes itself', supersedes(7, ref.id)],
    ['it supersedes a snapshot of another moment', supersedes(7, before)],
    ['it holds more users than were listed', supersedes(4)],
    ['its second pass does not add up', { ...secondPass(5, 0, 0), ...supersedes(7) }],
    ['field toolVersion is wrong', { toolVersion: '0.1' }],
    ['field toolVersion is wrong', { toolVersion: 'v0.1.0' }],
    ['field toolVersion is wrong', { toolVersion: '0.1.0\n\u001b[2J' }],
    ['it mixes encrypted and plain parts', { encryption: facts }],
    ['it mixes encrypted and plain parts', parts(pool, groups, encrypted(first), second, memberships)],
    ['its parts are out of order', parts(groups, pool, first, second, memberships)],
    ['its parts are out of order', parts(pool, groups, memberships, first, second)],
    ['it names a part twice', parts(pool, groups, first, { ...second, path: first.path }, memberships)],
    [
      'two of its parts have the same content',
      parts(pool, groups, first, { ...second, sha256: first.sha256 }, memberships),
    ],
    [
      'two of its parts have the same content',
      parts(pool, groups, first, { ...second, plainSha256: first.plainSha256! }, memberships),
    ],
    [
      'a part is larger than any writer makes it',
      parts(pool, groups, { ...first, records: 1_000_001 }, second, memberships),
    ],
    [
      'a part is larger than any writer makes it',
      parts(pool, groups, { ...first, sizeBytes: 10 + 2 + 65_536 }, second, memberships),
    ],
    ['it does not name one pool description', parts(groups, first, second, memberships)],
    [
      'it does not name one pool description',
      parts(pool, { ...part('pool', '2') }, groups, first, second, memberships),
    ],
    ['it does not name one pool description', parts({ ...pool, records: 2 }, groups, first, second, memberships)],
    ['it names the groups twice', parts(pool, part('groups'), part('groups', '2'), first, second, memberships)],
    ['it names the configuration twice', configured({ client: 2 }, part('config'), part('config', '2'))],
    ['its configuration is not what its parts are', configured({ client: 1 })],
    ['its configuration is not what its parts are', configured(undefined, part('config'))],
    ['its configuration does not add up', configured({ client: 1, mfa: 1 }, part('config', undefined, 3))],
    ['its configuration does not add up', configured({ client: 3, mfa: 0 }, part('config', undefined, 3))],
    ['it has factors of more users than it has users', totals({ factors: 6 })],
    ['its number of shards is wrong', { listing: { ...sound.listing, shards: 15 } }],
    ['its number of shards is wrong', { listing: { ...sound.listing, mode: 'single' } }],
    ['a part belongs to another listing', parts(pool, groups, part('users', 'all', 5), memberships)],
    ['a part belongs to another listing', { listing: { ...sound.listing, mode: 'single', shards: 1 } }],
    ['a part holds memberships of no group', parts(pool, groups, first, second, part('memberships', '2', 3))],
    ['it states 6 users, its parts 5', totals({ users: 6 })],
    ['it states 3 groups, its parts 2', totals({ groups: 3 })],
    ['it states 4 memberships, its parts 3', totals({ orphans: 3 })],
    ['it states 2 memberships, its parts 3', totals({ memberships: 0 })],
    ['its users by status do not add up', totals({ byStatus: { CONFIRMED: 4 } })],
    ['its users by status do not add up', totals({ byStatus: { CONFIRMED: 5, ARCHIVED: 0 } })],
    ['its enabled and disabled users do not add up', totals({ enabled: 4 })],
    ['its status is not what its users say', { status: 'suspect' }],
    ['its status is not what its users say', { warnings: [warning('suspect-drop')] }],
    ['its status is not what its users say', { status: 'suspect', warnings: [warning('suspect-drop')] }],
    ['its status is not what its users say', dropped],
    ['its status is not what its users say', { ...dropped, status: 'suspect', warnings: [warning('other')] }],
    ['its status is not what its users say', { ...dropped, warnings: [warning('suspect-drop')] }],
    [
      'it compares with a second pass that was not made',
      { warnings: [warning('other'), warning('second-pass-differs')] },
    ],
    [
      'one chain has no second pass',
      {
        parts: [pool, groups, part('users', 'all', 5), memberships],
        listing: { ...secondPass(5, 0, 0).listing, mode: 'single', shards: 1 },
      },
    ],
    ['its second pass does not add up', secondPass(4, 0, 0)],
    ['its second pass does not add up', secondPass(5, 1, 0)],
    ['its second pass does not add up', secondPass(1, 2, 6)],
    [
      'its second pass is not what its warnings say',
      { ...secondPass(5, 0, 0), warnings: [warning('second-pass-differs')] },
    ],
  ])('%s (%#)', (problem, changed) => {
    const code = 'damaged';
    expect(() => checkManifest({ ...sound, ...changed }, place)).toThrow(
      expect.objectContaining({
        code,
        message: expect.stringMatching(new RegExp(`manifest\\.json is damaged: ${problem}$`)),
      }),
    );
  });
});
