import type { Observer } from '../../model/events.ts';
import type { PlanReport, ReconcileRequest } from './requests.ts';
import type { Target } from './target.ts';

/** From here on, deleting a pool and creating it anew beats deleting its users one by one. */
const RECREATE_FASTER_FROM_MS = 10 * 60_000;

/** Says what a person would want to know before confirming, though nothing forbids going on. */
export function advise(observer: Observer, request: ReconcileRequest, target: Target, plan: PlanReport): void {
  const warn = (code: string, message: string): void => observer({ kind: 'warning', code, message });
  if (plan.erasedUsers > 0) observer({ kind: 'left-out', reason: 'erased', users: plan.erasedUsers });
  const { deleteUsers } = plan.planned;
  if (deleteUsers > 0 && target.pool.deletionProtection) {
    warn(
      'deletion-protection',
      `Pool ${request.target} has deletion protection, which guards the pool but not its users`,
    );
  }
  if (request.command === 'clean' && plan.durationMs > RECREATE_FASTER_FROM_MS) {
    const minutes = Math.round(plan.durationMs / 60_000);
    warn(
      'recreate-faster',
      `Deleting ${deleteUsers} users takes about ${minutes} minutes; deleting and recreating the pool takes seconds, ` +
        'but the new pool has another id, other client ids and another issuer',
    );
  }
  if (request.suspect) {
    warn('suspect', 'The snapshot is suspect: it holds far fewer users than the one before; look at it with diff');
  }
}
