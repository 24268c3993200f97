import { CognitoIdentityProviderServiceException } from '@aws-sdk/client-cognito-identity-provider';
import { BackupError, type BackupErrorOptions } from '../model/errors.ts';
import { singleWord, withhold } from '../model/withheld.ts';
import { throwIfInterrupted } from '../runtime/interruption.ts';
import { judge, type FailedCall, type Failure, type Verdict } from './error-rules.ts';

/**
 * An error of the SDK or the network as a `BackupError`; throws `interrupted` itself when the signal has aborted.
 *
 * Messages name operation and exception, never the service's own text, which may hold personal data: `withheldError` of the
 * `cause` gives it.
 */
export function toBackupError(error: unknown, call: FailedCall): BackupError {
  throwIfInterrupted(call.signal);
  if (error instanceof BackupError) return error;
  const failure = read(error);
  return toError(judge(failure, call), failure, error);
}

function toError(verdict: Verdict, failure: Failure, cause: unknown): BackupError {
  const options: BackupErrorOptions = {
    cause: withhold(cause),
    ...(verdict.hint === undefined ? {} : { hint: verdict.hint }),
    ...(failure.isService ? { awsName: failure.name } : {}),
  };
  return new BackupError(verdict.code, verdict.message, options);
}

function read(error: unknown): Failure {
  const fields = fieldsOf(error);
  const metadata = fieldsOf(fields['$metadata']);
  const status = metadata['httpStatusCode'];
  return {
    // The SDK's own word for a refusal without a name.
    name: singleWord(fields['name']) ?? 'Unknown',
    code: singleWord(fields['code']) ?? '',
    message: textOf(fields['message']),
    status: typeof status === 'number' ? status : undefined,
    isService: '$fault' in fields,
    isForeign: '$fault' in fields && !(error instanceof CognitoIdentityProviderServiceException),
    clockCorrected: metadata['clockSkewCorrected'] === true,
    credentialsRefreshed: metadata['credentialsRefreshed'] === true,
    causeCode: textOf(fieldsOf(fields['cause'])['code']),
  };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
