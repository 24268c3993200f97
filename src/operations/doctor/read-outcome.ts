import type { OperationName } from '../../cognito/gateway.ts';
import { refusalOf, type Refusal } from '../../cognito/configuration-gaps.ts';

/**
 * What became of a read that was tried. `answered`: it may be called; also where the answer is that there is no such thing,
 * which nobody is told who may not ask. `denied`: IAM refuses. `unavailable`: the pool's tier or the endpoint has no such
 * thing. `refused`: for another reason, of which nobody knows whether it comes before the permission is looked at.
 */
export type ReadState = 'answered' | 'denied' | 'unavailable' | 'refused';

export interface ReadOutcome {
  readonly operation: OperationName;
  readonly state: ReadState;
  /** Cognito's name for the refusal. */
  readonly exception?: string;
}

/** Throws what says nothing about the permission: an outage, credentials that nobody accepts, a pool that is not there. */
export function outcomeOfError(operation: OperationName, error: unknown): ReadOutcome {
  const refusal = refusalOf(error);
  if (refusal === 'absent') return { operation, state: 'answered' };
  return { operation, state: STATES[refusal.reason] ?? 'refused', ...exceptionOf(refusal) };
}

const STATES: { readonly [Reason in Refusal['reason']]?: ReadState } = {
  'not-authorized': 'denied',
  'not-available': 'unavailable',
  'not-supported': 'unavailable',
};

function exceptionOf({ exception }: Refusal): Pick<ReadOutcome, 'exception'> {
  return exception === undefined ? {} : { exception };
}
