import type { LossKind } from '../model/losses.ts';
import { isOurs, type PlanContext } from './context.ts';
import { compareAttributes, contactSafeWrites, groupChanges, type AttributeComparison } from './compare-user.ts';
import { NO_DECISION, sourceOf, type Decision } from './decision.ts';
import type { ActualUser, DesiredUser } from './desired.ts';
import type { CreateUser, IdentityLink, PasswordStep, UpdateUser } from './entries.ts';
import { fitAttributes, schemaByName } from './fit-attributes.ts';
import { linksOf } from './identity-links.ts';
import { planCreate } from './plan-create.ts';
import { selectsUser } from './scope.ts';
import { touchableGroups, wantedMemberships } from './wanted-groups.ts';

/** Decides about a desired user and the target user who is the same person. */
export function planUpdate(desired: DesiredUser, actual: ActualUser, context: PlanContext): Decision {
  if (!selectsUser(context.scope, desired)) return NO_DECISION;
  if (context.scope.existing === 'update') return bringToDesired(desired, actual, context);
  if (isOurs(context, actual)) return finish(desired, actual, context);
  return returnToNewGroups(desired, actual, context);
}

/** `--existing update`, mirror: every facet that the value specifies. */
function bringToDesired(desired: DesiredUser, actual: ActualUser, context: PlanContext): Decision {
  const fitted = fitAttributes(desired.attributes, context.target, context.options.mapping);
  if (fitted.gaps.length > 0) return { ...NO_DECISION, gaps: fitted.gaps, source: sourceOf(desired) };
  const comparison = compareAttributes(actual.attributes, fitted.attributes, context.scope.values);
  const { changes, immutable } = withoutImmutable(comparison, context);
  if (immutable > 0 && context.options.recreate) return recreate(desired, actual, context);
  const memberships = wantedMemberships(desired.groups ?? [], context);
  const groups = desired.groups === undefined ? [] : memberships.groups;
  const { added, removed } = groupChanges(touchableGroups(actual.groups, context), groups);
  const removesGroups = desired.groups !== undefined && context.scope.values === 'exact';
  const losses: LossKind[] = [];
  if (immutable > 0) losses.push('immutable-attribute');
  if (fitted.dropped) losses.push('dropped-attribute');
  return updateDecision(desired, actual, {
    losses,
    unknownGroups: memberships.unknownGroups,
    entry: {
      ...contactSafeWrites({ changes, wanted: comparison.wanted }),
      remove: changes.filter(({ after }) => after === undefined).map(({ name }) => name),
      ...enabledChange(desired, actual),
      ...passwordToFinish(desired, actual, context),
      links: missingLinks(desired, actual, context),
      addGroups: added,
      removeGroups: removesGroups ? removed : [],
    },
  });
}

/** A user whom the interrupted run created: only what is missing of its steps. */
function finish(desired: DesiredUser, actual: ActualUser, context: PlanContext): Decision {
  const memberships = wantedMemberships(desired.groups ?? [], context);
  return updateDecision(desired, actual, {
    losses: [],
    unknownGroups: memberships.unknownGroups,
    entry: {
      ...missingAliases(desired, actual, context),
      ...(desired.enabled === false ? enabledChange(desired, actual) : {}),
      ...passwordToFinish(desired, actual, context),
      links: missingLinks(desired, actual, context),
      addGroups: groupChanges(actual.groups, memberships.groups).added,
    },
  });
}

/** A user who was there before is left alone, but memberships of groups that this restore brings back come with them. */
function returnToNewGroups(desired: DesiredUser, actual: ActualUser, context: PlanContext): Decision {
  const { groups } = wantedMemberships(desired.groups ?? [], context);
  const returned = groups.filter((name) => {
    const existing = context.targetGroups.get(name);
    return existing === undefined || isOurs(context, existing);
  });
  const { added } = groupChanges(actual.groups, returned);
  return updateDecision(desired, actual, { losses: [], unknownGroups: [], entry: { addGroups: added } });
}

interface Draft {
  readonly losses: readonly LossKind[];
  readonly unknownGroups: readonly string[];
  readonly entry: Partial<UpdateUser>;
}

function updateDecision(desired: DesiredUser, actual: ActualUser, draft: Draft): Decision {
  const entry: UpdateUser = {
    kind: 'update-user',
    source: sourceOf(desired),
    username: actual.username,
    sub: actual.sub,
    set: [],
    setLater: [],
    remove: [],
    links: [],
    addGroups: [],
    removeGroups: [],
    ...draft.entry,
  };
  const decision = { ...NO_DECISION, losses: draft.losses, unknownGroups: draft.unknownGroups, source: entry.source };
  return changesNothing(entry) ? decision : { ...decision, entry };
}

function changesNothing(entry: UpdateUser): boolean {
  const lists = [entry.set, entry.setLater, entry.remove, entry.links, entry.addGroups, entry.removeGroups];
  return lists.every((list) => list.length === 0) && entry.enabled === undefined && entry.password === undefined;
}

function withoutImmutable(
  comparison: AttributeComparison,
  context: PlanContext,
): { readonly changes: AttributeComparison['changes']; readonly immutable: number } {
  const schema = schemaByName(context.target);
  const changes = comparison.changes.filter(({ name, after }) => {
    const definition = schema.get(name);
    return definition?.mutable === true && !(after === undefined && definition.required);
  });
  return { changes, immutable: comparison.changes.length - changes.length };
}

function recreate(desired: DesiredUser, actual: ActualUser, context: PlanContext): Decision {
  const decision = planCreate(desired, context);
  if (decision.entry?.kind !== 'create-user') return decision;
  const entry: CreateUser = { ...decision.entry, replaces: { username: actual.username, sub: actual.sub } };
  return { ...decision, entry };
}

function enabledChange(desired: DesiredUser, actual: ActualUser): { readonly enabled?: boolean } {
  if (desired.enabled === undefined || desired.enabled === actual.enabled) return {};
  return { enabled: desired.enabled };
}

/** The password step that an interrupted run left undone: FORCE_CHANGE_PASSWORD is the lock-out trap (COGNITO-FACTS §4). */
function passwordToFinish(
  desired: DesiredUser,
  actual: ActualUser,
  context: PlanContext,
): { readonly password?: PasswordStep } {
  const halfMade = isOurs(context, actual) && actual.status === 'FORCE_CHANGE_PASSWORD';
  if (!halfMade || context.options.passwords !== 'random' || desired.passwordHash !== undefined) return {};
  return { password: { kind: 'random' } };
}

function missingLinks(desired: DesiredUser, actual: ActualUser, context: PlanContext): IdentityLink[] {
  if (desired.status === 'EXTERNAL_PROVIDER' || actual.status === 'EXTERNAL_PROVIDER') return [];
  const present = new Set(linksOf(actual).map((link) => JSON.stringify([link.providerName, link.userId])));
  return linksOf(desired).filter(
    (link) =>
      context.targetProviders.has(link.providerName) && !present.has(JSON.stringify([link.providerName, link.userId])),
  );
}

/** preferred_username as an alias is written after creation, so an interrupted run may have left it out. */
function missingAliases(desired: DesiredUser, actual: ActualUser, context: PlanContext): Partial<UpdateUser> {
  if (!context.target.aliasAttributes.includes('preferred_username')) return {};
  const wanted = desired.attributes.find(([name]) => name === 'preferred_username');
  const present = actual.attributes.some(([name]) => name === 'preferred_username');
  return wanted && !present ? { setLater: [wanted] } : {};
}
