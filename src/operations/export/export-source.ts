import type { CannotCarryReason } from '../../csv/carriage.ts';
import type { Observer } from '../../model/events.ts';
import type { Group, Membership } from '../../model/group.ts';
import type { PoolDescription } from '../../model/pool.ts';
import type { User } from '../../model/user.ts';
import { throwIfInterrupted } from '../../runtime/interruption.ts';
import type { SnapshotReader } from '../../snapshot/snapshot-reader.ts';

/** What an export counted. */
export interface ExportTotals {
  readonly users: number;
  /** Users that went into the files; all of them but for CSV. */
  readonly carried: number;
  readonly notCarried: { readonly [Reason in CannotCarryReason]?: number };
  readonly groups: number;
  readonly memberships: number;
  /** Memberships of users that the import file lacks. */
  readonly membershipsNotCarried: number;
}

/** A snapshot as an export reads it: interruptible, telling its progress. */
export interface ExportSource {
  readonly expected: { readonly users: number; readonly memberships: number };
  pool(): Promise<PoolDescription>;
  users(): AsyncIterable<User>;
  groups(): AsyncIterable<Group>;
  memberships(): AsyncIterable<Membership>;
}

export function exportSource(
  reader: SnapshotReader,
  observer: Observer,
  signal: AbortSignal | undefined,
): ExportSource {
  const { users: total, memberships } = reader.manifest.totals;
  const progress = (done: number) => observer({ kind: 'progress', phase: 'export', done, total });
  return {
    expected: { users: total, memberships },
    pool: () => reader.pool(),
    users: () => watched(reader.users(), signal, progress),
    groups: () => watched(reader.groups(), signal),
    memberships: () => watched(reader.memberships(), signal),
  };
}

const USERS_A_REPORT = 1_000;

async function* watched<Item>(
  items: AsyncIterable<Item>,
  signal: AbortSignal | undefined,
  progress?: (done: number) => void,
): AsyncGenerator<Item> {
  let done = 0;
  for await (const item of items) {
    throwIfInterrupted(signal);
    yield item;
    done += 1;
    if (done % USERS_A_REPORT === 0) progress?.(done);
  }
  progress?.(done);
}
