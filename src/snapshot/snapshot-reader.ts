import { BackupError } from '../model/errors.ts';
import type { Group, Membership } from '../model/group.ts';
import type { PoolDescription } from '../model/pool.ts';
import type { User } from '../model/user.ts';
import type { CallOptions } from '../storage/storage.ts';
import { damaged } from './damaged.ts';
import { manifestKey, type PartKind, type SnapshotRef } from './keys.ts';
import type { Manifest } from './manifest.ts';
import { decodeRecords, readParts } from './read-part.ts';
import { groupCodec, membershipCodec, poolCodec, userCodec, type RecordCodec } from './record-codec.ts';
import { readHead } from './snapshot-head.ts';
import type { Vault } from './vault.ts';

/**
 * A snapshot, open for reading. A part is checked whole (size, hashes, record count) before its first record is handed
 * out. The iterables may be started as often as wanted; each holds one part at a time. Errors: `damaged`, naming the file.
 */
export interface SnapshotReader {
  readonly ref: SnapshotRef;
  readonly manifest: Manifest;
  /** SHA-256 of the manifest's bytes as stored: binds a plan to exactly this snapshot. */
  readonly manifestSha256: string;
  /** `accepted`: suspect, and an operator has accepted it. */
  readonly state: 'complete' | 'suspect' | 'accepted';
  pool(): Promise<PoolDescription>;
  groups(): AsyncIterable<Group>;
  /** No `sub` comes twice: the writer saw to it before it wrote the manifest. */
  users(): AsyncIterable<User>;
  /** Without orphans: every membership's `sub` is among `users()`, and its group among `groups()`. */
  memberships(): AsyncIterable<Membership>;
}

/** Reads and checks the manifest. Throws `snapshot-not-found`, `damaged`, `vault-too-new`. */
export async function openSnapshot(vault: Vault, ref: SnapshotRef, options: CallOptions = {}): Promise<SnapshotReader> {
  const head = await readHead(vault, ref, options);
  if (head.state === 'unfinished') {
    throw new BackupError('snapshot-not-found', `Snapshot ${ref.id} is not finished: it has no manifest`, {
      hint: 'Run the backup of its pool again: it goes on where it stopped',
    });
  }
  const { manifest, manifestSha256, state } = head;
  const source = { storage: vault.storage, ref };
  async function* records<Value>(kind: PartKind, codec: RecordCodec<Value>): AsyncGenerator<Value> {
    const entries = manifest.parts.filter((entry) => entry.kind === kind);
    for await (const part of readParts(source, entries, options)) yield* decodeRecords(part, codec);
  }
  return {
    ref,
    manifest,
    manifestSha256,
    state,
    pool: async () => {
      for await (const pool of records('pool', poolCodec)) return pool;
      throw damaged(manifestKey(ref), 'it names no pool description');
    },
    groups: () => records('groups', groupCodec),
    users: () => records('users', userCodec),
    memberships: () => records('memberships', membershipCodec),
  };
}
