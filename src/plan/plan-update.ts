import type { LossKind } from '../model/losses.ts';
import type { Attribute, MfaPreference } from '../model/user.ts';
import { isOurs, isOurUser, isUnseen, type PlanContext } from './context.ts';
import { compareAttributes, contactSafeWrites, groupChanges, type AttributeComparison } from './compare-user.ts';
import { conflictDecision, NO_DECISION, sourceOf, type Decision } from './decision.ts';
import type { ActualUser, DesiredUser } from './desired.ts';
import type { CreateUser, PasswordStep, UpdateUser } from './entries.ts';
import { fitAttributes, schemaByName } from './fit-attributes.ts';
import { linkKey, linksOf, wantedLinks, type WantedLinks } from './identity-links.ts';
import { wantedMfa } from './mfa-preference.ts';
import { passwordStep, planCreate } from './plan-create.ts';
import { selectsUser } from './scope.ts';
import { belongsToProvider, touchableGroups, wantedMemberships } from './wanted-groups.ts';

/** Decides about a desired user and the target user who is the same person. */
export function planUpdate(desired: DesiredUser, actual: ActualUser, context: PlanContext): Decision {
  if (!selectsPair(desired, actual, context)) return leaveGroups(desired, actual, context);
  if (context.scope.existing === 'update') return bringToDesired(desired, actual, context);
  if (isOurUser(context, actual)) return finish(desired, actual, context);
  return returnToNewGroups(desired, actual, context);
}

/** A person may name the user by what the target calls it, too. */
function selectsPair(desired: DesiredUser, { username, sub }: ActualUser, { scope }: PlanContext): boolean {
  return selectsUser(scope, desired) || selectsUser(scope, { ...desired, username, sub });
}

/** `--only-group`: whoever is no longer a member leaves the group, and is not touched otherwise. */
function leaveGroups(desired: DesiredUser, actual: ActualUser, context: PlanContext): Decision {
  const { existing, values, onlyGroups } = context.scope;
  const leaves = existing === 'update' && values === 'exact' && onlyGroups.length > 0 && desired.groups !== undefined;
  if (!leaves || !selectsUser(context.scope, actual)) return NO_DECISION;
  const { removed } = groupChanges(touchableGroups(actual.groups, context), desired.groups);
  return updateDecision(desired, actual, { losses: [], unknownGroups: [], entry: { removeGroups: removed } });
}

/** `--existing update`, mirror: every facet that the value specifies. */
function bringToDesired(desired: DesiredUser, actual: ActualUser, context: PlanContext): Decision {
  const { values } = context.scope;
  const fitted = fitAttributes(desired.attributes, context.target, context.options.mapping, values);
  if (fitted.gaps.length > 0) return { ...NO_DECISION, gaps: fitted.gaps, source: sourceOf(desired) };
  const comparison = compareAttributes(actual.attributes, fitted.attributes, values);
  const { changes, immutable } = withoutImmutable(comparison, context);
  if (immutable > 0 && context.options.recreate) {
    return isUnseen(actual, context)
      ? conflictDecision('created-meanwhile', desired)
      : recreate(desired, actual, comparison, context);
  }
  if (changes.some(({ name }) => fitted.unfit.includes(name))) {
    return conflictDecision('does-not-fit', desired);
  }
  const memberships = wantedMemberships(desired.groups ?? [], context);
  const { added, removed } = groupChanges(touchableGroups(actual.groups, context), memberships.groups);
  const removesGroups = desired.groups !== undefined && values === 'exact';
  const missing = missingLinks(desired, actual, context);
  const losses: LossKind[] = [...missing.losses];
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
      ...mfaToFinish(desired, actual, context),
      links: missing.links,
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
      ...mfaToFinish(desired, actual, context),
      links: missingLinks(desired, actual, context).links,
      addGroups: groupChanges(actual.groups, memberships.groups).added,
    },
  });
}

