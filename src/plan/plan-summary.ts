import { noActions, type ActionCounts, type Remaining } from '../model/counts.ts';
import { LOSS_EFFECTS, poolLosses, type Loss, type LossKind } from '../model/losses.ts';
import { billsMau, callsOf, countActions, type ApplyOperation } from './calls.ts';
import type { Decision } from './decision.ts';
import { CONFLICT_EFFECTS, type ConflictKind, type PlanEntry } from './entries.ts';
import { EXPERIENCES, type Experience } from './experience.ts';
import type { Match } from './match-users.ts';
import { namesUser, selectsUser, type Scope } from './scope.ts';

/** A plan in numbers; holds no personal data. */
export interface PlanSummary {
  readonly planned: ActionCounts;
  readonly losses: readonly Loss[];
  readonly conflicts: readonly { readonly kind: ConflictKind; readonly count: number; readonly effect: string }[];
  readonly experiences: readonly { readonly kind: Experience; readonly count: number; readonly meaning: string }[];
  /** Attributes that users carry and the target lacks. */
  readonly schemaGaps: readonly { readonly attribute: string; readonly users: number }[];
  readonly unknownGroups: readonly string[];
  /** How many of the users asked for by name are neither in the value nor in the target. */
  readonly unknownUsers: number;
  /** Memberships of users whom the value does not hold. */
  readonly orphanMemberships: number;
  readonly calls: ReadonlyMap<ApplyOperation, number>;
  /** Distinct users that calls billed as monthly active users would touch. */
  readonly mauUsers: number;
  readonly byEngine: { readonly api: number; readonly importJob: number };
  /** How many users the value holds, and how many of them are in scope. */
  readonly valueUsers: number;
  readonly wantedUsers: number;
  /** Users whom the value has left out because they were erased from the vault. */
  readonly erasedUsers: number;
  readonly targetUsers: number;
  /** Of a file of password hashes: its lines, those of a user of the value who can be created, and users who are created with theirs. */
  readonly hashes?: { readonly lines: number; readonly users: number; readonly created: number };
  /** What would remain if nothing were done: the verification of an apply is the summary of the next plan. */
  readonly remaining: Remaining;
}

interface TallyOptions {
  readonly hashLines?: number | undefined;
  /** Whether the value says which factors its users have. */
  readonly isDeep?: boolean | undefined;
}

/** Adds decisions and entries up into a summary. */
export class PlanTally {
  readonly #planned = noActions();
  readonly #losses = new Map<LossKind, number>();
  readonly #conflicts = new Map<ConflictKind, number>();
  readonly #experiences = new Map<Experience, number>();
  readonly #gaps = new Map<string, number>();
  readonly #unknownGroups = new Set<string>();
  readonly #calls = new Map<ApplyOperation, number>();
  readonly #remaining = { missing: 0, extra: 0, changed: 0 };
  readonly #byEngine = { api: 0, importJob: 0 };
  readonly #scope: Scope;
  readonly #unseenKeys: Set<string>;
  #mauUsers = 0;
  #orphanMemberships = 0;
  #valueUsers = 0;
  #wantedUsers = 0;
  #erasedUsers = 0;
  #targetUsers = 0;
  #hashedUsers = 0;
  #createdWithHash = 0;
  readonly #hashLines: number | undefined;
  readonly #isDeep: boolean;

  constructor(scope: Scope, { hashLines, isDeep = false }: TallyOptions = {}) {
    this.#isDeep = isDeep;
    this.#scope = scope;
    this.#hashLines = hashLines;
    this.#unseenKeys = new Set(scope.onlyUsers);
  }

  sawMatch(match: Match): void {
    if (match.kind !== 'extra') {
      this.#valueUsers += 1;
      if (selectsUser(this.#scope, match.desired)) this.#wantedUsers += 1;
      if (match.desired.passwordHash !== undefined) this.#hashedUsers += 1;
    }
    if (this.#unseenKeys.size === 0) return;
    const users = [match.kind === 'extra' ? undefined : match.desired, 'actual' in match ? match.actual : undefined];
    for (const key of this.#unseenKeys) {
      if (users.some((user) => user !== undefined && namesUser(key, user))) this.#unseenKeys.delete(key);
    }
  }

  sawTarget(): void {
    this.#targetUsers += 1;
  }

  sawErased(users: number): void {
    this.#erasedUsers += users;
  }

  sawOrphans(memberships: number): void {
    this.#orphanMemberships += memberships;
  }

  addDecision(decision: Decision): void {
    for (const kind of decision.losses) increment(this.#losses, kind);
    for (const attribute of decision.gaps) increment(this.#gaps, attribute);
    for (const group of decision.unknownGroups) this.#unknownGroups.add(group);
    if (decision.conflict) increment(this.#conflicts, decision.conflict.kind);
    if (decision.experience) increment(this.#experiences, decision.experience);
  }

  addLosses(losses: readonly LossKind[]): void {
    for (const kind of losses) increment(this.#losses, kind);
  }

  addEntry(entry: PlanEntry): void {
    countActions(entry, this.#planned);
    for (const [operation, count] of callsOf(entry)) if (count > 0) increment(this.#calls, operation, count);
    if (entry.kind.startsWith('create')) this.#remaining.missing += 1;
    else if (entry.kind.startsWith('delete')) this.#remaining.extra += 1;
    else this.#remaining.changed += 1;
    if (entry.kind === 'create-user' && entry.password.kind === 'hash') this.#createdWithHash += 1;
    if (entry.kind === 'create-user') this.#byEngine[entry.engine === 'api' ? 'api' : 'importJob'] += 1;
    const isWritten = entry.kind === 'create-user' || entry.kind === 'update-user';
    if (isWritten && billsMau(entry)) this.#mauUsers += 1;
  }

  summary(): PlanSummary {
    if (this.#planned.createUsers > 0)
      for (const kind of poolLosses({ isDeep: this.#isDeep })) this.#losses.set(kind, 1);
    return {
      planned: { ...this.#planned },
      losses: rows(this.#losses).map(([kind, count]) => ({ kind, count, effect: LOSS_EFFECTS[kind] })),
      conflicts: rows(this.#conflicts).map(([kind, count]) => ({ kind, count, effect: CONFLICT_EFFECTS[kind] })),
      experiences: rows(this.#experiences).map(([kind, count]) => ({ kind, count, meaning: EXPERIENCES[kind] })),
      schemaGaps: rows(this.#gaps).map(([attribute, users]) => ({ attribute, users })),
      unknownGroups: [...this.#unknownGroups].sort(),
      unknownUsers: this.#unseenKeys.size,
      orphanMemberships: this.#orphanMemberships,
      calls: new Map(this.#calls),
      mauUsers: this.#mauUsers,
      byEngine: { ...this.#byEngine },
      valueUsers: this.#valueUsers,
      wantedUsers: this.#wantedUsers,
      erasedUsers: this.#erasedUsers,
      targetUsers: this.#targetUsers,
      ...(this.#hashLines !== undefined && {
        hashes: { lines: this.#hashLines, users: this.#hashedUsers, created: this.#createdWithHash },
      }),
      remaining: { ...this.#remaining },
    };
  }
}

function increment<Key>(counts: Map<Key, number>, key: Key, by = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}

/** Largest count first. */
function rows<Key>(counts: ReadonlyMap<Key, number>): [Key, number][] {
  return [...counts].sort((a, b) => b[1] - a[1]);
}
