import { sealFor } from '../../encryption/envelope.ts';
import type { SnapshotId } from '../../model/ids.ts';
import { inParallel } from '../../runtime/in-parallel.ts';
import { randomHex } from '../../runtime/random-hex.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { readAcceptance, writeAcceptance } from '../../snapshot/acceptance.ts';
import { checkManifest } from '../../snapshot/check-manifest.ts';
import { damaged } from '../../snapshot/damaged.ts';
import { markExpired, readExpiry } from '../../snapshot/expiry.ts';
import { manifestKey, partKey, supersedingKey, type SnapshotRef } from '../../snapshot/keys.ts';
import {
  decodeManifest,
  encodeManifest,
  type Manifest,
  type ManifestBody,
  type PartEntry,
  type SnapshotTotals,
} from '../../snapshot/manifest.ts';
import { checkStored, linesOf, sealPart } from '../../snapshot/part.ts';
import { successorId } from '../../snapshot/new-snapshot-id.ts';
import { readBack } from '../../snapshot/read-back.ts';
import { readPart, type PartSource } from '../../snapshot/read-part.ts';
import { membershipCodec, userCodec } from '../../snapshot/record-codec.ts';
import { sha256 } from '../../snapshot/sha256.ts';
import { signedLike } from '../../snapshot/signed-manifest.ts';
import type { SnapshotReader } from '../../snapshot/snapshot-reader.ts';
import { storeOnce } from '../../snapshot/store-once.ts';
import { writeSupersedingNote } from '../../snapshot/superseding-note.ts';
import { TOOL_VERSION } from '../../snapshot/tool-version.ts';
import type { Vault } from '../../snapshot/vault.ts';
import type { CallOptions } from '../../storage/storage.ts';
import { carryKeyFiles } from './carry-key-files.ts';
import type { ErasedPeople } from './erased-people.ts';
import type { Found } from './scan-parts.ts';

const PARTS_AT_ONCE = 4;

export interface Superseding {
  /** The snapshot that goes; it is left as it is. */
  readonly reader: SnapshotReader;
  readonly found: Found;
  readonly people: ErasedPeople;
}

/**
 * Writes a snapshot in the place of another, without the erased people and otherwise the same: moment, listing, warnings,
 * acceptance, mark, and signed only where it was. Parts that hold none of them are copied byte for byte, whatever they are. Read back whole before its
 * manifest is written. Killed anywhere it leaves no snapshot, or a whole one. Throws `damaged`, and what keys and storage
 * throw.
 */
export async function supersede(
  { vault, runtime }: { readonly vault: Vault; readonly runtime: Runtime },
  work: Superseding,
  options: CallOptions,
): Promise<SnapshotRef> {
  const { reader } = work;
  const { ref: old, manifest } = reader;
  const { storage, trust } = vault;
  const ref: SnapshotRef = { poolId: old.poolId, id: await successorOf(vault, old, { runtime, ...options }) };
  await writeSupersedingNote(storage, ref, { supersedes: old, begunAt: runtime.now() });
  const encryption = await carryKeyFiles(vault, { from: old, to: ref, facts: manifest.encryption }, options);
  const parts = await writeParts(vault, { ...work, ref, runtime }, options);
  await readBack({ ...(await reader.source()), storage, ref }, parts, options);
  const body = { ...bodyOf(manifest, work.found), snapshotId: ref.id, encryption, parts };
  const bytes = encodeManifest(signedLike('manifest', body, manifest, trust));
  checkManifest(decodeManifest(bytes, manifestKey(ref)), { ref, vaultId: vault.id });
  await carryAcceptance(vault, { reader, ref, manifestSha256: sha256(bytes) }, options);
  await storeOnce(storage, manifestKey(ref), bytes);
  await carryMark(vault, { reader, ref, manifestSha256: sha256(bytes) }, options);
  await storage.delete(supersedingKey(ref), options);
  return ref;
}

async function successorOf(
  vault: Vault,
  { poolId, id }: SnapshotRef,
  { runtime, ...options }: CallOptions & { readonly runtime: Runtime },
): Promise<SnapshotId> {
  const known = (await vault.snapshots(poolId, options)).map((ref) => ref.id);
  return successorId(id, { known, runtime });
}

interface WriteParts extends Superseding {
  readonly ref: SnapshotRef;
  readonly runtime: Runtime;
}

