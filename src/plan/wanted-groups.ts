import { isProviderGroup } from '../model/group.ts';
import type { PlanContext } from './context.ts';
import { deletesGroups } from './scope.ts';

export interface WantedMemberships {
  /** Groups the user should be in, as far as the scope reaches and a group can be there. */
  readonly groups: readonly string[];
  /** Memberships in the groups of identity providers, which nobody can restore. */
  readonly providerGroups: number;
  readonly unknownGroups: readonly string[];
}

/** Sorts out which of a user's groups the target can have. */
export function wantedMemberships(names: readonly string[], context: PlanContext): WantedMemberships {
  const groups: string[] = [];
  const unknownGroups: string[] = [];
  let providerGroups = 0;
  for (const name of names) {
    if (!inScope(name, context)) continue;
    if (belongsToProvider(name, context)) providerGroups += 1;
    else if (context.targetGroups.has(name) || context.wantedGroups?.has(name)) groups.push(name);
    else unknownGroups.push(name);
  }
  return { groups, providerGroups, unknownGroups };
}

/** The groups of a target user that the plan may take the user out of. One that is deleted takes its memberships along. */
export function touchableGroups(names: readonly string[], context: PlanContext): string[] {
  const goes = (name: string): boolean => deletesGroups(context.scope) && context.wantedGroups?.has(name) === false;
  return names.filter((name) => inScope(name, context) && !belongsToProvider(name, context) && !goes(name));
}

export function belongsToProvider(name: string, context: PlanContext): boolean {
  return (
    isProviderGroup(name, context.target.id) ||
    (context.source !== undefined && isProviderGroup(name, context.source.id))
  );
}

function inScope(name: string, context: PlanContext): boolean {
  const { onlyGroups } = context.scope;
  return onlyGroups.length === 0 || onlyGroups.includes(name);
}
