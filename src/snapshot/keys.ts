import { BackupError } from '../model/errors.ts';
import { isTimedId, type PoolId, type SnapshotId } from '../model/ids.ts';

/** Where one snapshot stands in a vault. */
export interface SnapshotRef {
  readonly poolId: PoolId;
  readonly id: SnapshotId;
}

/** In the order in which a manifest names its parts and readers read them: users before the memberships that name them. */
export const PART_KINDS = ['pool', 'config', 'groups', 'users', 'memberships'] as const;
export type PartKind = (typeof PART_KINDS)[number];

/** What the path of a part says, relative to the folder of its snapshot. */
export interface PartName {
  readonly kind: PartKind;
  /** For users `0` … `f` or `all`; for memberships the number of the lane. */
  readonly shard?: string;
}

export const VAULT_KEY = 'vault.json';
export const POOLS_PREFIX = 'pools/';
export const ERASURES_PREFIX = 'erasures/';
/** What the hashes of the erasures are made with. */
export const ERASURE_KEY_FILE = `${ERASURES_PREFIX}key.json`;
export const POOL_PART = 'pool.json.gz';
export const CONFIG_PART = 'config.jsonl.gz';
export const GROUPS_PART = 'groups.jsonl.gz';
export const ALL_USERS = 'all';

const CHAIN_PART = /^(?:(users)\/([0-9a-f]|all)|(memberships)\/(\d{1,2}))-[0-9a-f]{8}-\d{6}\.jsonl\.gz(?:\.age)?$/;
const ENCRYPTED = '.age';
const DIGESTS = '.digests';

export function snapshotsPrefix(poolId: PoolId): string {
  return `${POOLS_PREFIX}${poolId}/snapshots/`;
}

export function snapshotPrefix(ref: SnapshotRef): string {
  return `${snapshotsPrefix(ref.poolId)}${ref.id}/`;
}

export function manifestKey(ref: SnapshotRef): string {
  return `${snapshotPrefix(ref)}manifest.json`;
}

export function checkpointKey(ref: SnapshotRef): string {
  return `${snapshotPrefix(ref)}checkpoint.json`;
}

export function acceptedKey(ref: SnapshotRef): string {
  return `${snapshotPrefix(ref)}accepted.json`;
}

export function expiredKey(ref: SnapshotRef): string {
  return `${snapshotPrefix(ref)}expired.json`;
}

/** Beside the parts of a snapshot that `erase` is writing in the place of another. */
export function supersedingKey(ref: SnapshotRef): string {
  return `${snapshotPrefix(ref)}superseding.json`;
}

export function erasureKey(id: string): string {
  return `${ERASURES_PREFIX}${id}.json`;
}

/** The id in the key of an erasure; `undefined` for whatever else may lie there. */
export function asErasureId(key: string): string | undefined {
  const name = key.slice(ERASURES_PREFIX.length).replace(/\.json$/, '');
  return isTimedId(name) && key === erasureKey(name) ? name : undefined;
}

export function partKey(ref: SnapshotRef, path: string): string {
  return `${snapshotPrefix(ref)}${path}`;
}

/** The path of a chain's part; `attempt` is eight random hex digits of one writer, so no two writers ever meet. */
export function chainPartPath(kind: 'users' | 'memberships', shard: string, attempt: string, sequence: number): string {
  const path = `${kind}/${shard}-${attempt}-${String(sequence).padStart(6, '0')}.jsonl.gz`;
  if (!CHAIN_PART.test(path)) throw new BackupError('internal', `Not a part path: ${JSON.stringify(path)}`);
  return path;
}

/** The path of some digests of the second pass. */
export function secondPassPath(attempt: string, sequence: number): string {
  return `second-pass-${attempt}-${String(sequence).padStart(6, '0')}${DIGESTS}`;
}

/** The path of the same part, encrypted. */
export function encryptedPath(path: string): string {
  return `${path}${ENCRYPTED}`;
}

export function isEncryptedPath(path: string): boolean {
  return path.endsWith(ENCRYPTED);
}

/** Where the digests of a part's records stand while its backup runs. */
export function digestsPath(path: string): string {
  return path.replace(/\.jsonl\.gz(?:\.age)?$/, DIGESTS);
}

export function isDigestsPath(path: string): boolean {
  return path.endsWith(DIGESTS);
}

/** Reads a part's path; `undefined` when the grammar knows no such part. */
export function parsePartPath(path: string): PartName | undefined {
  if (path === POOL_PART || path === encryptedPath(POOL_PART)) return { kind: 'pool' };
  if (path === CONFIG_PART || path === encryptedPath(CONFIG_PART)) return { kind: 'config' };
  if (path === GROUPS_PART || path === encryptedPath(GROUPS_PART)) return { kind: 'groups' };
  const match = CHAIN_PART.exec(path);
  if (!match) return undefined;
  if (match[1]) return { kind: 'users', shard: match[2]! };
  return { kind: 'memberships', shard: match[4]! };
}

/** Keeps the folder names that are snapshot ids. */
export function asSnapshotId(folder: string): SnapshotId | undefined {
  return isTimedId(folder) ? (folder as SnapshotId) : undefined;
}
