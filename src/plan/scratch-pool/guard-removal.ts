import { BackupError } from '../../model/errors.ts';
import { parseTimedId } from '../../model/ids.ts';
import { isObject } from '../../model/pool-configuration.ts';
import type { PoolDescription } from '../../model/pool.ts';
import { RESTORE_TAGS } from '../new-pool/pool-mark.ts';
import { scratchMarkOf, scratchName, SCRATCH_TAGS, type ScratchMark } from './scratch-mark.ts';

/** What is known of the run that made a scratch pool. `unknown`: only time will tell. */
export type OwnerState = 'self' | 'gone' | 'running' | 'unknown';

export interface RemovalInput {
  /** As DescribeUserPool shows it right before it is deleted. */
  readonly pool: PoolDescription;
  readonly owner: OwnerState;
  /** The service's clock. */
  readonly now: Date;
}

/** The service stamps creation, and answers with whole seconds. */
const CLOCK_TOLERANCE_MS = 60_000;

/**
 * The one place that allows a pool to be deleted. Throws `refused`, with the reason, unless everything says at once that the tool
 * made the pool for itself: name, tags, when it was made, and that it still is what was made. What a scratch pool never
 * gets (protection, a domain, triggers) somebody else has given it, who may need it.
 */
export function checkRemoval(input: RemovalInput): ScratchMark {
  const mark = markedAsOurs(input);
  const reason = adoptedBecause(input.pool) ?? madeAtAnotherTime(input.pool, mark) ?? inUse(input, mark);
  if (reason !== undefined) throw refused(input.pool, reason);
  return mark;
}

function markedAsOurs({ pool }: RemovalInput): ScratchMark {
  const mark = scratchMarkOf(pool);
  if (!mark) throw refused(pool, 'its tags are not those of a scratch pool');
  if (pool.name !== scratchName(mark)) throw refused(pool, 'its name is not that of the scratch pool of its tags');
  return mark;
}

function adoptedBecause({ tags, deletionProtection, triggers, raw }: PoolDescription): string | undefined {
  // A drill makes its pool as any restore does.
  const stranger = tags.find(
    ([name]) => name.startsWith('cognito-backup:') && !SCRATCH_TAGS.has(name) && !RESTORE_TAGS.has(name),
  );
  if (stranger) return `it carries the tag ${stranger[0]}`;
  if (deletionProtection) return 'it is protected against deletion';
  if (triggers.length > 0) return 'it has Lambda triggers';
  const { Domain, CustomDomain } = isObject(raw) ? raw : {};
  return Domain !== undefined || CustomDomain !== undefined ? 'it has a domain' : undefined;
}

/** Tags can be copied to a pool that is there; when it was made cannot. */
function madeAtAnotherTime({ raw }: PoolDescription, { run, until }: ScratchMark): string | undefined {
  const created = isObject(raw) && typeof raw['CreationDate'] === 'string' ? new Date(raw['CreationDate']) : undefined;
  const createdMs = created?.getTime() ?? Number.NaN;
  const begunMs = parseTimedId(run).getTime();
  // NaN is in no interval.
  const isWithin = createdMs >= begunMs - CLOCK_TOLERANCE_MS && createdMs <= until.getTime();
  return isWithin ? undefined : 'it was not made by the run of its tags';
}

function inUse({ owner, now }: RemovalInput, { until }: ScratchMark): string | undefined {
  switch (owner) {
    case 'self':
    case 'gone':
      return undefined;
    case 'running':
      return 'the run that made it is at work';
    case 'unknown':
      return now > until ? undefined : `the run that made it may be at work elsewhere until ${until.toISOString()}`;
    default:
      return owner satisfies never;
  }
}

function refused({ id }: PoolDescription, reason: string): BackupError {
  return new BackupError('refused', `Refused to delete pool ${id}: ${reason}`, {
    hint: 'Look at the pool in the console; if nobody needs it, delete it there',
  });
}
