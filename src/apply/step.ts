import type { OperationName, RequestOf, ResponseOf } from '../cognito/gateway.ts';
import { isBackupError } from '../model/errors.ts';
import type { SourceUser } from '../plan/entries.ts';
import type { ApplyContext } from './apply-context.ts';
import { hintFor } from './failure-hints.ts';

/** Whom or what a step concerns, for the failures file. */
export interface Subject {
  readonly source?: SourceUser;
  readonly targetUsername?: string;
  readonly group?: string;
}

/** Refusals that mean the same as success, for example deleting what is gone. */
type Tolerated = readonly string[];

export type StepResult<Response> =
  | { readonly kind: 'done'; readonly response: Response }
  | { readonly kind: 'tolerated'; readonly awsName: string }
  | { readonly kind: 'failed' };

/**
 * How Cognito refuses what an earlier attempt, whose answer was lost, has carried out. It may as well refuse for a reason of
 * its own: then planning again finds the step still missing.
 */
const REFUSED_AS_DONE: Partial<Record<OperationName, string>> = {
  AdminLinkProviderForUser: 'InvalidParameterException',
  AdminSetUserPassword: 'PasswordHistoryPolicyViolationException',
};

/** Sends one request. What Cognito refuses is this user's failure and the run goes on; anything else stops the run. */
export async function step<Name extends OperationName>(
  context: ApplyContext,
  subject: Subject,
  operation: Name,
  request: RequestOf<Name>,
  tolerated: Tolerated = [],
): Promise<StepResult<ResponseOf<Name>>> {
  try {
    return { kind: 'done', response: await context.gateway.send(operation, request, context.signal) };
  } catch (error) {
    if (!isBackupError(error, 'rejected')) throw error;
    const { awsName, repeated } = error;
    if (
      awsName !== undefined &&
      (tolerated.includes(awsName) || (repeated && REFUSED_AS_DONE[operation] === awsName))
    ) {
      return { kind: 'tolerated', awsName };
    }
    await context.fail({
      step: operation,
      reason: error.awsName ?? error.code,
      hint: hintFor(error.awsName, operation),
      ...subject,
    });
    return { kind: 'failed' };
  }
}
