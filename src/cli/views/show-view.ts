import type { SnapshotView, UserView } from '../../operations/snapshots/show.ts';
import { escapeText } from '../escape.ts';
import { counted, formatBytes, formatCount, formatInstant, formatTally } from '../figures.ts';
import { alignRows, type Row } from '../layout.ts';
import type { Colors } from '../terminal.ts';
import { configurationText, factorsText, notCapturedRows } from './configuration-view.ts';

export function manifestLines({ state, manifest, manifestSha256 }: SnapshotView, out: Colors): string[] {
  const { pool, window, totals, parts, listing, warnings } = manifest;
  const sizeBytes = parts.reduce((sum, part) => sum + part.sizeBytes, 0);
  const files = `${counted(parts.length, 'file')}, ${formatBytes(sizeBytes)}, ${manifest.encoding}`;
  return [
    out.bold(`Snapshot ${manifest.snapshotId}`),
    ...alignRows(
      [
        ['Status', state === 'complete' ? out.green(state) : out.yellow(state)],
        ['Pool', `${escapeText(pool.name)} (${pool.id})`],
        ['Taken', `${formatInstant(window.startedAt)} to ${formatInstant(window.endedAt)}`],
        ['Users', `${formatCount(totals.users)}  ${out.dim(formatTally(totals.byStatus))}`],
        ['Factors', factorsText(totals) ?? 'not asked (backup --deep)'],
        ['Disabled', formatCount(totals.disabled)],
        ['Groups', formatCount(totals.groups)],
        ['Memberships', `${formatCount(totals.memberships)}${orphansText(totals.orphans)}`],
        ['Settings', configurationText(manifest.configuration ?? {})],
        ['Files', files],
        ['Encrypted', encryptionText(manifest.encryption)],
        [
          'Listing',
          `${listing.mode}, ${counted(listing.shards, 'shard')}${listing.secondPass ? ', proven by a second pass' : ''}`,
        ],
        ['Made by', `cognito-backup ${escapeText(manifest.toolVersion)}`],
        ['Manifest', `SHA-256 ${manifestSha256}`],
      ],
      out.dim,
    ),
    ...warnings.map(({ message }) => out.yellow(`  Warning: ${escapeText(message)}`)),
    ...alignRows(notCapturedRows('Not captured', manifest.notCaptured), out.dim),
  ];
}

function encryptionText(encryption: SnapshotView['manifest']['encryption']): string {
  if (!encryption) return 'no';
  const keyFiles = encryption.keyFiles.map((file) => (file.kind === 'kms' ? `KMS key ${file.keyArn}` : 'a passphrase'));
  return `with age, for ${[...encryption.recipients, ...keyFiles].map(escapeText).join(', ')}`;
}

function orphansText(orphans: number): string {
  return orphans === 0 ? '' : ` (${formatCount(orphans)} of users who were not listed were left out)`;
}

export function userViewLines(views: readonly UserView[], out: Colors): string[] {
  return views.flatMap((view, index) => [...(index > 0 ? [''] : []), ...oneUser(view, out)]);
}

function oneUser({ user, groups }: UserView, out: Colors): string[] {
  const attributes = user.attributes.map(([name, value]): Row => [escapeText(name), escapeText(value) || '""']);
  return [
    out.bold(escapeText(user.username)),
    ...alignRows(
      [
        ['sub', escapeText(user.sub)],
        ['Status', user.enabled ? user.status : `${user.status}, ${out.yellow('disabled')}`],
        ['Created', formatInstant(user.createdAt)],
        ['Modified', formatInstant(user.modifiedAt)],
        ...factorRows(user.factors),
        ['Groups', groups.length > 0 ? groups.map(escapeText).join(', ') : 'none'],
        ...attributes,
      ],
      out.dim,
    ),
  ];
}

/** Nothing where they are not known: that is not none. */
function factorRows(factors: UserView['user']['factors']): Row[] {
  if (!factors) return [];
  const list = (words: readonly string[]): string => (words.length > 0 ? words.map(escapeText).join(', ') : 'none');
  const preferred = factors.preferred === undefined ? '' : `, ${escapeText(factors.preferred)} first`;
  return [
    ['MFA', `${list(factors.mfa)}${preferred}`],
    ['Factors', list(factors.configured)],
  ];
}
