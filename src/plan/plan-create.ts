import type { LossKind } from '../model/losses.ts';
import type { Attribute, UserStatus } from '../model/user.ts';
import type { PlanContext } from './context.ts';
import { conflictDecision, NO_DECISION, sourceOf, type Decision } from './decision.ts';
import { isNeverCreated, type DesiredUser } from './desired.ts';
import type { CreateUser, PasswordStep } from './entries.ts';
import { experienceOf, hasPasswordlessFactor } from './experience.ts';
import { fitAttributes, schemaByName, type FittedAttributes } from './fit-attributes.ts';
import { usernameToCreate } from './identity.ts';
import { linksOf, wantedLinks } from './identity-links.ts';
import { importRow } from './import-row.ts';
import { wantedMfa } from './mfa-preference.ts';
import { selectsUser } from './scope.ts';
import { wantedMemberships } from './wanted-groups.ts';

/** Decides about a desired user whom the target does not have. */
export function planCreate(user: DesiredUser, context: PlanContext): Decision {
  if (!selectsUser(context.scope, user)) return NO_DECISION;
  if (isNeverCreated(user)) {
    return notCreated(user, user.status === 'UNCONFIRMED' ? 'signs-up-again' : 'returns-on-first-sign-in');
  }
  if (isProviderProfile(user, context)) return notCreated(user, 'returns-on-first-sign-in');
  const username = usernameToCreate(user, context.identity);
  if (username === undefined) return conflictDecision('no-sign-in-key', user);
  const fitted = fitAttributes(user.attributes, context.target, context.options.mapping);
  if (fitted.gaps.length > 0) return { ...NO_DECISION, gaps: fitted.gaps, source: sourceOf(user) };
  if (fitted.unfit.length > 0 || fitted.incomplete) return conflictDecision('does-not-fit', user);
  const engine = chooseEngine(user, username, fitted, context);
  if (user.passwordHash !== undefined && engine !== 'import-job')
    return conflictDecision('hash-needs-import-job', user);
  if (engine === undefined) return conflictDecision('import-job-cannot-carry', user);
  return created(user, username, fitted, engine, context);
}

/**
 * A user whom a provider made and who was given a password since is still named like the provider's profile. A native user of
 * that name would shut out the sign-in through the provider. COGNITO-FACTS §4 [D].
 */
function isProviderProfile(user: DesiredUser, { identity }: PlanContext): boolean {
  if (identity.usernameAttributes.length > 0) return false;
  const username = user.username.toLowerCase();
  return linksOf(user).some((link) => `${link.providerName}_${link.userId}`.toLowerCase() === username);
}

function notCreated(user: DesiredUser, loss: 'signs-up-again' | 'returns-on-first-sign-in'): Decision {
  const memberships = (user.groups ?? []).map((): LossKind => 'membership-of-absent-user');
  return { ...NO_DECISION, losses: [loss, ...memberships], experience: loss, source: sourceOf(user) };
}

/**
 * `auto` sends each user the way that keeps most: an import job where one can run and its dialect carries the user whole
 * (no MAU, no per-user quota, hashes), else the API. `import-job` is strict: it never falls back, so that nobody is billed
 * as an MAU unasked; `undefined` then says that the user cannot go.
 */
function chooseEngine(
  user: DesiredUser,
  username: string,
  fitted: FittedAttributes,
  context: PlanContext,
): CreateUser['engine'] | undefined {
  if (context.options.engine === 'api' || context.importHeader === undefined) return 'api';
  if (context.options.engine === 'auto' && context.options.afterJob && user.passwordHash === undefined) return 'api';
  if (carries(user, username, fitted, context)) return 'import-job';
  return context.options.engine === 'auto' ? 'api' : undefined;
}

function carries(user: DesiredUser, username: string, fitted: FittedAttributes, context: PlanContext): boolean {
  if (user.enabled === false || context.importHeader === undefined) return false;
  const { mfa } = wantedMfa(user, { attributes: fitted.attributes, isConfirmed: true, byJob: false }, context);
  // The API keeps more of them, unless a hash, which only a job brings, is worth more.
  if (mfa?.factors.includes('EMAIL_OTP') && context.options.engine === 'auto' && user.passwordHash === undefined)
    return false;
  const row = importRow({
    username,
    attributes: fitted.attributes,
    password: user.passwordHash === undefined ? { kind: 'unset' } : { kind: 'hash', hash: user.passwordHash },
    ...(mfa && { mfa }),
    target: context.target,
    header: context.importHeader,
  });
  return row.kind === 'row';
}

