import { Workspace } from '../../join/workspace.ts';
import { compareAttributes, groupChanges, type AttributeChange } from '../../plan/compare-user.ts';
import type { ActualUser, DesiredUser, DesiredValue } from '../../plan/desired.ts';
import { identityModelOf } from '../../plan/identity.ts';
import { matchUsers, type KnownPair, type Match } from '../../plan/match-users.ts';
import { isProviderGroup } from '../../model/group.ts';
import type { PoolId } from '../../model/ids.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { diffConfiguration, type ConfigurationDiff } from './diff-configuration.ts';
import { diffGroups, type GroupDifference } from './diff-groups.ts';
import type { DiffSide } from '../values/diff-side.ts';

/** One user who differs. Holds personal data: print it only on request. */
export interface UserDifference {
  readonly kind: 'added' | 'removed' | 'changed';
  readonly username: string;
  readonly changes: readonly FieldChange[];
}

/** `name` is an attribute, or `status`, `enabled`, `sub`, `username`, `group:NAME`, `mfa-preferred`, `mfa`, `factors`. */
export type FieldChange = AttributeChange;

export interface DiffResult {
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  /** Users whose field differs, by field; memberships together as `groups`. */
  readonly changedBy: { readonly [field: string]: number };
  readonly groups: { readonly added: number; readonly removed: number; readonly changed: number };
  /** Whether factors were compared: not where one side alone knows them; `null` where neither does. */
  readonly factors: boolean | null;
  /** `null` where it was not compared. */
  readonly configuration: ConfigurationDiff | null;
  /** Nothing differs. */
  readonly same: boolean;
}

export interface DiffOptions {
  /** Pairs known from a map file, where the sides are different pools. */
  readonly knownPairs?: () => AsyncIterable<KnownPair>;
  /** Whether the configuration is compared too. Default: where both sides are the same pool. */
  readonly configuration?: boolean;
  readonly onUser?: (difference: UserDifference) => Promise<void> | void;
  readonly onGroup?: (difference: GroupDifference) => Promise<void> | void;
  /** Leaves out differences that are expected: they are neither counted nor told. */
  readonly ignore?: (match: Match, changes: readonly FieldChange[]) => readonly FieldChange[] | 'match';
}

/** What has to happen to `before` to become `after`: users added, removed, and changed by field, and the same for groups. */
export async function diff(
  runtime: Runtime,
  before: DiffSide,
  after: DiffSide,
  options: DiffOptions = {},
): Promise<DiffResult> {
  const totals = { added: 0, removed: 0, changed: 0 };
  const changedBy = new Map<string, number>();
  const expectedRecords = Math.max(before.expectedUsers, after.expectedUsers);
  const workspace = new Workspace({ runtime, expectedRecords });
  try {
    const matches = matchUsers(workspace, asDesired(before), after, {
      identity: identityModelOf(after.pool),
      samePool: before.pool.id === after.pool.id,
      adopt: true,
      knownPairs: options.knownPairs,
    });
    for await (const match of matches) {
      const difference = differenceOf(match, before, after, options);
      if (!difference) continue;
      totals[difference.kind] += 1;
      for (const field of fieldsOf(difference)) changedBy.set(field, (changedBy.get(field) ?? 0) + 1);
      await options.onUser?.(difference);
    }
  } finally {
    await workspace.close();
  }
  const groups = await diffGroups(before, after, options.onGroup);
  const isConfigured = options.configuration ?? before.pool.id === after.pool.id;
  const configuration = isConfigured ? await diffConfiguration(before, after) : null;
  const differing = configuration?.differences.length ?? 0;
  const counts = [...Object.values(totals), ...Object.values(groups), differing];
  return {
    ...totals,
    changedBy: Object.fromEntries([...changedBy].sort(([one], [other]) => (one < other ? -1 : 1))),
    groups,
    factors: before.isDeep || after.isDeep ? before.isDeep && after.isDeep : null,
    configuration,
    same: counts.every((count) => count === 0),
  };
}

function differenceOf(
  match: Match,
  before: DiffSide,
  after: DiffSide,
  { ignore }: DiffOptions,
): UserDifference | undefined {
  const all = match.kind === 'pair' ? changesOf(match.desired, match.actual, before.pool.id, after.pool.id) : [];
  const changes = ignore ? ignore(match, all) : all;
  if (changes === 'match') return undefined;
  switch (match.kind) {
    case 'extra':
      return { kind: 'added', username: match.actual.username, changes };
    case 'missing':
    case 'conflict':
      return { kind: 'removed', username: match.desired.username, changes };
    case 'pair':
      return changes.length > 0 ? { kind: 'changed', username: match.desired.username, changes } : undefined;
    default:
      return match satisfies never;
  }
}

function changesOf(before: DesiredUser, after: ActualUser, oldPool: PoolId, newPool: PoolId): FieldChange[] {
  const samePool = oldPool === newPool;
  const changes = [...compareAttributes(before.attributes, after.attributes).changes];
  const field = (name: string, old: string | undefined, now: string | undefined): void => {
    if (old !== now) changes.push({ name, before: old, after: now });
  };
  field('status', before.status, after.status);
  field('enabled', String(before.enabled), String(after.enabled));
  // Where one side was not asked, nothing is known: that is no difference.
  if (before.factors && after.factors) {
    field('mfa-preferred', before.factors.preferred, after.factors.preferred);
    field('mfa', wordsOf(before.factors.mfa), wordsOf(after.factors.mfa));
    field('factors', wordsOf(before.factors.configured), wordsOf(after.factors.configured));
  }
  if (samePool) {
    field('sub', before.sub, after.sub);
    field('username', before.username, after.username);
  }
  // Between two pools, the groups that Cognito keeps for identity providers are left out, as among the groups themselves.
  const comparable = (names: readonly string[]): readonly string[] =>
    samePool ? names : names.filter((name) => !isProviderGroup(name, oldPool) && !isProviderGroup(name, newPool));
  const groups = groupChanges(comparable(before.groups ?? []), comparable(after.groups));
  for (const name of groups.added) field(`group:${name}`, undefined, 'member');
  for (const name of groups.removed) field(`group:${name}`, 'member', undefined);
  return changes;
}

/** In no order: `undefined` where there is none. */
function wordsOf(words: readonly string[]): string | undefined {
  return words.length > 0 ? [...words].sort().join(' ') : undefined;
}

function fieldsOf({ changes }: UserDifference): Set<string> {
  return new Set(changes.map(({ name }) => (name.startsWith('group:') ? 'groups' : name)));
}

function asDesired(side: DiffSide): DesiredValue {
  return {
    fingerprint: '',
    source: side.pool,
    scope: { values: 'exact', existing: 'update', deletes: true, onlyUsers: [], onlyGroups: [] },
    expectedUsers: side.expectedUsers,
    groups: side.groups,
    readUsers: (take) => side.readUsers(take),
    readMemberships: (take) => side.readMemberships(({ group, sub }) => take({ group, userKey: sub })),
    membershipKey: (user) => user.sub ?? '',
  };
}
