import { regionOfPool } from '../model/ids.ts';
import { damaged } from './damaged.ts';
import { ALL_USERS, isEncryptedPath, manifestKey, PART_KINDS, type PartKind, type SnapshotRef } from './keys.ts';
import type { Manifest, PartEntry } from './manifest.ts';
import { MAX_PART_RECORDS, maxStoredBytes } from './size-limits.ts';
import { suspicion } from './suspicion.ts';

/** What a manifest has to agree with. */
export interface ManifestPlace {
  readonly ref: SnapshotRef;
  readonly vaultId: string;
}

/**
 * Checks a decoded manifest against where it stands and against itself: a right digest does not make a lie true. Every
 * rule is one that no writer breaks. Throws `damaged`, naming the manifest.
 */
export function checkManifest(manifest: Manifest, place: ManifestPlace): void {
  const problem =
    placeProblem(manifest, place) ??
    partsProblem(manifest) ??
    configurationProblem(manifest) ??
    totalsProblem(manifest) ??
    secondPassProblem(manifest);
  if (problem !== undefined) throw damaged(manifestKey(place.ref), problem);
}

const VERSION = /^\d+\.\d+\.\d[\w.+-]*$/;

function placeProblem(manifest: Manifest, { ref, vaultId }: ManifestPlace): string | undefined {
  const { pool, previous, snapshotId, supersedes, window } = manifest;
  if (snapshotId !== ref.id || pool.id !== ref.poolId) return 'it belongs to another snapshot';
  if (manifest.vaultId !== vaultId) return 'it belongs to another vault';
  if (pool.region !== regionOfPool(pool.id)) return 'its Region is not that of the pool';
  if (window.startedAt.replace(/[-:]|\.\d+/g, '') !== snapshotId.slice(0, 16)) return 'it began at another time';
  if (previous?.snapshotId === snapshotId) return 'it names itself as the snapshot before';
  if (supersedes?.snapshotId === snapshotId) return 'it supersedes itself';
  if (supersedes && supersedes.snapshotId.slice(0, 16) !== snapshotId.slice(0, 16))
    return 'it supersedes a snapshot of another moment';
  if (!VERSION.test(manifest.toolVersion)) return 'field toolVersion is wrong';
  return undefined;
}

function partsProblem({ parts, listing, totals, encryption }: Manifest): string | undefined {
  if (parts.some(({ path }) => isEncryptedPath(path) !== (encryption !== null)))
    return 'it mixes encrypted and plain parts';
  const kinds = parts.map(({ kind }) => PART_KINDS.indexOf(kind));
  if (kinds.some((kind, index) => kind < (kinds[index - 1] ?? 0))) return 'its parts are out of order';
  if (repeats(parts.map(({ path }) => path))) return 'it names a part twice';
  if ([parts.map(({ sha256 }) => sha256), parts.flatMap(({ plainSha256 }) => plainSha256 ?? [])].some(repeats))
    return 'two of its parts have the same content';
  if (parts.some(isTooLarge)) return 'a part is larger than any writer makes it';
  if (records(parts, 'pool') !== 1) return 'it does not name one pool description';
  if (count(parts, 'groups') > 1) return 'it names the groups twice';
  const isSingle = listing.mode === 'single';
  if (listing.shards !== (isSingle ? 1 : 16)) return 'its number of shards is wrong';
  const isOtherMode = (part: PartEntry): boolean => part.kind === 'users' && (part.shard === ALL_USERS) !== isSingle;
  if (parts.some(isOtherMode)) return 'a part belongs to another listing';
  if (parts.some(({ kind, shard }) => kind === 'memberships' && Number(shard) >= totals.groups))
    return 'a part holds memberships of no group';
  return undefined;
}

/** Status and second pass are those of the listing, whoever was erased since. */
function listedUsers({ totals, supersedes }: Manifest): number {
  return supersedes?.users ?? totals.users;
}

/** Snapshots that were made without configuration have neither the part nor the counts. */
function configurationProblem({ parts, configuration }: Manifest): string | undefined {
  if (count(parts, 'config') > 1) return 'it names the configuration twice';
  if ((configuration === undefined) !== (count(parts, 'config') === 0))
    return 'its configuration is not what its parts are';
  const counts = Object.values(configuration ?? {});
  if (counts.includes(0) || sum(counts) !== records(parts, 'config')) return 'its configuration does not add up';
  return undefined;
}

function totalsProblem(manifest: Manifest): string | undefined {
  const { parts, totals, status, previous, warnings } = manifest;
  for (const kind of ['users', 'groups', 'memberships'] as const) {
    const stated = kind === 'memberships' ? totals.memberships + totals.orphans : totals[kind];
    const named = records(parts, kind);
    if (stated !== named) return `it states ${stated} ${kind}, its parts ${named}`;
  }
  const statuses = Object.values(totals.byStatus);
  if (statuses.includes(0) || sum(statuses) !== totals.users) return 'its users by status do not add up';
  if ((totals.factors ?? 0) > totals.users) return 'it has factors of more users than it has users';
  if (totals.enabled + totals.disabled !== totals.users) return 'its enabled and disabled users do not add up';
  const listed = listedUsers(manifest);
  if (listed < totals.users) return 'it holds more users than were listed';
  const isSuspect = suspicion(listed, previous?.users) !== undefined;
  const hasWarning = warnings.some(({ code }) => code === 'suspect-drop');
  if (isSuspect !== (status === 'suspect') || isSuspect !== hasWarning) return 'its status is not what its users say';
  return undefined;
}

/** Both listings have the same users in common, whichever of the two they are counted in. */
function secondPassProblem(manifest: Manifest): string | undefined {
  const { mode, secondPass } = manifest.listing;
  const hasWarning = manifest.warnings.some(({ code }) => code === 'second-pass-differs');
  if (secondPass === false) return hasWarning ? 'it compares with a second pass that was not made' : undefined;
  if (mode === 'single') return 'one chain has no second pass';
  const { users, missingInShards, missingInSecondPass } = secondPass;
  const inBoth = users - missingInShards;
  if (inBoth < 0 || inBoth !== listedUsers(manifest) - missingInSecondPass) return 'its second pass does not add up';
  if (hasWarning && missingInSecondPass === 0) return 'its second pass is not what its warnings say';
  return undefined;
}

function isTooLarge({ records: held, sizeBytes, plainBytes }: PartEntry): boolean {
  return held > MAX_PART_RECORDS || sizeBytes > maxStoredBytes(plainBytes);
}

function count(parts: readonly PartEntry[], kind: PartKind): number {
  return parts.filter((part) => part.kind === kind).length;
}

function records(parts: readonly PartEntry[], kind: PartKind): number {
  return sum(parts.filter((part) => part.kind === kind).map((part) => part.records));
}

function repeats(values: readonly string[]): boolean {
  return new Set(values).size < values.length;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
