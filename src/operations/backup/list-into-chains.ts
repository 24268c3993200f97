import type { CognitoGateway } from '../../cognito/gateway.ts';
import { listAll } from '../../cognito/listing.ts';
import type { Observer, Phase } from '../../model/events.ts';
import type { PoolDescription } from '../../model/pool.ts';
import type { ChainWriter } from '../../snapshot/chain-writer.ts';
import type { SnapshotWriter } from '../../snapshot/snapshot-writer.ts';
import { withFactors } from './ask-factors.ts';
import { membershipPages, userPages, type ChainPages } from './chain-pages.ts';
import { giveUp } from './give-up.ts';
import { runChain } from './run-chain.ts';

export interface ListingOptions {
  readonly gateway: CognitoGateway;
  readonly observer: Observer;
  /** The service's time. */
  readonly now: () => Date;
  readonly pool: PoolDescription;
  readonly signal?: AbortSignal | undefined;
  readonly deadline?: (() => boolean) | undefined;
}

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
      await runChain(chain, pages, {
        ...options,
        signal,
        onListed: (records) => progress.add(chain, records),
        onStartedOver: () => progress.reset(chain),
      });
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

async function chainPages(
  writer: SnapshotWriter,
  options: ListingOptions & { signal: AbortSignal },
): Promise<ChainPages[]> {
  const groups = writer.chains.some((chain) => isOpenLane(chain))
    ? await writer.groupNames(() => groupsNow(options), options)
    : [];
  const lanes = writer.chains.filter((chain) => chain.state.kind === 'memberships').length;
  const usersOf = (shard: string): ChainPages => {
    const pages = userPages(shard, options);
    return writer.isDeep ? withFactors(pages, options) : pages;
  };
  return writer.chains.map(({ state }) =>
    state.kind === 'users'
      ? usersOf(state.shard)
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
