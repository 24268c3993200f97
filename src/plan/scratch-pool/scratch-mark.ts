import { isTimedId } from '../../model/ids.ts';
import type { JsonObject } from '../../model/pool-configuration.ts';
import type { PoolDescription } from '../../model/pool.ts';

/** What a pool is made for that the tool makes for itself and deletes again. */
export type ScratchPurpose = 'drill' | 'probe';

/** Whose scratch pool it is; all of it stands in the pool's name and tags from its creation on. */
export interface ScratchMark {
  readonly purpose: ScratchPurpose;
  /** Timed id of the run that made it, by the service's clock. */
  readonly run: string;
  /** When at the latest its run has ended: afterwards any other run may delete it. */
  readonly until: Date;
  /** The process that made it (`runtime/process-mark.ts`). */
  readonly owner: string;
  /** What its run holds while it lives, as `<vault id> <pool id>`: whoever reads the same vault can look. */
  readonly lease?: string;
}

/** Begins the name of every scratch pool: a listing alone tells which pools are worth a look. */
export const SCRATCH_NAME_PREFIX = 'cognito-backup-scratch-';
const SCRATCH_TAG = 'cognito-backup:scratch';
const UNTIL_TAG = `${SCRATCH_TAG}-until`;
const OWNER_TAG = `${SCRATCH_TAG}-owner`;
const LEASE_TAG = `${SCRATCH_TAG}-lease`;
export const SCRATCH_TAGS: ReadonlySet<string> = new Set([SCRATCH_TAG, UNTIL_TAG, OWNER_TAG, LEASE_TAG]);

const MARK = /^(drill|probe) (\S+)$/;
const LEASE = /^[0-9a-f]{32} \S+$/;

export function scratchName({ purpose, run }: Pick<ScratchMark, 'purpose' | 'run'>): string {
  return `${SCRATCH_NAME_PREFIX}${purpose}-${run}`;
}

export function scratchTags({ purpose, run, until, owner, lease }: ScratchMark): JsonObject {
  return {
    [SCRATCH_TAG]: `${purpose} ${run}`,
    [UNTIL_TAG]: until.toISOString(),
    [OWNER_TAG]: owner,
    ...(lease !== undefined && { [LEASE_TAG]: lease }),
  };
}

/** `undefined` for a pool whose tags are not, to the letter, those of a scratch pool. */
export function scratchMarkOf({ tags }: Pick<PoolDescription, 'tags'>): ScratchMark | undefined {
  const value = (name: string): string | undefined => tags.find(([tag]) => tag === name)?.[1];
  const [, purpose, run] = MARK.exec(value(SCRATCH_TAG) ?? '') ?? [];
  const until = new Date(value(UNTIL_TAG) ?? '');
  const owner = value(OWNER_TAG);
  const lease = value(LEASE_TAG);
  if (run === undefined || !isTimedId(run) || owner === undefined) return undefined;
  if (Number.isNaN(until.getTime()) || until.toISOString() !== value(UNTIL_TAG)) return undefined;
  if (lease !== undefined && !LEASE.test(lease)) return undefined;
  return { purpose: purpose as ScratchPurpose, run, until, owner, ...(lease !== undefined && { lease }) };
}
