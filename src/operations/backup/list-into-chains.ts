import type { CognitoGateway } from '../../cognito/gateway.ts';
import { listAll } from '../../cognito/listing.ts';
import { BackupError, isBackupError } from '../../model/errors.ts';
import type { Observer, Phase } from '../../model/events.ts';
import type { PoolDescription } from '../../model/pool.ts';
import { throwIfInterrupted } from '../../runtime/interruption.ts';
import type { ChainWriter } from '../../snapshot/chain-writer.ts';
import type { ChainPosition } from '../../snapshot/checkpoint.ts';
import type { SnapshotWriter } from '../../snapshot/snapshot-writer.ts';
import { membershipPages, userPages, type ChainPages } from './chain-pages.ts';

export interface ListingOptions {
  readonly gateway: CognitoGateway;
  readonly observer: Observer;
  /** The service's time. */
  readonly now: () => Date;
  readonly pool: PoolDescription;
  readonly signal?: AbortSignal;
  readonly deadline?: () => boolean;
}

/** A ListUsers token expires after 1 hour; that of ListUsersInGroup is taken to live as long. [D / unknown] COGNITO-FACTS §1, §8 */
const TOKEN_LIFE_MS = 60 * 60 * 1000;
/** Unfinished shards start over, twice at most. */
const MAX_STARTS_OVER = 2;

const PHASES = { users: 'list-users', memberships: 'list-memberships' } as const satisfies Record<string, Phase>;

/**
 * Lists users and memberships, all chains side by side, until every chain has ended. Answers false when the deadline
 * came first. However it stops, open parts are stored and the checkpoint is saved where the storage still allows it.
 */
export async function listIntoChains(writer: SnapshotWriter, options: ListingOptions): Promise<boolean> {
  const failure = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, failure.signal]) : failure.signal;
  const progress = new ListingProgress(writer, options);
  const sources = await chainPages(writer, { ...options, signal });
  const errors: unknown[] = [];
  const run = async (chain: ChainWriter, pages: ChainPages): Promise<void> => {
    try {
      await runChain(chain, pages, { ...options, signal, progress });
    } catch (error) {
      errors.push(error);
      failure.abort();
    }
  };
  // At most 16 shards and 8 lanes; the gateway paces their calls.
  await Promise.all(writer.chains.map((chain, index) => run(chain, sources[index]!)));
  const flushed = await Promise.allSettled(writer.chains.map((chain) => chain.flush()));
  if (errors.length > 0) throw await giveUp(writer, errors[0]);
  for (const flush of flushed) if (flush.status === 'rejected') throw flush.reason;
  return writer.chains.every((chain) => chain.state.done);
}

interface RunOptions extends ListingOptions {
  readonly signal: AbortSignal;
  readonly progress: ListingProgress;
}

async function runChain(chain: ChainWriter, pages: ChainPages, options: RunOptions): Promise<void> {
  if (hasExpired(chain.state.position, options.now())) await startOver(chain, options);
  while (!chain.state.done) {
    try {
      for await (const { records, next, skippedGroup } of pages(chain.state.position)) {
        await chain.addPage(records, next, { skippedGroup });
        options.progress.add(chain, 'users' in records ? records.users.length : records.memberships.length);
        throwIfInterrupted(options.signal);
        if (options.deadline?.()) return;
      }
      if (!chain.state.done) throw new BackupError('internal', 'The pages of a chain ended before its listing');
    } catch (error) {
      if (!isBackupError(error, 'token-expired')) throw error;
      await startOver(chain, options);
    }
  }
}

function hasExpired(position: ChainPosition | undefined, now: Date): boolean {
  if (position?.token === undefined || position.obtainedAt === undefined) return false;
  return now.getTime() - new Date(position.obtainedAt).getTime() >= TOKEN_LIFE_MS;
}

async function startOver(chain: ChainWriter, { observer, progress }: RunOptions): Promise<void> {
  if (chain.state.startedOver >= MAX_STARTS_OVER) {
    throw new BackupError('token-expired', `The listing expired ${MAX_STARTS_OVER + 1} times before it ended`, {
      hint: 'Let the backup run without breaks of an hour or more; the next run begins a new snapshot',
    });
  }
  await chain.startOver();
  progress.reset(chain);
  observer({
    kind: 'warning',
    code: 'listing-started-over',
    message: 'A page token had expired: a part of the listing starts over',
  });
}

/** What no further run can mend is marked, so that the next one begins anew instead of failing the same way. */
async function giveUp(writer: SnapshotWriter, error: unknown): Promise<unknown> {
  if (isBackupError(error, 'token-expired', 'listing-broken')) await writer.abandon(error.code).catch(() => undefined);
  return error;
}

async function chainPages(
  writer: SnapshotWriter,
  options: ListingOptions & { signal: AbortSignal },
): Promise<ChainPages[]> {
  const groups = writer.chains.some((chain) => isOpenLane(chain))
    ? await writer.groupNames(() => groupsNow(options), options)
    : [];
  const lanes = writer.chains.filter((chain) => chain.state.kind === 'memberships').length;
  return writer.chains.map(({ state }) =>
    state.kind === 'users'
      ? userPages(state.shard, options)
      : membershipPages({ groups, lane: Number(state.shard), lanes }, options),
  );
}

async function groupsNow({ gateway, pool, signal }: ListingOptions): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { name } of listAll(gateway, 'ListGroups', { poolId: pool.id }, signal)) names.push(name);
  return names;
}

function isOpenLane({ state }: ChainWriter): boolean {
  return state.kind === 'memberships' && !state.done;
}

/** Adds up what the chains have listed; a chain that starts over counts from nothing. */
class ListingProgress {
  readonly #listed = new Map<ChainWriter, number>();
  readonly #observer: Observer;
  readonly #estimatedUsers: number;

  constructor(writer: SnapshotWriter, { observer, pool }: ListingOptions) {
    this.#observer = observer;
    this.#estimatedUsers = pool.estimatedUsers;
    for (const chain of writer.chains)
      this.#listed.set(
        chain,
        chain.state.parts.reduce((sum, { entry }) => sum + entry.records, 0),
      );
    observer({ kind: 'phase', phase: 'list-users', poolId: pool.id, total: pool.estimatedUsers });
  }

  add(chain: ChainWriter, records: number): void {
    this.#listed.set(chain, (this.#listed.get(chain) ?? 0) + records);
    const { kind } = chain.state;
    let done = 0;
    for (const [other, count] of this.#listed) if (other.state.kind === kind) done += count;
    const event = kind === 'users' ? { phase: PHASES[kind], total: this.#estimatedUsers } : { phase: PHASES[kind] };
    this.#observer({ kind: 'progress', ...event, done });
  }

  reset(chain: ChainWriter): void {
    this.#listed.set(chain, 0);
  }
}