/** A user who was there before is left alone, but memberships of groups that this restore brings back come with them. */
function returnToNewGroups(desired: DesiredUser, actual: ActualUser, context: PlanContext): Decision {
  const { groups } = wantedMemberships(desired.groups ?? [], context);
  const returned = groups.filter((name) => {
    const existing = context.targetGroups.get(name);
    return existing === undefined || isOurs(context, existing, actual.username);
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
  const steps = [entry.enabled, entry.password, entry.mfa];
  return lists.every((list) => list.length === 0) && steps.every((step) => step === undefined);
}

function withoutImmutable(
  comparison: AttributeComparison,
  context: PlanContext,
): { readonly changes: AttributeComparison['changes']; readonly immutable: number } {
  const schema = schemaByName(context.target);
  // What was dropped on request is unspecified: a value that the target has there stays.
  const specified = comparison.changes.filter(
    ({ name, after }) => after !== undefined || !context.options.mapping.drop.includes(name),
  );
  const changes = specified.filter(({ name, after }) => {
    const definition = schema.get(name);
    return definition?.mutable === true && !(after === undefined && definition.required);
  });
  return { changes, immutable: specified.length - changes.length };
}

/**
 * Deletes and creates anew, by the API, because a job would find the old user still there. What the value or the scope leaves
 * open is taken over from the user who goes.
 */
function recreate(
  desired: DesiredUser,
  actual: ActualUser,
  { wanted }: AttributeComparison,
  context: PlanContext,
): Decision {
  const whole: DesiredUser = {
    ...desired,
    attributes: context.scope.values === 'exact' ? desired.attributes : [...wanted, ...identitiesOf(desired, actual)],
    enabled: desired.enabled ?? actual.enabled,
    status: desired.status ?? actual.status,
    sub: desired.sub ?? actual.sub,
  };
  // Whoever goes gives the identities free.
  const own = new Set(linksOf(actual).map(linkKey));
  const isTaken: PlanContext['isTaken'] = (link) => !own.has(linkKey(link)) && context.isTaken(link);
  const decision = planCreate(whole, { ...context, importHeader: undefined, isTaken });
  if (decision.entry?.kind !== 'create-user') return decision;
  const groups = [...new Set([...decision.entry.groups, ...keptGroups(desired, actual, context)])].sort();
  const { sub: _sub, status: _status, ...unnamed } = whole;
  const entry: CreateUser = {
    ...decision.entry,
    source: sourceOf(desired),
    groups,
    replaces: { username: actual.username, sub: actual.sub },
    whole: { ...unnamed, ...sourceOf(desired), groups },
  };
  return { ...decision, source: entry.source, entry };
}

function identitiesOf(...users: readonly (DesiredUser | ActualUser)[]): Attribute[] {
  const [identities] = users.flatMap((user) => user.attributes.filter(([name]) => name === 'identities'));
  return identities ? [identities] : [];
}

function keptGroups(desired: DesiredUser, actual: ActualUser, context: PlanContext): string[] {
  const inScope = new Set(touchableGroups(actual.groups, context));
  const isSpecified = desired.groups !== undefined && context.scope.values === 'exact';
  return actual.groups.filter((name) => !belongsToProvider(name, context) && !(isSpecified && inScope.has(name)));
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
  const halfMade = isOurUser(context, actual) && actual.status === 'FORCE_CHANGE_PASSWORD';
  const step = passwordStep({ ...desired, attributes: actual.attributes }, 'api', context);
  return halfMade && step.kind === 'random' ? { password: step } : {};
}

/**
 * Second factors that an interrupted run may have left out. No listing shows them but, unproven, SMS: so they are set once more
 * for everybody of that run whom it does not show with just that, and not looked for when the run verifies itself.
 */
function mfaToFinish(desired: DesiredUser, actual: ActualUser, context: PlanContext): { readonly mfa?: MfaPreference } {
  if (context.options.afterJob || !isOurUser(context, actual)) return {};
  const staysUnconfirmed = passwordToFinish(desired, actual, context).password === undefined;
  if (actual.status === 'FORCE_CHANGE_PASSWORD' && staysUnconfirmed) return {};
  // A job has made them, with SMS where they want it; and Cognito wants the password reset first. [D] SDK 3.1169
  if (actual.status === 'RESET_REQUIRED') return {};
  const { mfa } = wantedMfa(desired, { attributes: actual.attributes, isConfirmed: true, byJob: false }, context);
  const hasSms = actual.mfaOptions?.some(({ deliveryMedium }) => deliveryMedium === 'SMS') ?? false;
  const isShown = hasSms && mfa?.factors.length === 1 && mfa.preferred === 'SMS_MFA';
  return mfa && !isShown ? { mfa } : {};
}

function missingLinks(desired: DesiredUser, actual: ActualUser, context: PlanContext): WantedLinks {
  if (desired.status === 'EXTERNAL_PROVIDER' || actual.status === 'EXTERNAL_PROVIDER') return { links: [], losses: [] };
  return wantedLinks(linksOf(desired), linksOf(actual), context);
}

/** preferred_username as an alias is written after creation, so an interrupted run may have left it out. */
function missingAliases(desired: DesiredUser, actual: ActualUser, context: PlanContext): Partial<UpdateUser> {
  if (!context.target.aliasAttributes.includes('preferred_username')) return {};
  const wanted = desired.attributes.find(([name]) => name === 'preferred_username');
  const present = actual.attributes.some(([name]) => name === 'preferred_username');
  return wanted && !present ? { setLater: [wanted] } : {};
}
