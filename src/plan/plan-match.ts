import { isUnseen, type PlanContext } from './context.ts';
import { conflictDecision, NO_DECISION, type Decision } from './decision.ts';
import type { ActualUser } from './desired.ts';
import type { Match } from './match-users.ts';
import { planCreate } from './plan-create.ts';
import { planUpdate } from './plan-update.ts';
import { selectsUser } from './scope.ts';

/** Decides about one match. Pure: the same match and context give the same decision. */
export function planMatch(match: Match, context: PlanContext): Decision {
  switch (match.kind) {
    case 'pair':
      return planUpdate(match.desired, match.actual, context);
    case 'missing':
      return planCreate(match.desired, context);
    case 'extra':
      return planDelete(match.actual, context);
    case 'conflict':
      return selectsUser(context.scope, match.desired) ? conflictDecision(match.conflict, match.desired) : NO_DECISION;
    default:
      return match satisfies never;
  }
}

function planDelete(actual: ActualUser, context: PlanContext): Decision {
  if (!context.scope.deletes || !selectsUser(context.scope, actual)) return NO_DECISION;
  const { username, sub } = actual;
  if (isUnseen(actual, context)) {
    return { ...NO_DECISION, conflict: { kind: 'created-meanwhile', source: { username, sub } } };
  }
  return { ...NO_DECISION, entry: { kind: 'delete-user', username, sub } };
}
