import { BackupError } from '../model/errors.ts';
import type { CallOptions } from '../storage/storage.ts';
import { Census } from './census.ts';
import { chainPartPath, type PartKind } from './keys.ts';
import type { PartEntry, SnapshotTotals } from './manifest.ts';
import { decodeRecords, readParts, type OpenedPart } from './read-part.ts';
import { groupCodec, membershipCodec, poolCodec, userCodec } from './record-codec.ts';
import type { SnapshotWriter } from './snapshot-writer.ts';

export interface ReadBack {
  readonly totals: SnapshotTotals;
  /** The parts for the manifest: those that held orphans are replaced by copies without them. */
  readonly parts: readonly PartEntry[];
}

export interface ReadBackOptions extends CallOptions {
  /** Asked between parts; once it says true, nothing more is read. */
  readonly deadline?: () => boolean;
}

interface Progress extends ReadBackOptions {
  readonly writer: SnapshotWriter;
  readonly census: Census;
  readonly parts: PartEntry[];
}

/**
 * Reads every stored part again before a manifest names it: what is counted is what is stored, no user may come twice,
 * and memberships of users that were not captured (orphans) are left out. Memory: 8 bytes a user and two parts.
 * `undefined` when the deadline came first. Throws `damaged`, and `listing-broken` for a user that was listed twice.
 */
export async function readBack(writer: SnapshotWriter, options: ReadBackOptions = {}): Promise<ReadBack | undefined> {
  const progress: Progress = { writer, census: new Census(), parts: [], ...options };
  const read =
    (await eachPart(progress, 'pool', checkPool)) &&
    (await eachPart(progress, 'groups', countGroups)) &&
    (await eachPart(progress, 'users', countUsers));
  if (!read) return undefined;
  await refuseRepeatedUsers(progress);
  if (!(await eachPart(progress, 'memberships', keepMemberships))) return undefined;
  return { totals: progress.census.totals(), parts: progress.parts };
}

/** Answers the entries that take the place of the part. */
type Visit = (part: OpenedPart, progress: Progress) => readonly PartEntry[] | Promise<readonly PartEntry[]>;

async function eachPart(progress: Progress, kind: PartKind, visit: Visit): Promise<boolean> {
  for await (const part of readParts(progress.writer.source, entriesOf(progress, kind), progress)) {
    if (progress.deadline?.()) return false;
    progress.parts.push(...(await visit(part, progress)));
  }
  return true;
}

function entriesOf({ writer }: Progress, kind: PartKind): readonly PartEntry[] {
  return writer.parts.filter((entry) => entry.kind === kind);
}

function checkPool(part: OpenedPart): readonly PartEntry[] {
  for (const _pool of decodeRecords(part, poolCodec));
  return [part.entry];
}

function countGroups(part: OpenedPart, { census }: Progress): readonly PartEntry[] {
  for (const { name } of decodeRecords(part, groupCodec)) if (!census.addGroup(name)) throw listedTwice('group');
  return [part.entry];
}

function countUsers(part: OpenedPart, { census }: Progress): readonly PartEntry[] {
  for (const user of decodeRecords(part, userCodec)) census.addUser(user);
  return [part.entry];
}

async function keepMemberships(part: OpenedPart, { writer, census }: Progress): Promise<readonly PartEntry[]> {
  const kept: string[] = [];
  let index = 0;
  for (const membership of decodeRecords(part, membershipCodec)) {
    if (census.addMembership(membership)) kept.push(part.lines[index]!);
    index += 1;
  }
  if (kept.length === part.lines.length) return [part.entry];
  if (kept.length === 0) return [];
  return [await writer.store(chainPartPath('memberships', part.entry.shard!, writer.newAttempt(), 0), kept)];
}

async function refuseRepeatedUsers(progress: Progress): Promise<void> {
  const { census, writer } = progress;
  const repeated = await census.countRepeatedUsers(writer.source, entriesOf(progress, 'users'), progress);
  if (repeated > 0) throw listedTwice('user');
}

function listedTwice(what: string): BackupError {
  return new BackupError('listing-broken', `Cognito listed a ${what} twice`, {
    hint: 'Run the backup again; if it happens again, use --listing single',
  });
}