async function writeParts(vault: Vault, work: WriteParts, options: CallOptions): Promise<PartEntry[]> {
  const { reader, found, ref } = work;
  const source = await reader.source();
  const written: (PartEntry | undefined)[] = [];
  await inParallel(reader.manifest.parts.entries(), PARTS_AT_ONCE, async ([index, entry]) => {
    written[index] = found.paths.has(entry.path)
      ? await rewritePart(vault, source, entry, work, options)
      : await copyPart(vault, { from: reader.ref, to: ref, entry }, options);
  });
  return written.filter((entry) => entry !== undefined);
}

/** Parts of any kind, encrypted or not: nobody has to understand what is copied. */
async function copyPart(
  { storage }: Vault,
  { from, to, entry }: { readonly from: SnapshotRef; readonly to: SnapshotRef; readonly entry: PartEntry },
  options: CallOptions,
): Promise<PartEntry> {
  const key = partKey(from, entry.path);
  const stored = await storage.get(key, { ...options, maxBytes: entry.sizeBytes });
  if (stored === undefined) throw damaged(key, 'it is missing');
  checkStored(stored.bytes, entry, key);
  await storeOnce(storage, partKey(to, entry.path), stored.bytes);
  return entry;
}

/** `undefined` where nobody is left in it: a part has at least one record. */
async function rewritePart(
  { storage }: Vault,
  source: PartSource,
  entry: PartEntry,
  { reader, ref, runtime, people }: WriteParts,
  options: CallOptions,
): Promise<PartEntry | undefined> {
  const codec = entry.kind === 'users' ? userCodec : membershipCodec;
  const { plain } = await readPart(source, entry, options);
  const kept = [...linesOf(plain)].filter((line) => !people.has(codec.decode(line).sub));
  if (kept.length === 0) return undefined;
  const { encryption } = reader.manifest;
  const { bytes, ...facts } = await sealPart(kept, encryption ? sealFor(encryption) : undefined);
  const { kind, shard } = entry;
  // Parts of several attempts may have one number: each gets an attempt of its own.
  const path = entry.path.replace(/-[0-9a-f]{8}-(?=\d{6}\.)/, `-${randomHex(runtime, 4)}-`);
  await storeOnce(storage, partKey(ref, path), bytes);
  return { path, kind, ...(shard !== undefined && { shard }), ...facts };
}

/** What was listed stays as it was said; what the parts hold is counted anew. */
function bodyOf(manifest: Manifest, found: Found): ManifestBody {
  const { digest: _digest, signature: _signature, ...body } = manifest;
  const users = manifest.supersedes?.users ?? manifest.totals.users;
  return {
    ...body,
    toolVersion: TOOL_VERSION,
    supersedes: { snapshotId: manifest.snapshotId, users },
    totals: totalsWithout(manifest.totals, found),
  };
}

function totalsWithout(totals: SnapshotTotals, { users, memberships }: Found): SnapshotTotals {
  const byStatus: { [Status in keyof SnapshotTotals['byStatus']]: number } = { ...totals.byStatus };
  for (const { status } of users) {
    const left = (byStatus[status] ?? 0) - 1;
    if (left > 0) byStatus[status] = left;
    else delete byStatus[status];
  }
  const enabled = users.filter((user) => user.enabled).length;
  const factors = users.filter((user) => user.factors).length;
  const subs = new Set(users.map(({ sub }) => sub));
  const ofUsers = memberships.filter(({ sub }) => subs.has(sub)).length;
  return {
    ...totals,
    byStatus,
    users: totals.users - users.length,
    enabled: totals.enabled - enabled,
    disabled: totals.disabled - (users.length - enabled),
    ...(totals.factors !== undefined && { factors: totals.factors - factors }),
    memberships: totals.memberships - ofUsers,
    orphans: totals.orphans - (memberships.length - ofUsers),
  };
}

interface Carried {
  readonly reader: SnapshotReader;
  readonly ref: SnapshotRef;
  readonly manifestSha256: string;
}

/** Before the manifest: at no moment does the snapshot stand there as one that nobody has accepted. */
async function carryAcceptance(vault: Vault, { reader, ref, manifestSha256 }: Carried, options: CallOptions) {
  const like = await readAcceptance(vault, reader.ref, reader.manifestSha256, options);
  if (like) await writeAcceptance(vault, ref, { manifestSha256, acceptedAt: new Date(like.acceptedAt), like });
}

/** After the manifest: a mark without one says that a snapshot was half removed. */
async function carryMark(vault: Vault, { reader, ref, manifestSha256 }: Carried, options: CallOptions) {
  const mark = await readExpiry(vault, reader.ref, options);
  if (mark?.manifestSha256 !== reader.manifestSha256) return;
  await markExpired(vault, ref, { manifestSha256, expiredAt: new Date(mark.expiredAt) }, options);
}
