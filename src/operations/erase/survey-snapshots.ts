import { isBackupError } from '../../model/errors.ts';
import type { PoolId } from '../../model/ids.ts';
import { loadCheckpoint, type LoadedCheckpoint } from '../../snapshot/checkpoint-file.ts';
import { checkpointKey, expiredKey, parsePartPath, snapshotPrefix, supersedingKey } from '../../snapshot/keys.ts';
import { openSnapshot, type SnapshotReader } from '../../snapshot/snapshot-reader.ts';
import { unlockSnapshot } from '../../snapshot/unlock-snapshot.ts';
import type { Vault } from '../../snapshot/vault.ts';
import type { CallOptions, StoredObject } from '../../storage/storage.ts';
import { freeLeftovers } from '../prune/decide-fate.ts';
import { findLock, type ObjectLock } from '../prune/find-lock.ts';
import { startOf, UNFINISHED_MS } from '../prune/retention.ts';
import { surveyPool, type SurveyedSnapshot } from '../prune/survey-pool.ts';
import type { ErasedPeople } from './erased-people.ts';
import { scanParts, type Found } from './scan-parts.ts';

/**
 * - `untouched`: it holds none of the erased people.
 * - `rewritten`: it holds some; another one, without them, takes its place.
 * - `removed`: it is no snapshot, or one that another has superseded already.
 * - `abandoned`: unfinished, and it holds them or may: no backup goes on with it, and its files go at `goesAt`.
 * - `locked`: it holds them, and S3 Object Lock holds it.
 * - `unreadable`: whether it holds them cannot be told.
 */
export type ErasureFate =
  | { readonly kind: 'untouched' }
  | { readonly kind: 'rewritten'; readonly found: Found; readonly reader: SnapshotReader }
  | { readonly kind: 'removed' }
  | { readonly kind: 'abandoned'; readonly goesAt: Date; readonly checkpoint: LoadedCheckpoint | undefined }
  | { readonly kind: 'locked'; readonly lock: ObjectLock; readonly found?: Found }
  | { readonly kind: 'unreadable'; readonly why: UnreadableReason };

export type UnreadableReason = 'no-key' | 'damaged' | 'too-new' | 'untrusted';

export interface PlannedErasure {
  readonly snapshot: SurveyedSnapshot;
  readonly fate: ErasureFate;
  /** What backups have left beside it: nobody reads it, and it may hold anybody. */
  readonly leftovers: readonly StoredObject[];
}

export interface SurveyOptions extends CallOptions {
  readonly people: ErasedPeople;
  readonly now: Date;
  readonly onSnapshot?: () => void;
}

/** Looks into every snapshot of a pool, oldest first, finished or not; writes nothing. */
export async function surveySnapshots(
  vault: Vault,
  poolId: PoolId,
  { people, now, onSnapshot, ...options }: SurveyOptions,
): Promise<readonly PlannedErasure[]> {
  const surveyed = await surveyPool(vault, poolId, options);
  const context: Context = { vault, people, now, options };
  const fates = await fatesOf(surveyed, context, onSnapshot);
  const planned: PlannedErasure[] = [];
  for (const snapshot of surveyed) {
    const fate = await ifFree(snapshot, fates.get(snapshot.ref.id) ?? { kind: 'untouched' }, context);
    const stays = fate.kind !== 'rewritten' && fate.kind !== 'removed';
    const free = { ...options, storage: vault.storage, now, graceMs: 0 };
    const leftovers = stays ? [...leftNote(snapshot), ...(await freeLeftovers(snapshot, free))] : [];
    planned.push({ snapshot, fate, leftovers });
  }
  return planned;
}

/** Beside a finished snapshot the note means nothing any more, and who holds the lease knows that nobody needs it. */
function leftNote({ ref, summary, objects }: SurveyedSnapshot): readonly StoredObject[] {
  return isReadable(summary) ? objects.filter(({ key }) => key === supersedingKey(ref)) : [];
}

interface Context {
  readonly vault: Vault;
  readonly people: ErasedPeople;
  readonly now: Date;
  readonly options: CallOptions;
}

function isReadable({ status }: SurveyedSnapshot['summary']): boolean {
  return status === 'complete' || status === 'accepted' || status === 'suspect';
}

