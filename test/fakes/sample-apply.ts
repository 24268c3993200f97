import type { ApplyContext, Failure, TemporaryPassword } from '../../src/apply/apply-context.ts';
import type { OperationName } from '../../src/cognito/gateway.ts';
import type { ActionKind } from '../../src/model/counts.ts';
import type { PoolDescription } from '../../src/model/pool.ts';
import { identityModelOf } from '../../src/plan/identity.ts';
import { manualRuntime, type ManualRuntime } from '../../src/runtime/manual-runtime.ts';
import { targetPool } from './sample-plan.ts';
import { scriptedGateway, type Handlers, type RecordedCall } from './scripted-gateway.ts';

/** Calls that answer nothing succeed unless a test says otherwise. */
const SILENT: readonly OperationName[] = [
  'CreateGroup',
  'UpdateGroup',
  'DeleteGroup',
  'AdminSetUserPassword',
  'AdminUpdateUserAttributes',
  'AdminDeleteUserAttributes',
  'AdminDisableUser',
  'AdminEnableUser',
  'AdminDeleteUser',
  'AdminAddUserToGroup',
  'AdminRemoveUserFromGroup',
  'AdminLinkProviderForUser',
  'AdminSetUserMFAPreference',
];

export interface SampleApply {
  readonly context: ApplyContext;
  readonly runtime: ManualRuntime;
  readonly failures: readonly Failure[];
  readonly kept: readonly TemporaryPassword[];
  calls(): readonly RecordedCall[];
  operations(): readonly OperationName[];
  /** What was done, kinds with 0 left out. */
  done(): Partial<Record<ActionKind, number>>;
}

/** An apply that began at noon of 2026-11-22 and planned at that moment. */
export function sampleApply(handlers: Handlers, pool: Partial<PoolDescription> = {}): SampleApply {
  const runtime = manualRuntime('2026-11-22T12:00:00.000Z');
  const gateway = scriptedGateway({
    ...Object.fromEntries(SILENT.map((name) => [name, () => undefined])),
    ...handlers,
  });
  const target = targetPool(pool);
  const failures: Failure[] = [];
  const kept: TemporaryPassword[] = [];
  const done: Partial<Record<ActionKind, number>> = {};
  const context: ApplyContext = {
    gateway,
    runtime,
    target,
    identity: identityModelOf(target),
    oursSince: runtime.now().toISOString(),
    plannedAt: runtime.now(),
    signal: undefined,
    did: (kind) => {
      done[kind] = (done[kind] ?? 0) + 1;
    },
    fail: async (failure) => {
      failures.push(failure);
    },
    keepPassword: async (password) => {
      kept.push(password);
    },
  };
  return {
    context,
    runtime,
    failures,
    kept,
    calls: () => gateway.calls,
    operations: () => gateway.calls.map(({ operation }) => operation),
    done: () => done,
  };
}
