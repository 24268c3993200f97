import type { NewPoolResult } from '../new-pool/new-pool-result.ts';
import type { VerifyPoolResult } from '../verify/verify-pool.ts';
import type { SignInResult } from './sign-in.ts';

/** What no plan had predicted, as a closed list: one of them, and the drill is failed. */
export const DRILL_PROBLEMS = {
  'step-failed': 'steps of the configuration that Cognito refused',
  'configuration-differs': 'resources that differ from what the plan had said',
  'user-failed': 'writes to users or groups that Cognito refused',
  conflict: 'users of the snapshot who could not be written without a choice between two',
  missing: 'users or groups of the snapshot that the pool lacks',
  extra: 'users or groups of the pool that the snapshot lacks',
  changed: 'users or groups that differ in a field',
  'sign-in': 'no restored user could sign in',
} as const;

export type DrillProblemKind = keyof typeof DRILL_PROBLEMS;

export interface DrillProblem {
  readonly kind: DrillProblemKind;
  readonly count: number;
}

export interface Judged {
  readonly made: NonNullable<NewPoolResult['made']>;
  readonly comparison: VerifyPoolResult;
  readonly signIn: SignInResult;
}

/** Predicted losses are no problem; everything else is one. */
export function judgeDrill({ made, comparison, signIn }: Judged): readonly DrillProblem[] {
  const { differences } = comparison;
  const remaining = made.users?.remaining ?? { missing: 0, extra: 0, changed: 0 };
  const counts: { readonly [Kind in DrillProblemKind]: number } = {
    'step-failed': made.failures.length,
    'configuration-differs': made.differences.length,
    'user-failed': made.users?.failed ?? 0,
    conflict: made.users?.conflicts ?? 0,
    missing: Math.max(differences.missing, remaining.missing),
    extra: Math.max(differences.extra, remaining.extra),
    changed: Math.max(differences.changed, remaining.changed),
    'sign-in': isSignInMissing(made, signIn) ? 1 : 0,
  };
  return (Object.keys(DRILL_PROBLEMS) as DrillProblemKind[])
    .map((kind) => ({ kind, count: counts[kind] }))
    .filter(({ count }) => count > 0);
}

/** Where everybody of the snapshot is disabled, or comes back by an identity provider, nobody can. */
function isSignInMissing({ users }: Judged['made'], { outcome }: SignInResult): boolean {
  if (outcome === 'nobody') return (users?.planned.createUsers ?? 0) > (users?.planned.disableUsers ?? 0);
  return outcome !== 'signed-in';
}
