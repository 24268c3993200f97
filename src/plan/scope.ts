import { attributeOf, type Attribute } from '../model/user.ts';

/** What a plan may touch. Outside of it nothing is created, changed or deleted. */
export interface Scope {
  /** `exact`: an attribute or membership the value lacks should be absent. `given`: it is unspecified (a blank CSV cell). */
  readonly values: 'exact' | 'given';
  /** Users that exist in the target: leave them alone, or bring them to the desired state. */
  readonly existing: 'skip' | 'update';
  /** Whether users and groups that the value lacks are deleted (mirror, clean). */
  readonly deletes: boolean;
  /** Usernames, e-mail addresses, phone numbers or `sub`s; empty means every user. */
  readonly onlyUsers: readonly string[];
  /** Group names; empty means every group. Otherwise: these groups, their members, and memberships in them. */
  readonly onlyGroups: readonly string[];
}

interface Selectable {
  readonly username: string;
  readonly sub?: string;
  readonly attributes: readonly Attribute[];
  readonly groups?: readonly string[];
}

export function selectsUser(scope: Scope, user: Selectable): boolean {
  return selectedByKey(scope.onlyUsers, user) && selectedByGroup(scope.onlyGroups, user);
}

export function selectsGroup(scope: Scope, name: string): boolean {
  if (scope.onlyGroups.length > 0) return scope.onlyGroups.includes(name);
  return true;
}

/** Whether groups themselves are in scope: a run for single users creates the groups they need and deletes none. */
export function deletesGroups(scope: Scope): boolean {
  return scope.deletes && scope.onlyUsers.length === 0;
}

/** Whether a key a person typed names this user. E-mail addresses are compared without case. */
export function namesUser(key: string, user: Selectable): boolean {
  if (key === user.username || key === user.sub) return true;
  if (key === attributeOf(user, 'phone_number')) return true;
  return key.includes('@') && key.toLowerCase() === attributeOf(user, 'email')?.toLowerCase();
}

function selectedByKey(keys: readonly string[], user: Selectable): boolean {
  return keys.length === 0 || keys.some((key) => namesUser(key, user));
}

function selectedByGroup(groups: readonly string[], user: Selectable): boolean {
  return groups.length === 0 || (user.groups ?? []).some((group) => groups.includes(group));
}
