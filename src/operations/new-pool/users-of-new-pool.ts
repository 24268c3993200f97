import { BackupError } from '../../model/errors.ts';
import type { PoolId } from '../../model/ids.ts';
import type { PoolDescription } from '../../model/pool.ts';
import type { ArnMap } from '../../plan/new-pool/map-arns.ts';
import type { NewPoolPlan } from '../../plan/new-pool/new-pool-plan.ts';
import type { SnapshotReader } from '../../snapshot/snapshot-reader.ts';
import type { ReconcileDependencies } from '../reconcile/dependencies.ts';
import type { PlanReport, ReconcileResult } from '../reconcile/requests.ts';
import { restoreSnapshot, type RestoreOptions } from '../restore.ts';
import { imaginedGateway, imaginedPool } from './imagined-pool.ts';

/** How users are written into the new pool: as into any other. */
export type UserOptions = Omit<
  RestoreOptions,
  'reader' | 'target' | 'confirm' | 'existing' | 'dryRun' | 'signal' | 'roles'
>;

interface Users extends UserOptions {
  readonly reader: SnapshotReader;
  readonly arns: ArnMap;
  readonly signal: AbortSignal | undefined;
}

/** The plan for users and groups: against the pool that an earlier run has begun, else against the one that is to be. */
export async function previewUsers(
  deps: ReconcileDependencies,
  plan: NewPoolPlan,
  { found, ...users }: Users & { readonly found: PoolDescription | undefined },
): Promise<PlanReport> {
  const imagined = imaginedPool(plan);
  const providers = plan.steps.filter(({ kind }) => kind === 'identity-provider').map(({ key }) => key);
  const mfa = plan.expected.resources.find(({ kind }) => kind === 'mfa')?.document ?? {};
  const gateway = found ? deps.gateway : imaginedGateway(deps.gateway, imagined, { providers, mfa });
  const target = found?.id ?? imagined.id;
  // Those that an earlier run has attached are detached before the first user is written.
  const options = { ...restoreOptions(users, target), allowTriggers: true, dryRun: true };
  const result = await restoreSnapshot({ ...deps, gateway }, options);
  if (!result.done) throw new BackupError('internal', 'The plan of the users stopped without a deadline');
  return result.plan;
}

/** Restores users and groups; the whole was confirmed before the pool was made, and whom the plan names was told then. */
export async function restoreUsers(
  deps: ReconcileDependencies,
  target: PoolId,
  { onFinding: _alreadyTold, ...users }: Users,
): Promise<ReconcileResult> {
  const result = await restoreSnapshot(deps, restoreOptions(users, target));
  if (!result.done) throw new BackupError('internal', 'The restore of the users stopped without a deadline');
  return result;
}

export function hasWork({ planned }: PlanReport): boolean {
  return Object.values(planned).some((count) => count > 0);
}

/** How much another run of the same command would try again. Conflicts are none of it: they would be conflicts again. */
export function leftOf({ failed, remaining }: ReconcileResult): number {
  return Math.max(failed, remaining.missing + remaining.extra + remaining.changed);
}

function restoreOptions({ arns, signal, ...users }: Users, target: PoolId): RestoreOptions {
  return { ...users, target, roles: arns, existing: 'skip', confirm: async () => true, signal };
}
