import type { CallCounts } from '../model/call-counts.ts';
import type { Finding } from '../operations/reconcile/make-plan.ts';
import type { ReconcileResult } from '../operations/reconcile/requests.ts';
import type { SnapshotRef } from '../snapshot/keys.ts';

export interface ApplyDocumentParts {
  readonly result: ReconcileResult;
  readonly counts: CallCounts;
  /** Where the wanted state came from, or for clean where the old one went. */
  readonly snapshot: SnapshotRef | undefined;
  /** Personal data: only where it was asked for. */
  readonly findings: readonly Finding[] | undefined;
}

/** The JSON document of restore, import, clean and mirror, without its `schema`. Its fields are only ever added to. */
export function applyDocument({ result, counts, snapshot, findings }: ApplyDocumentParts) {
  const { plan } = result;
  return {
    target: plan.target,
    snapshot: snapshot ? { id: snapshot.id, poolId: snapshot.poolId } : null,
    dryRun: result.dryRun,
    planned: result.planned,
    done: result.counts,
    failed: result.failed,
    conflicts: result.conflicts,
    losses: result.losses,
    remaining: result.remaining,
    mapFile: result.mapFile ?? null,
    failuresFile: result.failuresFile ?? null,
    findingsFile: result.findingsFile ?? null,
    plan: {
      wantedUsers: plan.wantedUsers,
      erasedUsers: plan.erasedUsers,
      targetUsers: plan.targetUsers,
      byEngine: plan.byEngine,
      hashes: plan.hashes ?? null,
      calls: plan.callsByCategory,
      durationMs: plan.durationMs,
      mauUsers: plan.mauUsers,
      experiences: plan.experiences,
      conflicts: plan.conflicts,
      schemaGaps: plan.schemaGaps,
    },
    calls: counts.calls,
    throttles: counts.throttles,
    durationMs: Math.round(result.durationMs),
    ...(findings && { findings }),
  };
}