function created(
  user: DesiredUser,
  username: string,
  fitted: FittedAttributes,
  engine: CreateUser['engine'],
  context: PlanContext,
): Decision {
  const memberships = wantedMemberships(user.groups ?? [], context);
  const { links, losses: lostLinks } = wantedLinks(linksOf(user), [], context);
  const password = passwordStep({ ...user, attributes: fitted.attributes }, engine, context);
  const all = { attributes: fitted.attributes, setLater: [] };
  const { attributes, setLater } = engine === 'api' ? splitAliases(fitted.attributes, context) : all;
  const way = {
    attributes: fitted.attributes,
    isConfirmed: password.kind !== 'temporary',
    byJob: engine === 'import-job',
  };
  const factors = wantedMfa(user, way, context);
  const entry: CreateUser = {
    kind: 'create-user',
    engine,
    source: sourceOf(user),
    username,
    attributes,
    setLater,
    password,
    disable: user.enabled === false,
    links,
    ...(factors.mfa && { mfa: factors.mfa }),
    groups: memberships.groups,
  };
  const losses: LossKind[] = ['dates'];
  if (user.sub !== undefined) losses.push('new-sub');
  if (user.sub !== undefined && context.identity.usernameAttributes.length > 0) losses.push('new-username');
  if (password.kind !== 'hash' && user.status !== undefined) losses.push('password');
  if (user.status !== undefined && statusAfter(entry, context) !== user.status) losses.push('status-changed');
  if (fitted.dropped) losses.push('dropped-attribute');
  losses.push(...lostLinks, ...factors.losses);
  for (let count = 0; count < memberships.providerGroups; count += 1) losses.push('provider-group');
  return {
    ...NO_DECISION,
    entry,
    losses,
    experience: experienceOf({ ...entry, attributes: fitted.attributes }, context.target),
    unknownGroups: memberships.unknownGroups,
    source: entry.source,
  };
}

export function passwordStep(user: DesiredUser, engine: CreateUser['engine'], context: PlanContext): PasswordStep {
  if (user.passwordHash !== undefined) return { kind: 'hash', hash: user.passwordHash };
  if (engine === 'import-job') return { kind: 'unset' };
  switch (context.options.passwords) {
    case 'random':
      return { kind: 'random' };
    case 'temporary':
      return { kind: 'temporary' };
    case 'none':
      return { kind: hasPasswordlessFactor(user.attributes, context.target) ? 'unset' : 'random' };
    default:
      return context.options.passwords satisfies never;
  }
}

/** The status that the target will show: engine × password × first factors. COGNITO-FACTS §3, §4 [D]. */
export function statusAfter(entry: CreateUser, context: PlanContext): UserStatus {
  switch (entry.password.kind) {
    case 'hash':
    case 'random':
      return 'CONFIRMED';
    case 'temporary':
      return 'FORCE_CHANGE_PASSWORD';
    case 'unset': {
      const passwordless = hasPasswordlessFactor(entry.attributes, context.target);
      if (passwordless) return 'CONFIRMED';
      return entry.engine === 'import-job' ? 'RESET_REQUIRED' : 'FORCE_CHANGE_PASSWORD';
    }
    default:
      return entry.password satisfies never;
  }
}

/** preferred_username as an alias is set after confirmation. COGNITO-FACTS §4 [D]. */
function splitAliases(
  attributes: readonly Attribute[],
  context: PlanContext,
): { readonly attributes: readonly Attribute[]; readonly setLater: readonly Attribute[] } {
  const isAlias = context.target.aliasAttributes.includes('preferred_username');
  const mutable = schemaByName(context.target).get('preferred_username')?.mutable !== false;
  if (!isAlias || !mutable) return { attributes, setLater: [] };
  return {
    attributes: attributes.filter(([name]) => name !== 'preferred_username'),
    setLater: attributes.filter(([name]) => name === 'preferred_username'),
  };
}
