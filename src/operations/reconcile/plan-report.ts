import type { OperationName } from '../../cognito/gateway.ts';
import type { PlanSummary } from '../../plan/plan-summary.ts';
import type { ReconcileDependencies } from './dependencies.ts';
import { priceCalls } from './price-calls.ts';
import type { PlanReport } from './requests.ts';
import type { Target } from './target.ts';

/** Users a call of a listing brings. COGNITO-FACTS §1 [D]. */
const USERS_PER_PAGE = 60;

/** Prices a plan, the verifying listing included. */
export async function reportPlan(
  deps: ReconcileDependencies,
  target: Target,
  summary: PlanSummary,
): Promise<PlanReport> {
  const usersAfter = summary.targetUsers + summary.planned.createUsers - summary.planned.deleteUsers;
  const listing: [OperationName, number] = ['ListUsers', Math.ceil(Math.max(1, usersAfter) / USERS_PER_PAGE)];
  const price = await priceCalls([listing, ...summary.calls], deps.rate);
  const { id, name, arn } = target.pool;
  return { ...summary, target: { id, name, arn }, ...price };
}
