import type { EncryptionFacts } from '../../encryption/encryption-facts.ts';
import type { PoolId } from '../../model/ids.ts';
import type { Manifest } from '../../snapshot/manifest.ts';
import type { LocationProtection } from '../../storage/location-protection.ts';
import type { DoctorFinding, Level } from './doctor-finding.ts';
import { newestGood, type ClosedVault, type SeenSnapshot, type SeenVault } from './look-at-vault.ts';

export interface VaultQuestion {
  readonly poolId: PoolId;
  readonly now: Date;
  /** A newest snapshot older than this is a problem. */
  readonly maxAgeMs: number;
}

const DAY_MS = 24 * 60 * 60 * 1_000;

/** What a vault, or that there is none, means for the day the pool is lost. */
export function judgeVault(seen: SeenVault | ClosedVault | undefined, question: VaultQuestion): DoctorFinding[] {
  if (!seen) return [noVault()];
  if ('error' in seen) return [closed(seen)];
  return [
    ...judgeNewest(seen, question),
    ...judgeAge(seen.snapshots, question),
    ...judgeContents(seen.snapshots),
    ...judgeProtection(seen.protection),
  ];
}

function noVault(): DoctorFinding {
  return {
    ...finding('no-vault', 'note', 'No vault was named, so nothing is known of snapshots'),
    next: 'Pass --vault DIR or --vault s3://BUCKET/PREFIX, or set COGNITO_BACKUP_VAULT',
  };
}

function closed({ location, error }: ClosedVault): DoctorFinding {
  return {
    ...finding('vault-closed', 'problem', `The vault ${location} cannot be read: ${error.code}`),
    means: 'Nothing could be restored from it with this role',
    ...(error.hint !== undefined && { next: error.hint }),
  };
}

/** The newest one that was begun: good, or why not. */
function judgeNewest({ snapshots, missingFiles }: SeenVault, { poolId }: VaultQuestion): DoctorFinding[] {
  const newest = snapshots.at(-1)?.summary;
  if (!newest) return [];
  const name = `${poolId}@${newest.id}`;
  const incomplete = missingFiles > 0 ? [filesMissing(snapshots, missingFiles)] : [];
  switch (newest.status) {
    case 'complete':
    case 'accepted':
      return incomplete;
    case 'unfinished':
      return [
        ...incomplete,
        {
          ...finding('backup-unfinished', 'note', 'The newest backup is unfinished: it runs, or was interrupted'),
          means: 'Until it is finished, the snapshot before it counts',
          next: 'Run the backup again: it goes on where it stopped',
          command: `cognito-backup backup --pool ${poolId}`,
        },
      ];
    case 'suspect':
      return [
        ...incomplete,
        {
          ...finding('snapshot-suspect', 'problem', 'The newest snapshot is suspect: far fewer users than before'),
          means: 'latest passes it over, and mirror refuses it, until somebody has looked',
          next: `Look what is gone; if it is right: cognito-backup snapshots accept ${name}`,
          command: `cognito-backup diff ${poolId}@latest ${name}`,
        },
      ];
    case 'damaged':
    case 'too-new':
    case 'untrusted':
      return [
        ...incomplete,
        {
          ...finding('snapshot-unusable', 'problem', UNUSABLE[newest.status]),
          means: 'It cannot be restored from; latest is an older one',
          command: `cognito-backup verify ${name}`,
        },
      ];
    default:
      return newest.status satisfies never;
  }
}

const UNUSABLE = {
  damaged: 'The manifest of the newest snapshot is damaged',
  'too-new': 'The newest snapshot was written by a later version of this tool',
  untrusted: 'The newest snapshot is not signed by a key that is trusted',
} as const;

function filesMissing(snapshots: readonly SeenSnapshot[], count: number): DoctorFinding {
  const ref = newestGood(snapshots)?.ref;
  return {
    ...finding('files-missing', 'problem', `The newest good snapshot lacks ${counted(count, 'file')}, or they are cut`),
    means: 'It cannot be restored whole',
    next: 'Name them, then take a new backup',
    command: `cognito-backup verify ${ref?.poolId}@${ref?.id}`,
  };
}

