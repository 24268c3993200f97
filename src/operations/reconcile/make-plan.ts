import { createHash } from 'node:crypto';
import { readMemberships, readUsers } from '../../cognito/read-pool.ts';
import { Workspace } from '../../join/workspace.ts';
import { isOurUser, type OwnRun, type PlanContext, type PlanOptions } from '../../plan/context.ts';
import type { Decision } from '../../plan/decision.ts';
import type { ActualUser, DesiredUser, DesiredValue } from '../../plan/desired.ts';
import type { Conflict, GroupEntry, PlanEntry, SourceUser, UserEntry } from '../../plan/entries.ts';
import { identityModelOf } from '../../plan/identity.ts';
import { matchUsers, type ActualValue, type KnownPair, type Match } from '../../plan/match-users.ts';
import { planGroups } from '../../plan/plan-groups.ts';
import { planMatch } from '../../plan/plan-match.ts';
import { TakenIdentities } from './taken-identities.ts';
import { PlanTally, type PlanSummary } from '../../plan/plan-summary.ts';
import type { ReconcileDependencies } from './dependencies.ts';
import { interruptedRecreation, type Recreations } from './interrupted-recreations.ts';
import type { Target } from './target.ts';

/** Somebody whom the plan has to name: not written, written and locked out, or still different at the end. */
export type Finding =
  | ({ readonly finding: 'conflict' } & Conflict)
  | { readonly finding: 'locked-out'; readonly source: SourceUser }
  | {
      readonly finding: 'remaining';
      readonly kind: 'missing' | 'extra' | 'changed';
      readonly source?: SourceUser;
      readonly targetUsername?: string;
      readonly group?: string;
    };

/** Where the parts of a plan go as they are made; memory holds none of them. */
export interface PlanSink {
  readonly entry: (entry: UserEntry) => Promise<void>;
  readonly finding: (finding: Finding) => Promise<void>;
  readonly pair: (desired: DesiredUser, actual: ActualUser) => Promise<void>;
}

export interface PlanInput {
  readonly desired: DesiredValue;
  readonly target: Target;
  readonly options: PlanOptions;
  readonly ownRuns: readonly OwnRun[];
  readonly deletesUntil?: string | undefined;
  readonly knownPairs?: (() => AsyncIterable<KnownPair>) | undefined;
  /** Of the run that is being finished. */
  readonly recreations?: Recreations | undefined;
  /** Of the run that is taken up. */
  readonly earlierFindings?: AsyncIterable<Finding> | undefined;
  readonly onFinding?: (finding: Finding) => void;
  readonly signal?: AbortSignal | undefined;
}

export interface MadePlan {
  readonly summary: PlanSummary;
  readonly groups: readonly GroupEntry[];
  /** Creation date of the newest user listed; `undefined` in an empty pool. */
  readonly newestUser: string | undefined;
  /** The same for two plans with the same entries, in whatever order. */
  readonly digest: string;
}

const PROGRESS_EVERY = 1_000;

/** Lists the target, compares it with the desired value, and hands the plan over entry by entry. */
export async function makePlan(deps: ReconcileDependencies, input: PlanInput, sink: PlanSink): Promise<MadePlan> {
  const { desired, target } = input;
  const expectedRecords = Math.max(desired.expectedUsers, target.pool.estimatedUsers);
  const workspace = new Workspace({ runtime: deps.runtime, expectedRecords });
  const tally = new PlanTally(desired.scope, { hashLines: desired.hashLines, isDeep: desired.isDeep });
  const digest = new EntryDigest();
  const taken = new TakenIdentities();
  const context = contextOf(input, taken);
  const needed = new Set<string>();
  const listing = watched(deps, input, { tally, taken });
  const matches = matchUsers(workspace, desired, listing.value, {
    identity: context.identity,
    samePool: desired.source?.id === target.pool.id,
    isOurs: (user) => isOurUser(context, user),
    adopt: input.options.adopt,
    knownPairs: input.knownPairs,
    onOrphans: (memberships) => tally.sawOrphans(memberships),
  });
  try {
    for await (const match of matches) {
      tally.sawMatch(match);
      const decision = decide(match, context, input.recreations);
      tally.addDecision(decision);
      if (match.kind === 'pair') await sink.pair(match.desired, match.actual);
      for (const finding of findingsOf(decision)) {
        input.onFinding?.(finding);
        await sink.finding(finding);
      }
      if (!decision.entry) continue;
      for (const group of groupsOf(decision.entry)) needed.add(group);
      tally.addEntry(decision.entry);
      digest.add(decision.entry);
      await sink.entry(decision.entry);
    }
  } finally {
    await workspace.close();
  }
  tally.sawErased(desired.erasedUsers?.() ?? 0);
  const groups = planGroups(desired.groups, needed, context);
  tally.addLosses(groups.losses);
  for (const entry of groups.entries) {
    tally.addEntry(entry);
    digest.add(entry);
  }
  return { summary: tally.summary(), groups: groups.entries, newestUser: listing.newestUser(), digest: digest.value() };
}

