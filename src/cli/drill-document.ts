import type { CallCounts } from '../model/call-counts.ts';
import type { DrillResult } from '../operations/drill/drill-result.ts';
import type { DrillEvidence } from '../operations/drill/evidence.ts';
import { WITHHELD } from '../plan/drill/harmless-pool.ts';

export interface WrittenEvidence {
  readonly evidence: DrillEvidence;
  readonly files: readonly string[];
}

/** The JSON document of `drill`, without its `schema`. Its fields are only ever added to. */
export function drillDocument(
  { preview, outcome, durationMs }: DrillResult,
  counts: CallCounts,
  written?: WrittenEvidence,
) {
  const { plan, users, isAccountAssumed } = preview.newPool;
  return {
    snapshot: { id: preview.snapshot.id, poolId: preview.snapshot.poolId },
    dryRun: outcome === undefined,
    account: { id: plan.target.account, isAssumed: isAccountAssumed },
    region: plan.target.region,
    scratchPool: plan.name,
    users: preview.users,
    steps: plan.steps.map(({ kind, key }) => ({ kind, key })),
    losses: plan.losses,
    userLosses: users?.losses ?? [],
    withheld: preview.withheld.map((kind) => ({ kind, effect: WITHHELD[kind] })),
    leftovers: preview.leftovers,
    price: preview.price,
    ...written,
    calls: counts.calls,
    throttles: counts.throttles,
    durationMs: Math.round(durationMs),
  };
}