function judgeAge(snapshots: readonly SeenSnapshot[], { poolId, now, maxAgeMs }: VaultQuestion): DoctorFinding[] {
  const newest = newestGood(snapshots);
  if (!newest) {
    return [
      {
        ...finding('no-snapshot', 'problem', 'There is no good snapshot of this pool in the vault'),
        means: 'Whoever is deleted now is gone for good: AWS can bring back a pool, and no user',
        command: `cognito-backup backup --pool ${poolId}`,
      },
    ];
  }
  const { startedAt } = newest.manifest.window;
  const ageMs = now.getTime() - new Date(startedAt).getTime();
  const age = ageText(ageMs);
  if (ageMs <= maxAgeMs) return [finding('snapshot-recent', 'ok', `The newest good snapshot is ${age} old`)];
  return [
    {
      ...finding(
        'snapshot-old',
        'problem',
        `The newest good snapshot is ${age} old; the limit is ${ageText(maxAgeMs)}`,
      ),
      means: 'What has changed since cannot be restored',
      next: 'Back up on a schedule',
      command: `cognito-backup backup --pool ${poolId}`,
    },
  ];
}

function judgeContents(snapshots: readonly SeenSnapshot[]): DoctorFinding[] {
  const newest = newestGood(snapshots);
  if (!newest) return [];
  const { manifest } = newest;
  return [...judgeEncryption(manifest, snapshots), ...judgeSignature(manifest), ...judgeConfiguration(manifest)];
}

function judgeEncryption({ encryption }: Manifest, snapshots: readonly SeenSnapshot[]): DoctorFinding[] {
  const plain = snapshots.filter(({ manifest }) => manifest?.encryption === null).length;
  if (encryption === null) {
    return [
      {
        ...finding(
          'not-encrypted',
          'warning',
          plain === 1
            ? 'The newest snapshot is not encrypted'
            : `${plain} snapshots are not encrypted, the newest among them`,
        ),
        means: 'Whoever can read the vault can read every user in it. Secrets of clients are in no such snapshot',
        next: 'Name who may open it: backup --encrypt-to KEY (docs/CLI.md, Encryption)',
      },
    ];
  }
  return [
    finding('encrypted', 'ok', 'The newest snapshot is encrypted'),
    ...(plain > 0
      ? [
          {
            ...finding('older-not-encrypted', 'warning', `${counted(plain, 'older snapshot')} without encryption`),
            means: 'Whoever can read the vault can read the users in them',
            next: 'Let them go with cognito-backup prune',
          },
        ]
      : []),
    ...(isKmsAlone(encryption)
      ? [
          {
            ...finding('kms-alone', 'warning', 'One KMS key alone opens the newest snapshot'),
            means: 'With the key, or the account, every snapshot is lost',
            next: 'Name a second recipient whose private key lies offline: --encrypt-to age1…',
          },
        ]
      : []),
  ];
}

function isKmsAlone({ recipients, keyFiles }: EncryptionFacts): boolean {
  return recipients.length === 0 && keyFiles.every(({ kind }) => kind === 'kms');
}

function judgeSignature({ signature }: Manifest): DoctorFinding[] {
  if (signature) return [];
  return [
    {
      ...finding('not-signed', 'note', 'The newest snapshot is not signed'),
      means: 'Damage shows; that somebody has written another snapshot in its place does not',
      next: 'Make a key with cognito-backup keygen, then backup --sign-key FILE',
    },
  ];
}

