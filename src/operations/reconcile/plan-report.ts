import { CATEGORY_OF, type QuotaCategory } from '../../cognito/quotas.ts';
import type { PlanSummary } from '../../plan/plan-summary.ts';
import type { ReconcileDependencies } from './dependencies.ts';
import type { PlanReport } from './requests.ts';
import type { Target } from './target.ts';

/** Users a call of a listing brings. COGNITO-FACTS §1 [D]. */
const USERS_PER_PAGE = 60;

/**
 * Prices a plan: calls by quota category, the verifying listing included, and how long they take when the categories run
 * side by side, each at its rate.
 */
export async function reportPlan(
  deps: ReconcileDependencies,
  target: Target,
  summary: PlanSummary,
): Promise<PlanReport> {
  const calls: Partial<Record<QuotaCategory, number>> = {};
  const usersAfter = summary.targetUsers + summary.planned.createUsers - summary.planned.deleteUsers;
  calls.UserList = Math.ceil(Math.max(1, usersAfter) / USERS_PER_PAGE);
  for (const [operation, count] of summary.calls) {
    const category = CATEGORY_OF[operation];
    calls[category] = (calls[category] ?? 0) + count;
  }
  let seconds = 0;
  for (const [category, count] of Object.entries(calls) as [QuotaCategory, number][]) {
    seconds = Math.max(seconds, count / (await deps.rate(category, count)));
  }
  const { id, name, arn } = target.pool;
  return { ...summary, target: { id, name, arn }, callsByCategory: calls, durationMs: Math.ceil(seconds * 1_000) };
}