/** What supersedes comes first: only one that was read whole just now lets the one before it go. */
async function fatesOf(
  surveyed: readonly SurveyedSnapshot[],
  context: Context,
  onSnapshot: () => void = () => undefined,
): Promise<ReadonlyMap<string, ErasureFate>> {
  const superseding = new Map(
    surveyed.flatMap((each) => {
      const { supersedes } = each.summary;
      return supersedes !== undefined && isReadable(each.summary) ? [[supersedes, each] as const] : [];
    }),
  );
  const fates = new Map<string, ErasureFate>();
  const decide = async (snapshot: SurveyedSnapshot, asking: ReadonlySet<string>): Promise<ErasureFate> => {
    const { id } = snapshot.ref;
    const known = fates.get(id);
    if (known) return known;
    const next = isReadable(snapshot.summary) ? superseding.get(id) : undefined;
    // No erase writes a circle.
    const theirs = next && !asking.has(next.ref.id) ? await decide(next, new Set([...asking, id])) : undefined;
    const fate = await fateOf(snapshot, theirs !== undefined && theirs.kind !== 'unreadable', context);
    fates.set(id, fate);
    onSnapshot();
    return fate;
  };
  for (const snapshot of surveyed) await decide(snapshot, new Set([snapshot.ref.id]));
  return fates;
}

async function fateOf(snapshot: SurveyedSnapshot, isSuperseded: boolean, context: Context): Promise<ErasureFate> {
  const { status } = snapshot.summary;
  if (isSuperseded) return { kind: 'removed' };
  if (status === 'unfinished') return fateOfUnfinished(snapshot, context);
  if (status === 'damaged' || status === 'too-new' || status === 'untrusted')
    return { kind: 'unreadable', why: status };
  return await readable(async () => {
    const reader = await openSnapshot(context.vault, snapshot.ref, context.options);
    const found = await scanParts(await reader.source(), reader.manifest.parts, context.people, context.options);
    return found.paths.size === 0 ? { kind: 'untouched' } : { kind: 'rewritten', found, reader };
  });
}

/** What erase itself or a prune has left half done goes at once; what a backup may still be writing to is only closed to it. */
async function fateOfUnfinished(snapshot: SurveyedSnapshot, context: Context): Promise<ErasureFate> {
  const { ref, summary, isHalfRemoved, objects } = snapshot;
  if (isHalfRemoved || summary.begunAt !== undefined) return { kind: 'removed' };
  const prefix = snapshotPrefix(ref);
  const kinds = objects.map(({ key }) => parsePartPath(key.slice(prefix.length))?.kind);
  if (!kinds.includes('users') && !kinds.includes('memberships')) return { kind: 'untouched' };
  const goesAt = new Date(startOf(ref).getTime() + UNFINISHED_MS);
  const checkpoint = await loadCheckpoint(context.vault.storage, checkpointKey(ref), context.options);
  if (checkpoint && (await holdsNobody(snapshot, checkpoint, context))) return { kind: 'untouched' };
  return goesAt <= context.now ? { kind: 'removed' } : { kind: 'abandoned', goesAt, checkpoint };
}

/** Whether all parts in its folder are known, can be read, and hold none of them. */
async function holdsNobody(
  { ref, objects }: SurveyedSnapshot,
  { checkpoint }: LoadedCheckpoint,
  { vault, people, options }: Context,
): Promise<boolean> {
  const entries = checkpoint.chains.flatMap(({ parts }) => parts.map(({ entry }) => entry));
  const named = new Set([...checkpoint.parts, ...entries].map(({ path }) => path));
  const prefix = snapshotPrefix(ref);
  const paths = objects.map(({ key }) => key.slice(prefix.length)).filter((path) => parsePartPath(path));
  if (!paths.every((path) => named.has(path))) return false;
  try {
    const open = await unlockSnapshot(vault, ref, checkpoint.encryption, options);
    return (await scanParts({ storage: vault.storage, ref, open }, entries, people, options)).paths.size === 0;
  } catch (error) {
    if (isBackupError(error, 'key-missing', 'key-wrong', 'kms-refused', 'damaged')) return false;
    throw error;
  }
}

/** What would go has to be free to go. */
async function ifFree(
  { ref, objects }: SurveyedSnapshot,
  fate: ErasureFate,
  { vault, now, options }: Context,
): Promise<ErasureFate> {
  if (fate.kind !== 'rewritten' && fate.kind !== 'removed') return fate;
  // The mark itself may be locked by the bucket's default, which says nothing about the snapshot.
  const held = objects.map(({ key }) => key).filter((key) => key !== expiredKey(ref));
  const lock = await findLock(vault.storage, held, { ...options, now });
  if (!lock) return fate;
  return { kind: 'locked', lock, ...(fate.kind === 'rewritten' && { found: fate.found }) };
}

/** Keys that do not fit and damage are what becomes of this snapshot, not the end of the erasure. */
export async function readable(work: () => Promise<ErasureFate>): Promise<ErasureFate> {
  try {
    return await work();
  } catch (error) {
    if (isBackupError(error, 'key-missing', 'key-wrong', 'kms-refused')) return { kind: 'unreadable', why: 'no-key' };
    if (isBackupError(error, 'damaged')) return { kind: 'unreadable', why: 'damaged' };
    throw error;
  }
}
