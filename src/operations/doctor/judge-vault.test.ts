import { describe, expect, it } from 'vitest';
import { BackupError } from '../../model/errors.ts';
import { parsePoolId, parseSnapshotId } from '../../model/ids.ts';
import type { Manifest } from '../../snapshot/manifest.ts';
import type { LocationProtection } from '../../storage/location-protection.ts';
import { judgeVault } from './judge-vault.ts';
import type { SeenSnapshot, SeenVault } from './look-at-vault.ts';

const DAY_MS = 86_400_000;
const poolId = parsePoolId('eu-central-1_AbCdEfGhI');
const now = new Date('2026-11-22T12:00:00Z');
const RECIPIENT = `age1${'q'.repeat(58)}`;
const KMS = { kind: 'kms', path: 'key.kms', keyArn: 'arn', sizeBytes: 1, sha256: 'a'.repeat(64) } as const;
const GOOD: Partial<Manifest> = {
  encryption: { scheme: 'age', ownRecipient: RECIPIENT, recipients: [RECIPIENT], keyFiles: [] },
  signature: { algorithm: 'ed25519', publicKey: '', value: '' },
  configuration: {},
  notCaptured: [],
};
const SAFE: LocationProtection = {
  kind: 'bucket',
  bucket: 'b',
  versioning: 'on',
  objectLock: { retention: { mode: 'COMPLIANCE', days: 30 } },
};

/** A snapshot taken so long before now. */
function snapshot(
  ageMs: number,
  manifest: Partial<Manifest> | undefined = {},
  status: SeenSnapshot['summary']['status'] = 'complete',
): SeenSnapshot {
  const startedAt = new Date(now.getTime() - ageMs).toISOString();
  const id = parseSnapshotId(`${startedAt.replace(/[-:]|\.\d+/g, '')}-3f9a1c`);
  const window = { startedAt, endedAt: startedAt, consistency: 'fuzzy' as const };
  const isReadable = status === 'complete' || status === 'suspect' || status === 'accepted';
  return {
    summary: { id, poolId, status },
    ...(isReadable && { manifest: { ...GOOD, window, ...manifest } as Manifest }),
  };
}

const codes = (seen: Partial<SeenVault> & Pick<SeenVault, 'snapshots'>, maxAgeMs = 7 * DAY_MS): readonly string[] =>
  judgeVault({ location: 'v', protection: SAFE, missingFiles: 0, ...seen }, { poolId, now, maxAgeMs })
    .filter(({ level }) => level !== 'ok')
    .map(({ code, level }) => `${code}: ${level}`);

describe('judgeVault', () => {
  it('finds nothing wrong with a young, encrypted, signed snapshot in a bucket that locks', () => {
    expect(codes({ snapshots: [snapshot(3_600_000)] })).toEqual([]);
  });

  it.each<[string, Parameters<typeof codes>[0], readonly string[]]>([
    ['an empty vault', { snapshots: [] }, ['no-snapshot: problem']],
    ['one that is a week and a bit old', { snapshots: [snapshot(7 * DAY_MS + 1)] }, ['snapshot-old: problem']],
    ['one that is a week old to the instant', { snapshots: [snapshot(7 * DAY_MS)] }, []],
    [
      'a suspect one after a good one',
      { snapshots: [snapshot(DAY_MS), snapshot(1, {}, 'suspect')] },
      ['snapshot-suspect: problem'],
    ],
    ['an accepted one', { snapshots: [snapshot(1, {}, 'accepted')] }, []],
    [
      'a suspect one alone',
      { snapshots: [snapshot(1, {}, 'suspect')] },
      ['snapshot-suspect: problem', 'no-snapshot: problem'],
    ],
    [
      'an unfinished one after a good one',
      { snapshots: [snapshot(DAY_MS), snapshot(1, {}, 'unfinished')] },
      ['backup-unfinished: note'],
    ],
    [
      'a damaged one after a good one',
      { snapshots: [snapshot(DAY_MS), snapshot(1, {}, 'damaged')] },
      ['snapshot-unusable: problem'],
    ],
    [
      'an untrusted one, and an old one',
      { snapshots: [snapshot(8 * DAY_MS), snapshot(1, {}, 'untrusted')] },
      ['snapshot-unusable: problem', 'snapshot-old: problem'],
    ],
    ['files that are missing', { snapshots: [snapshot(1)], missingFiles: 2 }, ['files-missing: problem']],
    ['one in the clear', { snapshots: [snapshot(1, { encryption: null })] }, ['not-encrypted: warning']],
    [
      'an older one in the clear',
      { snapshots: [snapshot(DAY_MS, { encryption: null }), snapshot(1)] },
      ['older-not-encrypted: warning'],
    ],
    [
      'KMS alone',
      { snapshots: [snapshot(1, { encryption: { ...GOOD.encryption!, recipients: [], keyFiles: [KMS] } })] },
      ['kms-alone: warning'],
    ],
    [
      'KMS and a key that lies offline',
      { snapshots: [snapshot(1, { encryption: { ...GOOD.encryption!, keyFiles: [KMS] } })] },
      [],
    ],
    [
      'secrets left out, and a read that was denied',
      {
        snapshots: [
          snapshot(1, {
            notCaptured: [
              { kind: 'client-secrets', reason: 'secrets-not-included', count: 3 },
              { kind: 'branding', reason: 'not-authorized' },
            ],
          }),
        ],
      },
      ['secrets-left-out: note', 'snapshot-incomplete: warning'],
    ],
    ['a folder', { snapshots: [snapshot(1)], protection: { kind: 'folder' } }, ['vault-on-one-disk: warning']],
    [
      'a bucket that keeps nothing',
      { snapshots: [snapshot(1)], protection: { kind: 'bucket', bucket: 'b', versioning: 'off', objectLock: 'off' } },
      ['versioning-off: warning', 'object-lock-off: note'],
    ],
    [
      'a bucket that used to keep versions, and locks nothing by itself',
      { snapshots: [snapshot(1)], protection: { ...SAFE, versioning: 'suspended', objectLock: {} } },
      ['versioning-off: warning', 'object-lock-no-default: note'],
    ],
    [
      'a bucket that does not say',
      {
        snapshots: [snapshot(1)],
        protection: { ...SAFE, versioning: { unknown: 'AccessDenied' }, objectLock: { unknown: 'AccessDenied' } },
      },
      ['versioning-unknown: note', 'object-lock-unknown: note'],
    ],
  ])('judges %s', (_what, seen, expected) => expect(codes(seen)).toEqual(expected));

  it('asks for no snapshot that is not signed, nor for one of an older version without configuration', () => {
    const bare = snapshot(1);
    const { signature: _signature, configuration: _configuration, ...manifest } = bare.manifest!;
    expect(codes({ snapshots: [{ ...bare, manifest }] })).toEqual(['not-signed: note', 'no-configuration: warning']);
  });

  it('takes a vault that cannot be read for a problem, and none at all for a note', () => {
    const question = { poolId, now, maxAgeMs: DAY_MS };
    const error = new BackupError('vault-not-found', 'No vault', { hint: 'Look' });
    expect(judgeVault({ location: 'v', error }, question)).toMatchObject([{ level: 'problem', next: 'Look' }]);
    expect(judgeVault(undefined, question)).toMatchObject([{ code: 'no-vault', level: 'note' }]);
  });
});
