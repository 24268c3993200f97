import { BackupError } from '../model/errors.ts';
import type { User } from '../model/user.ts';
import type { CallOptions } from '../storage/storage.ts';
import type { ChainPart, SecondPassPiece } from './checkpoint.ts';
import type { SecondPassCounts, SnapshotWarning } from './manifest.ts';
import { readDigests } from './read-digests.ts';
import { decodeRecords, isReadable, readPart } from './read-part.ts';
import { DIGEST_BYTES, DigestSet } from './record-digests.ts';
import { userCodec } from './record-codec.ts';
import { isSettled } from './settled.ts';
import type { SnapshotWriter } from './snapshot-writer.ts';
import { digestSetOf, digestsOfPart } from './take-census.ts';

/** More are not asked for one by one: the quota belongs to listings. */
const MAX_LOOKED_UP = 100;

export interface CompareOptions extends CallOptions {
  /** A user as the pool shows them now; `undefined` when there is none. */
  readonly lookUp?: (sub: string) => Promise<User | undefined>;
}

export interface Comparison {
  readonly counts: SecondPassCounts;
  readonly warnings: readonly SnapshotWarning[];
}

/**
 * Compares who the second pass has listed with who is in the parts; `undefined` where there was none. Throws
 * `listing-broken` when the shards lack a user whom they had to hold, `damaged`. Memory: 8 bytes a user.
 */
export async function compareSecondPass(
  writer: SnapshotWriter,
  options: CompareOptions = {},
): Promise<Comparison | undefined> {
  if (!writer.secondPass) return undefined;
  const { users, missing } = await findMissingInShards(writer, options);
  const { total, parts, listed } = await findMissingInSecondPass(writer, options);
  const counts = { users, missingInShards: missing, missingInSecondPass: total };
  if (total === 0) return { counts, warnings: [] };
  const warning = await explain(writer, { total, subs: await subsOf(writer, { parts, listed }, options) }, options);
  return { counts, warnings: warning ? [warning] : [] };
}

async function findMissingInShards(
  writer: SnapshotWriter,
  options: CallOptions,
): Promise<{ readonly users: number; readonly missing: number }> {
  const captured = await digestSetOf(writer, writer.chainParts('users'), options);
  let [users, missing, missed] = [0, 0, 0];
  for (const piece of writer.secondPass?.state.pieces ?? []) {
    const digests = await readPiece(writer, piece, options);
    const settled = piece.settled * DIGEST_BYTES;
    const missedHere = captured.countMissing(digests.subarray(0, settled));
    users += piece.users;
    missed += missedHere;
    missing += missedHere + captured.countMissing(digests.subarray(settled));
  }
  if (missed === 0) return { users, missing };
  throw new BackupError('listing-broken', `Listing by the first digit of sub has missed ${missed} of ${users} users`, {
    hint: 'Use --listing single: it needs no prefixes. No snapshot was made',
  });
}

interface Missing {
  readonly total: number;
  /** The parts that hold them. */
  readonly parts: readonly ChainPart[];
  readonly listed: DigestSet;
}

async function findMissingInSecondPass(writer: SnapshotWriter, options: CallOptions): Promise<Missing> {
  const pieces = writer.secondPass?.state.pieces ?? [];
  const listed = new DigestSet(pieces.reduce((sum, { users }) => sum + users, 0));
  for (const piece of pieces) listed.add(await readPiece(writer, piece, options));
  if (listed.repeats() > 0) {
    throw new BackupError('listing-broken', 'The second pass listed a user twice', {
      hint: 'Run the backup again; if it happens again, leave --second-pass out',
    });
  }
  const parts: ChainPart[] = [];
  let total = 0;
  for (const part of writer.chainParts('users')) {
    const missing = listed.countMissing(await digestsOfPart(writer, part, options));
    if (missing > 0) parts.push(part);
    total += missing;
  }
  return { total, parts, listed };
}

/** The digests of a piece of the second pass, those of settled users first. Throws `damaged`. */
function readPiece(
  writer: SnapshotWriter,
  { path, users, sha256 }: SecondPassPiece,
  options: CallOptions,
): Promise<Uint8Array> {
  return readDigests(writer.source, { path, count: users, sha256 }, options);
}

/** The first of the missing; `undefined` where the parts cannot be read, as the private key is not here. */
async function subsOf(
  writer: SnapshotWriter,
  { parts, listed }: Pick<Missing, 'parts' | 'listed'>,
  options: CallOptions,
): Promise<readonly string[] | undefined> {
  const subs: string[] = [];
  for (const part of parts) {
    if (subs.length >= MAX_LOOKED_UP) break;
    if (!isReadable(writer.source, part.entry)) return undefined;
    const missing = new Set(listed.missingOf(await digestsOfPart(writer, part, options)));
    const users = decodeRecords(await readPart(writer.source, part.entry, options), userCodec);
    let index = 0;
    for (const { sub } of users) {
      if (missing.has(index)) subs.push(sub);
      index += 1;
    }
  }
  return subs.slice(0, MAX_LOOKED_UP);
}

/** Who was deleted meanwhile explains itself; who is there, unchanged, was missed by the second pass. */
async function explain(
  writer: SnapshotWriter,
  { total, subs }: { readonly total: number; readonly subs: readonly string[] | undefined },
  { lookUp }: CompareOptions,
): Promise<SnapshotWarning | undefined> {
  const missing = `The second pass did not list ${total} users of the snapshot`;
  if (!subs || !lookUp) {
    return differs(`${missing}; whether they were deleted meanwhile cannot be looked up without the private key`);
  }
  let there = 0;
  for (const sub of subs) {
    const user = await lookUp(sub);
    if (user && isSettled(user, writer.startedAt)) there += 1;
  }
  if (there === 0) return undefined;
  return differs(
    `${missing}; of ${subs.length} looked up, ${there} are still in the pool: one chain does not list all`,
  );
}

function differs(message: string): SnapshotWarning {
  return { code: 'second-pass-differs', message };
}
