import { checkGuards } from '../../src/plan/guards.ts';
import { isBackupError } from '../../src/model/errors.ts';
import type { LossKind } from '../../src/model/losses.ts';
import type { PoolDescription } from '../../src/model/pool.ts';
import type { User } from '../../src/model/user.ts';
import type { Engine, PasswordMode, PlanContext } from '../../src/plan/context.ts';
import { planMatch } from '../../src/plan/plan-match.ts';
import { PlanTally } from '../../src/plan/plan-summary.ts';
import { statusAfter } from '../../src/plan/plan-create.ts';
import { sampleContext } from '../fakes/sample-plan.ts';
import { TAKEN_USER } from './status-users.ts';
import { TakenIdentities } from '../../src/operations/reconcile/taken-identities.ts';

/** A way of restoring: a column of the table. */
export interface Way {
  readonly title: string;
  readonly engine: Engine;
  readonly passwords: PasswordMode;
  /** Whether an import role is given; without one `auto` is the API. */
  readonly job: boolean;
  readonly hash: boolean;
}

const API = { engine: 'api', job: false, hash: false } as const;
const JOB = { passwords: 'random', job: true } as const;

export const WAYS: readonly Way[] = [
  { title: 'API, `random`', ...API, passwords: 'random' },
  { title: 'API, `temporary`', ...API, passwords: 'temporary' },
  { title: 'API, `none`', ...API, passwords: 'none' },
  { title: 'import job', ...JOB, engine: 'import-job', hash: false },
  { title: 'import job with hash', ...JOB, engine: 'import-job', hash: true },
  { title: '`auto`', ...JOB, engine: 'auto', hash: false },
  { title: '`auto` with hash', ...JOB, engine: 'auto', hash: true },
];

/** What the code expects of one user under one way. */
export interface Expectation {
  /** Status in the target; `undefined`: not created. */
  readonly status: string | undefined;
  readonly enabled: boolean;
  readonly losses: readonly LossKind[];
  readonly experience: string | undefined;
  readonly conflict: string | undefined;
  /** The whole run is refused. */
  readonly isRefused: boolean;
}

interface Target {
  readonly pool: PoolDescription;
  readonly header: readonly string[];
}

/** Asks the plan itself, with the context that a restore into this pool would have. */
export function expectationOf(user: User, way: Way, { pool, header }: Target, hash: string): Expectation {
  const taken = new TakenIdentities();
  taken.add({ attributes: TAKEN_USER.attributes ?? [] });
  const context: PlanContext = sampleContext({
    target: pool,
    importHeader: way.job ? header : undefined,
    providers: ['Google'],
    isTaken: (link) => taken.has(link),
    options: { engine: way.engine, passwords: way.passwords },
  });
  const desired = { ...user, groups: [], ...(way.hash && { passwordHash: hash }) };
  const decision = planMatch({ kind: 'missing', desired }, context);
  const entry = decision.entry?.kind === 'create-user' ? decision.entry : undefined;
  return {
    status: entry && statusAfter(entry, context),
    enabled: entry?.disable === false,
    losses: decision.losses,
    experience: decision.experience,
    conflict: decision.conflict?.kind,
    isRefused: isRefused(way, context, decision),
  };
}

function isRefused(way: Way, context: PlanContext, decision: ReturnType<typeof planMatch>): boolean {
  const tally = new PlanTally(context.scope);
  if (decision.entry) tally.addEntry(decision.entry);
  try {
    checkGuards({
      command: 'restore',
      source: undefined,
      target: context.target,
      summary: tally.summary(),
      passwords: way.passwords,
      allowTriggers: false,
      maxDeletes: undefined,
      suspect: false,
    });
    return false;
  } catch (error) {
    if (!isBackupError(error, 'refused')) throw error;
    return true;
  }
}
