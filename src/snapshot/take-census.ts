import { inParallel } from '../runtime/in-parallel.ts';
import type { CallOptions } from '../storage/storage.ts';
import type { ChainPart } from './checkpoint.ts';
import { listedTwice } from './listed-twice.ts';
import type { SnapshotTotals } from './manifest.ts';
import { readDigests } from './read-digests.ts';
import { DigestSet } from './record-digests.ts';
import type { SnapshotWriter } from './snapshot-writer.ts';

const READS_AT_ONCE = 8;

/**
 * Counts what the chains have stored, from their tallies and digests alone: whether the parts can be read makes no
 * difference. Memory: 8 bytes a user. Throws `listing-broken` for a user who was listed twice, `damaged`.
 */
export async function takeCensus(writer: SnapshotWriter, options: CallOptions = {}): Promise<SnapshotTotals> {
  const users = writer.chainParts('users');
  const memberships = writer.chainParts('memberships');
  const subs = await digestSetOf(writer, users, options);
  if (subs.repeats() > 0) throw listedTwice('user');
  let orphans = 0;
  await inParallel(memberships, READS_AT_ONCE, async (part) => {
    const digests = await digestsOfPart(writer, part, options);
    // Added up only now: `orphans += … await …` would forget what the other parts have added meanwhile.
    orphans += subs.countMissing(digests);
  });
  const total = countRecords(users);
  const enabled = users.reduce((sum, { tally }) => sum + (tally?.enabled ?? 0), 0);
  return {
    users: total,
    byStatus: addUp(users),
    enabled,
    disabled: total - enabled,
    ...(writer.isDeep && { factors: users.reduce((sum, { tally }) => sum + (tally?.factors ?? 0), 0) }),
    groups: writer.parts.find(({ kind }) => kind === 'groups')?.records ?? 0,
    memberships: countRecords(memberships) - orphans,
    orphans,
  };
}

/** Of all records of parts. Throws `damaged`. */
export async function digestSetOf(
  writer: SnapshotWriter,
  parts: readonly ChainPart[],
  options: CallOptions,
): Promise<DigestSet> {
  const all = new DigestSet(countRecords(parts));
  await inParallel(parts, READS_AT_ONCE, async (part) => all.add(await digestsOfPart(writer, part, options)));
  return all;
}

/** In the order of the part's records. Throws `damaged`. */
export function digestsOfPart(writer: SnapshotWriter, part: ChainPart, options: CallOptions): Promise<Uint8Array> {
  const { path, records } = part.entry;
  return readDigests(writer.source, { path, count: records, sha256: part.digestsSha256 }, options);
}

function countRecords(parts: readonly ChainPart[]): number {
  return parts.reduce((sum, { entry }) => sum + entry.records, 0);
}

function addUp(parts: readonly ChainPart[]): SnapshotTotals['byStatus'] {
  const byStatus: { [Status in keyof SnapshotTotals['byStatus']]: number } = {};
  for (const { tally } of parts) {
    for (const [status, users = 0] of Object.entries(tally?.byStatus ?? {}) as [keyof typeof byStatus, number][]) {
      byStatus[status] = (byStatus[status] ?? 0) + users;
    }
  }
  return byStatus;
}
