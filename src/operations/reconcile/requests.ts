import type { TemporaryPassword } from '../../apply/apply-context.ts';
import type { EncryptionFacts } from '../../encryption/encryption-facts.ts';
import type { ActionCounts, Remaining } from '../../model/counts.ts';
import type { Loss } from '../../model/losses.ts';
import type { PoolId, RunId } from '../../model/ids.ts';
import type { PlanOptions } from '../../plan/context.ts';
import type { DesiredValue } from '../../plan/desired.ts';
import type { ApplyCommand, Confirmation } from '../../plan/guards.ts';
import type { PlanSummary } from '../../plan/plan-summary.ts';
import type { Finding } from './make-plan.ts';
import type { Cursor } from './round-progress.ts';

/** One apply: make `target` take the desired value. */
export interface ReconcileRequest {
  readonly command: ApplyCommand;
  readonly target: PoolId;
  readonly desired: DesiredValue;
  readonly options: PlanOptions;
  /** IAM role for import jobs; without it every user goes by the API. */
  readonly importRole?: string;
  readonly dryRun: boolean;
  readonly allowTriggers: boolean;
  readonly createMissingAttributes: boolean;
  readonly maxDeletes?: number;
  /** How the snapshot that is applied is encrypted: what is remembered of the run is encrypted for the same. */
  readonly encryptedLike?: EncryptionFacts | null;
  /** The snapshot is suspect and not accepted. */
  readonly suspect: boolean;
  /** Asked once, after planning and before the first write; `false` stops with `refused`. */
  readonly confirm: (plan: PlanReport, confirmation: Confirmation) => Promise<boolean>;
  /** Told, while planning, of everybody whom the plan has to name. Personal data: show it only on request. */
  readonly onFinding?: (finding: Finding) => void;
  /** Nobody created later is deleted: a backup that was taken before the plan may not hold them. */
  readonly deletesUntil?: Date | undefined;
  /** Runs after the confirmation and before the first write: `clean` backs the target up. */
  readonly beforeWrite?: () => Promise<void>;
  /** Where temporary passwords go, durably; needed for `--passwords temporary`. */
  readonly keepPassword?: (password: TemporaryPassword) => Promise<void>;
  /**
   * Whether to stop soon and answer `done: false` (Lambda). `listing` asks before the target is listed whole once more to
   * verify it, which cannot be cut.
   */
  readonly deadline?: ((ahead?: 'listing') => boolean) | undefined;
  /** What an earlier slice answered. */
  readonly continuation?: Continuation;
  readonly signal?: AbortSignal | undefined;
}

/** How far a sliced apply came. The cursor saves work; planning again at the end gives correctness. */
export interface Continuation {
  readonly runId: RunId;
  /** Absent: everything is carried out, what is left is to verify. */
  readonly cursor?: Cursor;
  /** What the verification has seen; without it every slice would verify from the beginning, and might never end. */
  readonly seen?: VerificationState;
}

export interface VerificationState {
  readonly firstRound: number;
  /** Digest of what the latest listing left over. */
  readonly previous?: string;
  /** Digest of what was tried once more. */
  readonly tried?: string;
}

/** A plan with what it costs at the rates in force. */
export interface PlanReport extends PlanSummary {
  readonly target: { readonly id: PoolId; readonly name: string; readonly arn: string };
  readonly callsByCategory: { readonly [category: string]: number };
  readonly durationMs: number;
}

export interface ReconcileResult {
  readonly done: true;
  readonly dryRun: boolean;
  readonly plan: PlanReport;
  readonly planned: ActionCounts;
  readonly counts: ActionCounts;
  readonly failed: number;
  readonly conflicts: number;
  readonly losses: readonly Loss[];
  readonly remaining: Remaining;
  /** Location of the map's first part in the vault; absent after a dry run and after clean. */
  readonly mapFile?: string;
  readonly failuresFile?: string;
  readonly findingsFile?: string;
  readonly durationMs: number;
}

export interface ReconcileSlice {
  readonly done: false;
  readonly continuation: Continuation;
  readonly counts: ActionCounts;
}
