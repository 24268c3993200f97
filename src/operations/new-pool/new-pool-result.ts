import type { ResourceKind } from '../../model/pool-configuration.ts';
import type { ConfigurationDifference } from '../../plan/configuration/compare-configuration.ts';
import type { HandOver } from '../../plan/new-pool/hand-over.ts';
import type { NewPoolPlan } from '../../plan/new-pool/new-pool-plan.ts';
import type { PricedCalls } from '../reconcile/price-calls.ts';
import type { PlanReport, ReconcileResult } from '../reconcile/requests.ts';
import type { StepFailure } from './take-steps.ts';

/** What is shown before the first write. */
export interface NewPoolPreview {
  readonly plan: NewPoolPlan;
  /** `undefined` where no users are written. */
  readonly users: PlanReport | undefined;
  /** What the configuration costs besides, taken as if nothing of it were there; `durationMs` is that of all of it, users included. */
  readonly price: PricedCalls;
  /** The pool that an earlier run has begun. */
  readonly resumes: string | undefined;
  /** Triggers that an earlier run has attached, and that are detached again while users are written. */
  readonly detaches: readonly string[];
  /** No pool of the account could be asked: it is taken for that of the source. */
  readonly isAccountAssumed: boolean;
}

/** `created`, or found: `resumed`, or already `complete`, when nothing was written. */
export type NewPoolOrigin = 'created' | 'resumed' | 'complete';

export interface NewPoolResult extends NewPoolPreview {
  readonly dryRun: boolean;
  /** All of these are absent after a dry run. */
  readonly made?: {
    readonly origin: NewPoolOrigin;
    readonly pool: { readonly id: string; readonly name: string; readonly arn: string };
    readonly failures: readonly StepFailure[];
    /** `undefined` where the pool was complete already, or none were wanted. */
    readonly users: ReconcileResult | undefined;
    /** Differences from the snapshot that the plan had not predicted. */
    readonly differences: readonly ConfigurationDifference[];
    readonly notCompared: readonly ResourceKind[];
    readonly handOver: HandOver;
    /** By client id. Secret: for the file that only its owner can read. */
    readonly clientSecrets: ReadonlyMap<string, string>;
  };
  readonly durationMs: number;
}