function judgeConfiguration({ configuration, notCaptured }: Manifest): DoctorFinding[] {
  if (!configuration) {
    return [
      {
        ...finding('no-configuration', 'warning', 'The newest snapshot holds no configuration'),
        means: 'A deleted pool could not be made anew from it, only its users',
        next: 'Take a backup with this version',
      },
    ];
  }
  const secrets = notCaptured.filter(({ reason }) => reason === 'secrets-not-included');
  const count = secrets.reduce((sum, one) => sum + (one.count ?? 0), 0);
  const denied = [...new Set(notCaptured.flatMap(({ reason, kind }) => (reason === 'not-authorized' ? [kind] : [])))];
  return [
    ...(count > 0
      ? [
          {
            ...finding(
              'secrets-left-out',
              'note',
              `${counted(count, 'secret')} of clients and providers left out of the snapshots`,
            ),
            means: 'Clients of a new pool get new secrets, and providers want theirs from a file',
            next: 'Back up with --include-secrets, encrypted (--encrypt-to KEY)',
          },
        ]
      : []),
    ...(denied.length > 0
      ? [
          {
            ...finding('snapshot-incomplete', 'warning', `The newest snapshot lacks: ${denied.join(', ')}`),
            means: 'The role that took it was not allowed to read them',
            next: 'Allow the reads (permissions above), then back up again',
          },
        ]
      : []),
  ];
}

function judgeProtection(protection: LocationProtection): DoctorFinding[] {
  if (protection.kind === 'folder') {
    return [
      {
        ...finding('vault-on-one-disk', 'warning', 'The vault is a folder: as safe as the disk it is on'),
        means: 'Whoever can delete files here can delete the snapshots',
        next: 'Copy it elsewhere, or use a bucket with versioning and Object Lock',
      },
    ];
  }
  return [versioningOf(protection), lockOf(protection)];
}

type Bucket = Extract<LocationProtection, { readonly kind: 'bucket' }>;

function versioningOf({ bucket, versioning }: Bucket): DoctorFinding {
  if (typeof versioning === 'object') {
    return {
      ...finding('versioning-unknown', 'note', `Whether bucket ${bucket} keeps versions, S3 does not say`),
      means: `GetBucketVersioning: ${versioning.unknown}`,
      next: 'Allow s3:GetBucketVersioning on the bucket',
    };
  }
  if (versioning === 'on') return finding('versioning-on', 'ok', `Bucket ${bucket} keeps versions`);
  return {
    ...finding('versioning-off', 'warning', `Bucket ${bucket} keeps no versions (${versioning})`),
    means: 'A snapshot that is deleted or overwritten there cannot be brought back',
    command: `aws s3api put-bucket-versioning --bucket ${bucket} --versioning-configuration Status=Enabled`,
  };
}

function lockOf({ bucket, objectLock }: Bucket): DoctorFinding {
  if (objectLock === 'off') {
    return {
      ...finding('object-lock-off', 'note', `Bucket ${bucket} has no Object Lock`),
      means: 'Whoever may delete objects can delete every snapshot, with whatever intent',
      next: 'Consider Object Lock with a default retention (it needs versioning)',
    };
  }
  if ('unknown' in objectLock) {
    return {
      ...finding('object-lock-unknown', 'note', `Whether bucket ${bucket} has Object Lock, S3 does not say`),
      means: `GetObjectLockConfiguration: ${objectLock.unknown}`,
      next: 'Allow s3:GetBucketObjectLockConfiguration on the bucket',
    };
  }
  if (!objectLock.retention) {
    return {
      ...finding('object-lock-no-default', 'note', `Bucket ${bucket} has Object Lock, but no default retention`),
      means: 'The tool asks for none itself: its snapshots are not locked',
      next: 'Set a default retention on the bucket',
    };
  }
  const { mode, days } = objectLock.retention;
  return finding('object-lock-on', 'ok', `Bucket ${bucket} locks what is written for ${days} days (${mode})`);
}

function ageText(ms: number): string {
  const hours = Math.floor(ms / (DAY_MS / 24));
  if (hours < 1) return 'less than an hour';
  if (hours < 48) return counted(hours, 'hour');
  return counted(Math.floor(ms / DAY_MS), 'day');
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function finding(code: string, level: Level, found: string): DoctorFinding {
  return { topic: 'vault', code, level, found };
}
