import type { GroupFields } from '../model/group.ts';
import type { LossKind } from '../model/losses.ts';
import type { PlanContext } from './context.ts';
import type { DesiredGroup } from './desired.ts';
import type { GroupEntry } from './entries.ts';
import { deletesGroups, selectsGroup } from './scope.ts';
import { belongsToProvider } from './wanted-groups.ts';

export interface GroupPlan {
  readonly entries: readonly GroupEntry[];
  readonly losses: readonly LossKind[];
}

/**
 * Decides about groups.
 *
 * @param needed groups that users of the plan go into; a run for single users creates no others.
 */
export function planGroups(
  desired: readonly DesiredGroup[] | undefined,
  needed: ReadonlySet<string>,
  context: PlanContext,
): GroupPlan {
  const entries: GroupEntry[] = [];
  const losses: LossKind[] = [];
  const wanted = new Set<string>();
  for (const group of desired ?? []) {
    wanted.add(group.name);
    if (!isInScope(group, needed, context)) continue;
    if (belongsToProvider(group.name, context)) {
      if (!context.targetGroups.has(group.name)) losses.push('provider-group');
    } else planGroup(group, context, entries, losses);
  }
  if (deletesGroups(context.scope)) {
    for (const name of context.targetGroups.keys()) {
      const spared = wanted.has(name) || belongsToProvider(name, context) || !selectsGroup(context.scope, name);
      if (!spared) entries.push({ kind: 'delete-group', name });
    }
  }
  return { entries, losses };
}

function isInScope(group: DesiredGroup, needed: ReadonlySet<string>, context: PlanContext): boolean {
  if (context.scope.onlyUsers.length > 0) return needed.has(group.name);
  return selectsGroup(context.scope, group.name);
}

function planGroup(group: DesiredGroup, context: PlanContext, entries: GroupEntry[], losses: LossKind[]): void {
  const fields = withoutForeignRole(group, context);
  const existing = context.targetGroups.get(group.name);
  const losesRole = group.roleArn !== undefined && fields.roleArn === undefined;
  if (losesRole && existing?.roleArn !== group.roleArn) losses.push('group-role');
  if (!existing) entries.push({ kind: 'create-group', group: fields });
  else if (context.scope.existing === 'update' && differs(existing, fields)) {
    // A description left out would keep its value; an empty one takes it away [I].
    entries.push({ kind: 'update-group', group: { ...fields, description: fields.description ?? '' } });
  }
}

/** Role ARNs carry their account: `arn:aws:iam::123456789012:role/x`. A role of another account cannot be assumed here, unless somebody knows better. */
function withoutForeignRole(group: DesiredGroup, context: PlanContext): GroupFields {
  const isOwn = group.roleArn !== undefined && accountOf(group.roleArn) === accountOf(context.target.arn);
  return {
    name: group.name,
    ...(group.description !== undefined && { description: group.description }),
    ...(group.precedence !== undefined && { precedence: group.precedence }),
    ...(group.roleArn !== undefined && (isOwn || group.isRoleChosen) && { roleArn: group.roleArn }),
  };
}

function accountOf(arn: string): string | undefined {
  return arn.split(':')[4];
}

/**
 * Compares what UpdateGroup can bring about: an empty description is none, and a precedence or role that the wanted group
 * lacks cannot be taken away from an existing one [I].
 */
function differs(existing: GroupFields, wanted: GroupFields): boolean {
  if ((existing.description ?? '') !== (wanted.description ?? '')) return true;
  if (wanted.precedence !== undefined && existing.precedence !== wanted.precedence) return true;
  return wanted.roleArn !== undefined && existing.roleArn !== wanted.roleArn;
}
