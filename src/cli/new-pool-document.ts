import type { CallCounts } from '../model/call-counts.ts';
import type { NewPoolResult } from '../operations/new-pool/new-pool-result.ts';
import type { Finding } from '../operations/reconcile/make-plan.ts';
import { CONFIGURATION_LOSSES } from '../plan/new-pool/configuration-losses.ts';

export interface NewPoolDocumentParts {
  readonly counts: CallCounts;
  /** Personal data: only where it was asked for. */
  readonly findings: readonly Finding[] | undefined;
}

/** The JSON document of `restore --new-pool`, without its `schema`. Holds no secret. Its fields are only ever added to. */
export function newPoolDocument(result: NewPoolResult, { counts, findings }: NewPoolDocumentParts) {
  const { plan, users, price, made } = result;
  const [poolId = '', id = ''] = plan.snapshot.split('@');
  return {
    snapshot: { id, poolId },
    dryRun: result.dryRun,
    name: plan.name,
    account: { id: plan.target.account, isAssumed: result.isAccountAssumed },
    region: plan.target.region,
    resumes: result.resumes ?? null,
    detaches: result.detaches,
    steps: plan.steps.map(({ kind, key, dependsOn }) => ({ kind, key, dependsOn })),
    losses: plan.losses.map((loss) => ({ ...loss, effect: CONFIGURATION_LOSSES[loss.kind] })),
    configuration: { calls: price.callsByCategory },
    plannedDurationMs: price.durationMs,
    users: users && {
      planned: users.planned,
      losses: users.losses,
      experiences: users.experiences,
      calls: users.callsByCategory,
      durationMs: users.durationMs,
      mauUsers: users.mauUsers,
    },
    ...(made && {
      origin: made.origin,
      pool: made.pool,
      failures: made.failures.map(({ error: _error, ...failure }) => failure),
      differences: made.differences,
      notCompared: made.notCompared,
      restoredUsers: made.users && {
        done: made.users.counts,
        failed: made.users.failed,
        conflicts: made.users.conflicts,
        remaining: made.users.remaining,
        losses: made.users.losses,
        mapFile: made.users.mapFile ?? null,
        failuresFile: made.users.failuresFile ?? null,
        findingsFile: made.users.findingsFile ?? null,
      },
      handOver: made.handOver,
    }),
    calls: counts.calls,
    throttles: counts.throttles,
    durationMs: Math.round(result.durationMs),
    ...(findings && { findings }),
  };
}
