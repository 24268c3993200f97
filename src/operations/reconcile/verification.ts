import type { VerificationState } from './requests.ts';
import type { Settling } from './settling.ts';
import type { StoredPlan } from './stored-plan.ts';

/** How often what remains is tried again, once two listings agree on it. */
const MAX_ROUNDS = 3;

/** The round before the listing that a plan was made from. */
export interface RoundBefore {
  readonly round: number;
  /** Whether an import job ran in it. */
  readonly hadJob: boolean;
  /** How many entries have failed in it. */
  readonly failed: number;
  /** How many users may still be deleted: nobody has confirmed more. */
  readonly deletesLeft: number;
}

/**
 * Decides what follows from what a verifying listing has left over. What two listings agree on, once they show every write, is
 * tried once more, by the API where a job has failed; what stays the same after that is the result.
 */
export class Verification {
  readonly #settling: Settling;
  readonly #firstRound: number;
  #previous: string | undefined;
  #tried: string | undefined;

  constructor(settling: Settling, { firstRound, previous, tried }: VerificationState) {
    this.#settling = settling;
    this.#firstRound = firstRound;
    this.#previous = previous;
    this.#tried = tried;
  }

  /** For the next slice, which goes on from here. */
  get state(): VerificationState {
    return {
      firstRound: this.#firstRound,
      ...(this.#previous !== undefined && { previous: this.#previous }),
      ...(this.#tried !== undefined && { tried: this.#tried }),
    };
  }

  /** `end`: that is the result. `try`: the plan is to be carried out. `look`: the target is to be listed again, later. */
  next(plan: Pick<StoredPlan, 'digest' | 'summary'>, before: RoundBefore): 'end' | 'try' | 'look' {
    if (this.#isFinal(plan, before)) return 'end';
    const isWorthTrying = this.#isWorthTrying(plan, before);
    this.#previous = plan.digest;
    if (!isWorthTrying) return 'look';
    this.#tried = plan.digest;
    return 'try';
  }

  /** What was tried in vain, what is left after all rounds, or what would take more deletes than were confirmed. */
  #isFinal(plan: Pick<StoredPlan, 'digest' | 'summary'>, before: RoundBefore): boolean {
    const isOver = this.#isLastRound(before) || deletesTooMany(plan, before);
    return this.#settling.isSettled && (plan.digest === this.#tried || (isOver && this.#isAgreed(plan.digest)));
  }

  /**
   * Usually what is left is writes that the listing does not show yet. Not so where it can be nothing but the steps that
   * follow a job, or what has just failed.
   */
  #isWorthTrying(plan: Pick<StoredPlan, 'digest' | 'summary'>, before: RoundBefore): boolean {
    const { digest, summary } = plan;
    if (!this.#isAgreed(digest) || digest === this.#tried) return false;
    if (this.#isLastRound(before) || deletesTooMany(plan, before)) return false;
    const { missing, extra, changed } = summary.remaining;
    const followsJob = before.hadJob && missing + extra === 0;
    return this.#settling.isSettled || followsJob || missing + extra + changed <= before.failed;
  }

  #isAgreed(digest: string): boolean {
    return digest === this.#previous || this.#settling.isWorn;
  }

  #isLastRound({ round }: RoundBefore): boolean {
    return round >= MAX_ROUNDS + this.#firstRound;
  }
}

function deletesTooMany({ summary }: Pick<StoredPlan, 'summary'>, { deletesLeft }: RoundBefore): boolean {
  return summary.planned.deleteUsers > deletesLeft;
}
