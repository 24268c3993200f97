import { BackupError } from '../../model/errors.ts';
import { WITHHELD } from '../../plan/drill/harmless-pool.ts';
import { CONFIGURATION_LOSSES } from '../../plan/new-pool/configuration-losses.ts';
import { TOOL_VERSION } from '../../snapshot/tool-version.ts';
import type { DrillOutcome, DrillResult } from './drill-result.ts';
import { DRILL_PROBLEMS } from './judge-drill.ts';
import { recoveryTime } from './recovery-time.ts';

/** What a drill found, for whoever was not there. Counts, ids and names of configuration: no personal data, no secret. */
export type DrillEvidence = ReturnType<typeof drillEvidence>;

/** Fields are only ever added (docs/FORMAT.md). Throws `internal` for a dry run. */
export function drillEvidence(result: DrillResult) {
  const { preview, outcome } = result;
  if (!outcome) throw new BackupError('internal', 'A dry run has no evidence');
  const { restored, all } = preview.users;
  return {
    schema: 'cognito-backup/drill-evidence/v1',
    id: outcome.id,
    tool: `cognito-backup ${TOOL_VERSION}`,
    startedAt: outcome.startedAt.toISOString(),
    endedAt: outcome.endedAt.toISOString(),
    verdict: outcome.problems.length === 0 ? 'pass' : 'fail',
    problems: outcome.problems.map(({ kind, count }) => ({ kind, count, meaning: DRILL_PROBLEMS[kind] })),
    scope: { users: restored < all ? 'sample' : 'all', restored, ofUsers: all },
    snapshot: snapshotPart(result),
    place: {
      account: preview.newPool.plan.target.account,
      region: preview.newPool.plan.target.region,
      pool: outcome.pool,
    },
    restored: restoredPart(outcome),
    configuration: configurationPart(result, outcome),
    comparison: {
      differences: outcome.comparison.differences,
      changedBy: outcome.comparison.changedBy,
      predicted: outcome.comparison.expectedLosses,
      erasedUsers: outcome.comparison.erasedUsers,
    },
    signIn: outcome.signIn,
    phases: outcome.phases,
    recoveryTime: recoveryTime(preview, outcome),
    leftoversRemoved: outcome.leftoversRemoved,
  } as const;
}

function snapshotPart({ preview, manifest, manifestSha256, signature }: DrillResult) {
  const { encryption, window, totals, vaultId, toolVersion } = manifest;
  return {
    id: preview.snapshot.id,
    poolId: preview.snapshot.poolId,
    vaultId,
    takenFrom: window.startedAt,
    takenUntil: window.endedAt,
    toolVersion,
    manifestSha256,
    signature,
    encrypted: encryption !== null,
    groups: totals.groups,
    memberships: totals.memberships,
  };
}

function restoredPart({ made: { users } }: DrillOutcome) {
  return {
    users: users?.counts.createUsers ?? 0,
    groups: users?.counts.createGroups ?? 0,
    memberships: users?.counts.addMemberships ?? 0,
    failed: users?.failed ?? 0,
    conflicts: users?.conflicts ?? 0,
    losses: (users?.losses ?? []).map(({ kind, count, effect }) => ({ kind, count, effect })),
  };
}

function configurationPart({ preview: { newPool, withheld } }: DrillResult, { made }: DrillOutcome) {
  return {
    steps: newPool.plan.steps.length,
    failures: made.failures.map(({ kind, key, operation, exception }) => ({ kind, key, operation, exception })),
    differences: made.differences.map(({ kind, resource, key, changes }) => ({
      kind,
      resource,
      key,
      fields: changes.map(({ path }) => path),
    })),
    notCompared: made.notCompared,
    losses: newPool.plan.losses.map(({ kind, resource, key }) => ({
      kind,
      resource,
      key,
      effect: CONFIGURATION_LOSSES[kind],
    })),
    withheld: withheld.map((kind) => ({ kind, effect: WITHHELD[kind] })),
  };
}
