import { BackupError } from '../model/errors.ts';
import type { Group, Membership } from '../model/group.ts';
import type { ConfigurationResource } from '../model/pool-configuration.ts';
import type { PoolDescription } from '../model/pool.ts';
import type { User } from '../model/user.ts';
import type { CallOptions } from '../storage/storage.ts';
import { checkedConfiguration, checkedGroups, checkedPool, checkedUsers } from './checked-records.ts';
import type { Erasures } from './erasures.ts';
import { loadErasures } from './erasure-ledger.ts';
import type { PartKind, SnapshotRef } from './keys.ts';
import type { Manifest } from './manifest.ts';
import { decodeRecords, readParts, type OpenedPart, type PartSource } from './read-part.ts';
import { membershipCodec, type RecordCodec } from './record-codec.ts';
import { readHead } from './snapshot-head.ts';
import { SubDigests } from './sub-digests.ts';
import { unlockSnapshot } from './unlock-snapshot.ts';
import type { Vault } from './vault.ts';

/**
 * A snapshot, open for reading. A part is checked whole (size, hashes, record count) before its first record is handed
 * out, records against the manifest as they come (`checked-records.ts`). Who was erased from the vault is left out. The iterables may be started as often as wanted; each holds one part at a time. Errors: `damaged`, naming the file.
 */
export interface SnapshotReader {
  readonly ref: SnapshotRef;
  readonly manifest: Manifest;
  /** SHA-256 of the manifest's bytes as stored: binds a plan to exactly this snapshot. */
  readonly manifestSha256: string;
  /** `accepted`: suspect, and an operator has accepted it. */
  readonly state: 'complete' | 'suspect' | 'accepted';
  /**
   * What a part is read from, unlocked: a key that does not fit is found out before the first part. Throws `key-missing`,
   * `key-wrong`, `kms-refused`.
   */
  source(): Promise<PartSource>;
  /** Who was erased from the vault when they were first asked for. Throws `damaged`. */
  erasures(): Promise<Erasures>;
  pool(): Promise<PoolDescription>;
  /** By kind, then by key; none where the manifest counts none. */
  configuration(): AsyncIterable<ConfigurationResource>;
  groups(): AsyncIterable<Group>;
  /**
   * Without those who were erased, whatever the parts still hold. No `sub` comes twice: the writer saw to it before it
   * wrote the manifest.
   */
  users(): AsyncIterable<User>;
  /** How many the latest `users()` that was read to its end has left out because they were erased. */
  erasedUsers(): number;
  /**
   * Without those of erased users, and without orphans: every membership's `sub` is among `users()`, and its group among
   * `groups()`. Where the parts hold orphans, the users are read once more for it: 8 bytes a user.
   */
  memberships(): AsyncIterable<Membership>;
}

/** Reads and checks the manifest. Throws `snapshot-not-found`, `damaged`, `vault-too-new`, `not-trusted`. */
export async function openSnapshot(vault: Vault, ref: SnapshotRef, options: CallOptions = {}): Promise<SnapshotReader> {
  const head = await readHead(vault, ref, options);
  if (head.state === 'unfinished') {
    throw new BackupError('snapshot-not-found', `Snapshot ${ref.id} is not finished: it has no manifest`, {
      hint: 'Run the backup of its pool again: it goes on where it stopped',
    });
  }
  const { manifest, manifestSha256, state } = head;
  const checked = { ref, manifest };
  let unlocked: Promise<PartSource> | undefined;
  const source = (): Promise<PartSource> =>
    (unlocked ??= unlockSnapshot(vault, ref, manifest.encryption, options).then((open) => ({
      storage: vault.storage,
      ref,
      open,
    })));
  async function* parts(kind: PartKind): AsyncGenerator<OpenedPart> {
    const entries = manifest.parts.filter((entry) => entry.kind === kind);
    yield* readParts(await source(), entries, options);
  }
  let ledger: Promise<Erasures> | undefined;
  const erasures = (): Promise<Erasures> => (ledger ??= loadErasures(vault, options));
  let erased = 0;
  const captured = (): AsyncIterable<User> => checkedUsers(parts('users'), checked);
  return {
    ref,
    manifest,
    manifestSha256,
    state,
    source,
    pool: () => checkedPool(parts('pool'), checked),
    configuration: () => checkedConfiguration(parts('config'), checked),
    groups: () => checkedGroups(parts('groups')),
    erasures,
    users: () => withoutErased(captured(), erasures, (users) => (erased = users)),
    erasedUsers: () => erased,
    memberships: () => {
      const memberships = recordsOf(parts('memberships'), membershipCodec);
      const named =
        manifest.totals.orphans === 0 ? memberships : withoutOrphans(memberships, captured(), manifest.totals.users);
      return withoutErased(named, erasures);
    },
  };
}

/** The one place where erasures are honoured: whatever is made of a snapshot is made of what comes out here. */
async function* withoutErased<Record extends { readonly sub: string }>(
  records: AsyncIterable<Record>,
  erasures: () => Promise<Erasures>,
  onEnd?: (leftOut: number) => void,
): AsyncGenerator<Record> {
  const people = await erasures();
  let leftOut = 0;
  for await (const record of records) {
    if (people.has(record.sub)) leftOut += 1;
    else yield record;
  }
  onEnd?.(leftOut);
}

async function* withoutOrphans(
  memberships: AsyncIterable<Membership>,
  users: AsyncIterable<User>,
  expectedUsers: number,
): AsyncGenerator<Membership> {
  const subs = new SubDigests(expectedUsers);
  for await (const { sub } of users) subs.add(sub);
  for await (const membership of memberships) if (subs.has(membership.sub)) yield membership;
}

async function* recordsOf<Value>(parts: AsyncIterable<OpenedPart>, codec: RecordCodec<Value>): AsyncGenerator<Value> {
  for await (const part of parts) yield* decodeRecords(part, codec);
}
