import { BackupError, isBackupError } from '../../model/errors.ts';
import type { Observer } from '../../model/events.ts';
import { throwIfInterrupted } from '../../runtime/interruption.ts';
import type { PageRecords } from '../../snapshot/open-part.ts';
import type { ChainPosition } from '../../snapshot/checkpoint.ts';
import type { ChainPages } from './chain-pages.ts';

/** What the pages of one chain go into. */
export interface PageTaker {
  readonly state: { readonly done: boolean; readonly startedOver: number; readonly position?: ChainPosition };
  addPage(page: PageRecords, next: ChainPosition | 'end', options: { readonly skippedGroup?: boolean }): Promise<void>;
  startOver(): Promise<void>;
}

export interface ChainRun {
  readonly observer: Observer;
  /** The service's time. */
  readonly now: () => Date;
  readonly signal: AbortSignal;
  /** Asked after every page. */
  readonly deadline?: (() => boolean) | undefined;
  onListed(records: number): void;
  onStartedOver(): void;
}

/** A ListUsers token expires after 1 hour; that of ListUsersInGroup is taken to live as long. [D / unknown] COGNITO-FACTS §1, §8 */
const TOKEN_LIFE_MS = 60 * 60 * 1000;
/** Unfinished shards start over, twice at most. */
const MAX_STARTS_OVER = 2;

/** Takes the pages of a chain from where it stopped until it ends, or the deadline comes. Throws what the listing throws. */
export async function runChain(chain: PageTaker, pages: ChainPages, run: ChainRun): Promise<void> {
  if (hasExpired(chain.state.position, run.now())) await startOver(chain, run);
  while (!chain.state.done) {
    try {
      for await (const { records, next, skippedGroup } of pages(chain.state.position)) {
        await chain.addPage(records, next, { skippedGroup });
        run.onListed('users' in records ? records.users.length : records.memberships.length);
        throwIfInterrupted(run.signal);
        if (run.deadline?.()) return;
      }
      if (!chain.state.done) throw new BackupError('internal', 'The pages of a chain ended before its listing');
    } catch (error) {
      if (!isBackupError(error, 'token-expired')) throw error;
      await startOver(chain, run);
    }
  }
}

function hasExpired(position: ChainPosition | undefined, now: Date): boolean {
  if (position?.token === undefined || position.obtainedAt === undefined) return false;
  return now.getTime() - new Date(position.obtainedAt).getTime() >= TOKEN_LIFE_MS;
}

async function startOver(chain: PageTaker, { observer, onStartedOver }: ChainRun): Promise<void> {
  if (chain.state.startedOver >= MAX_STARTS_OVER) {
    throw new BackupError('token-expired', `The listing expired ${MAX_STARTS_OVER + 1} times before it ended`, {
      hint: 'Let the backup run without breaks of an hour or more; the next run begins a new snapshot',
    });
  }
  await chain.startOver();
  onStartedOver();
  observer({
    kind: 'warning',
    code: 'listing-started-over',
    message: 'A page token had expired: a part of the listing starts over',
  });
}
