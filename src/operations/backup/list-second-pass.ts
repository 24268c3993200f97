import type { Runtime } from '../../runtime/runtime.ts';
import { ALL_USERS } from '../../snapshot/keys.ts';
import type { SecondPassWriter } from '../../snapshot/second-pass-writer.ts';
import { LISTING_LAG_MS } from '../../snapshot/settled.ts';
import type { SnapshotWriter } from '../../snapshot/snapshot-writer.ts';
import { userPages } from './chain-pages.ts';
import { giveUp } from './give-up.ts';
import type { ListingOptions } from './list-into-chains.ts';
import { runChain } from './run-chain.ts';

export interface SecondPassOptions extends ListingOptions {
  readonly runtime: Runtime;
}

/** How long it waits before it asks for the deadline again. */
const WAIT_STEP_MS = 1_000;

/**
 * Lists all users once more in one chain, where that was asked for. Begins when the shards have ended, not beside them: the
 * quota is shared. Answers false when the deadline came first. However it stops, what was listed is kept.
 */
export async function listSecondPass(writer: SnapshotWriter, options: SecondPassOptions): Promise<boolean> {
  const { secondPass } = writer;
  if (!secondPass || secondPass.state.done) return true;
  try {
    if (!(await waitForLag(secondPass, options))) return false;
    await listAgain(secondPass, options);
    return secondPass.state.done;
  } catch (error) {
    // The listing's own error is the one to tell of.
    await secondPass.flush().catch(() => undefined);
    throw await giveUp(writer, error);
  }
}

/** A page that lags would show users who had been deleted before their shard was listed, as if that had missed them. */
async function waitForLag(
  secondPass: SecondPassWriter,
  { runtime, observer, now, signal, deadline }: SecondPassOptions,
): Promise<boolean> {
  if (secondPass.state.notBefore === undefined) await secondPass.holdUntil(new Date(now().getTime() + LISTING_LAG_MS));
  const delayMs = Math.min(Date.parse(secondPass.state.notBefore ?? '') - now().getTime(), LISTING_LAG_MS);
  if (delayMs <= 0) return true;
  observer({ kind: 'waiting', reason: 'listings lag writes', delayMs });
  const endMs = runtime.monotonicMs() + delayMs;
  for (let leftMs = delayMs; leftMs > 0; leftMs = endMs - runtime.monotonicMs()) {
    if (deadline?.()) return false;
    await runtime.sleep(Math.min(leftMs, WAIT_STEP_MS), signal);
  }
  return true;
}

async function listAgain(secondPass: SecondPassWriter, options: SecondPassOptions): Promise<void> {
  const { gateway, observer, now, pool, deadline, signal = new AbortController().signal } = options;
  const total = pool.estimatedUsers;
  let done = secondPass.state.pieces.reduce((sum, { users }) => sum + users, 0);
  observer({ kind: 'phase', phase: 'second-pass', poolId: pool.id, total });
  await runChain(secondPass, userPages(ALL_USERS, { gateway, pool, now, signal }), {
    observer,
    now,
    signal,
    deadline,
    onListed: (users) => {
      done += users;
      observer({ kind: 'progress', phase: 'second-pass', done, total });
    },
    onStartedOver: () => {
      done = 0;
    },
  });
  await secondPass.flush();
}