/** A user whom an interrupted run has deleted comes back with all that the run had in mind. */
function decide(match: Match, context: PlanContext, recreations: Recreations | undefined): Decision {
  const { values } = context.scope;
  const whole = interruptedRecreation(match, recreations, { values, isOurs: (user) => isOurUser(context, user) });
  if (!whole || match.kind === 'extra') return planMatch(match, context);
  const decision = planMatch({ ...match, desired: whole }, context);
  const { entry } = decision;
  return entry && entry.kind !== 'delete-user' ? { ...decision, entry: { ...entry, whole } } : decision;
}

function findingsOf({ conflict, experience, source }: Decision): Finding[] {
  const findings: Finding[] = conflict ? [{ finding: 'conflict', ...conflict }] : [];
  if (experience === 'locked-out' && source) findings.push({ finding: 'locked-out', source });
  return findings;
}

function contextOf(
  { desired, target, options, ownRuns, deletesUntil }: PlanInput,
  taken: TakenIdentities,
): PlanContext {
  return {
    source: desired.source,
    target: target.pool,
    identity: identityModelOf(target.pool),
    scope: desired.scope,
    options,
    importHeader: target.importHeader,
    targetGroups: new Map(target.groups.map((group) => [group.name, group])),
    wantedGroups: desired.groups && new Set(desired.groups.map(({ name }) => name)),
    targetProviders: target.providers,
    targetFactors: target.factors,
    isTaken: (link) => taken.has(link),
    ownRuns,
    deletesUntil,
  };
}

/** The target's listings, with progress and the newest creation date. */
function watched(
  { gateway, observer }: ReconcileDependencies,
  { desired, target, options, signal }: PlanInput,
  { tally, taken }: { readonly tally: PlanTally; readonly taken: TakenIdentities },
): { readonly value: ActualValue; readonly newestUser: () => string | undefined } {
  let newest: string | undefined;
  let done = 0;
  const { onlyGroups } = desired.scope;
  const needsMemberships = desired.readMemberships !== undefined || onlyGroups.length > 0 || options.recreate;
  const value: ActualValue = {
    readUsers: async (take) => {
      await readUsers(
        gateway,
        target.pool,
        async (user) => {
          if (newest === undefined || user.createdAt > newest) newest = user.createdAt;
          tally.sawTarget();
          taken.add(user);
          done += 1;
          if (done % PROGRESS_EVERY === 0) {
            observer({ kind: 'progress', phase: 'plan', done, total: target.pool.estimatedUsers });
          }
          await take(user);
        },
        signal,
      );
    },
    readMemberships: async (take) => {
      if (needsMemberships) await readMemberships(gateway, target.pool.id, target.groups, take, signal);
    },
  };
  return { value, newestUser: () => newest };
}

function groupsOf(entry: UserEntry): readonly string[] {
  switch (entry.kind) {
    case 'create-user':
      return entry.groups;
    case 'update-user':
      return entry.addGroups;
    case 'delete-user':
      return [];
    default:
      return entry satisfies never;
  }
}

/** A digest of a set: the XOR of the entries' hashes, and their number. */
class EntryDigest {
  readonly #sum = Buffer.alloc(16);
  #count = 0;

  add(entry: PlanEntry): void {
    const hash = createHash('sha256').update(JSON.stringify(entry)).digest();
    for (let index = 0; index < this.#sum.length; index += 1) {
      this.#sum[index] = (this.#sum[index] ?? 0) ^ (hash[index] ?? 0);
    }
    this.#count += 1;
  }

  value(): string {
    return `${this.#count}:${this.#sum.toString('hex')}`;
  }
}
