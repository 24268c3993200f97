import type { PlanSummary } from '../../plan/plan-summary.ts';
import type { ReconcileDependencies } from './dependencies.ts';
import { listingCalls, priceCalls } from './price-calls.ts';
import type { PlanReport } from './requests.ts';
import type { Target } from './target.ts';

/** Prices a plan: calls by quota category, the verifying listing included, and how long they take at the rates in force. */
export async function reportPlan(
  deps: ReconcileDependencies,
  target: Target,
  summary: PlanSummary,
): Promise<PlanReport> {
  const usersAfter = summary.targetUsers + summary.planned.createUsers - summary.planned.deleteUsers;
  const priced = await priceCalls([['ListUsers', listingCalls(usersAfter)], ...summary.calls], deps.rate);
  const { id, name, arn } = target.pool;
  return { ...summary, target: { id, name, arn }, ...priced };
}
