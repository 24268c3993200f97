import type { SnapshotRef } from '../../snapshot/keys.ts';
import type { Manifest } from '../../snapshot/manifest.ts';
import type { WithheldKind } from '../../plan/drill/harmless-pool.ts';
import type { NewPoolPreview, NewPoolResult } from '../new-pool/new-pool-result.ts';
import type { Leftovers } from '../scratch-pool/remove-leftovers.ts';
import type { VerifyPoolResult } from '../verify/verify-pool.ts';
import type { DrillPhase } from './phase-clock.ts';
import type { DrillProblem } from './judge-drill.ts';
import type { SignInResult } from './sign-in.ts';

/** How the snapshot's signature stood: a trusted key signed it, nobody asked, or it has none. */
export type SignatureStatus = 'trusted' | 'not-checked' | 'none';

/** What is shown before the first write. */
export interface DrillPreview {
  readonly snapshot: SnapshotRef;
  readonly newPool: NewPoolPreview;
  readonly withheld: readonly WithheldKind[];
  /** How many users of how many are restored. */
  readonly users: { readonly restored: number; readonly all: number };
  /** Of earlier drills: they are deleted before the new pool is made. */
  readonly leftovers: Leftovers;
  readonly keep: boolean;
  /** Calls to users, and what they cost; the rest is some dozens. */
  readonly price: {
    readonly calls: Readonly<Record<string, number>>;
    readonly durationMs: number;
    readonly mauUsers: number;
  };
}

/** What became of the scratch pool. `left`: it could not be deleted; the next drill tries again. */
export interface ScratchPoolFate {
  readonly id: string;
  readonly name: string;
  readonly fate: 'deleted' | 'kept' | 'left';
  readonly reason: string | null;
}

export interface DrillOutcome {
  /** Id of the run, and of its evidence. */
  readonly id: string;
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly made: NonNullable<NewPoolResult['made']>;
  readonly comparison: VerifyPoolResult;
  readonly signIn: SignInResult;
  readonly pool: ScratchPoolFate;
  readonly leftoversRemoved: number;
  readonly phases: readonly DrillPhase[];
  /** How long of it users were written. */
  readonly writingMs: number;
  /** How long the plan for all users of the snapshot takes, at the rates in force. */
  readonly plannedMs: number;
  /** Empty: the drill is passed. */
  readonly problems: readonly DrillProblem[];
}

export interface DrillResult {
  readonly preview: DrillPreview;
  readonly manifest: Manifest;
  readonly manifestSha256: string;
  readonly signature: SignatureStatus;
  /** Absent after a dry run. */
  readonly outcome?: DrillOutcome;
  readonly durationMs: number;
}
