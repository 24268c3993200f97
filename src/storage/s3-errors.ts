import { BackupError, type ErrorCode } from '../model/errors.ts';
import { NO_CREDENTIALS } from '../model/no-credentials.ts';
import { singleWord, withhold } from '../model/withheld.ts';

/**
 * Names what an S3 call failed with: `vault-not-found`, `not-authorized`, `credentials`, `usage` (wrong or no Region),
 * `unavailable`, `unreadable-answer`, else `storage-failed`. `awsName` has S3's name for it. A `BackupError` passes.
 */
export function s3Error(error: unknown, action: string, bucket: string): BackupError {
  if (error instanceof BackupError) return error;
  const facts = factsOf(error);
  const { code, hint, message } = judge(facts, bucket);
  const awsName = facts.name === 'Error' ? undefined : facts.name;
  return new BackupError(code, message ?? `Cannot ${action}: ${awsName ?? describe(facts)}`, {
    hint,
    cause: withhold(error),
    ...(awsName !== undefined && { awsName }),
  });
}

export function httpStatusOf(error: unknown): number | undefined {
  return factsOf(error).status;
}

/** S3's name for an error where it answered one, else the system's, for example `ECONNRESET`. */
export function nameOf(error: unknown): string {
  return factsOf(error).name;
}

interface S3ErrorFacts {
  readonly name: string;
  readonly message: string;
  /** Absent where no answer came. */
  readonly status: number | undefined;
  readonly bucketRegion: string | undefined;
}

/** What the SDK hangs on an error. `$response` is there whenever an answer was, even one that could not be parsed. */
interface SdkError {
  readonly name?: string;
  readonly message?: string;
  readonly code?: unknown;
  /** In the error document of a request that was signed for another Region. */
  readonly Region?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly statusCode?: number; readonly headers?: Readonly<Record<string, string>> };
}

function factsOf(error: unknown): S3ErrorFacts {
  const found: SdkError = typeof error === 'object' && error !== null ? error : {};
  const status = found.$metadata?.httpStatusCode ?? found.$response?.statusCode;
  return {
    name: singleWord(status === undefined && typeof found.code === 'string' ? found.code : found.name) ?? 'Error',
    message: found.message ?? '',
    status,
    bucketRegion: found.$response?.headers?.['x-amz-bucket-region'] ?? found.Region,
  };
}

interface Judgement {
  readonly code: ErrorCode;
  readonly hint: string;
  /** Instead of what failed, where nothing was even sent. */
  readonly message?: string;
}

const CREDENTIALS = new Set([
  'CredentialsProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidAccessKeyId',
  'InvalidToken',
  'SignatureDoesNotMatch',
  'TokenProviderError',
  'TokenRefreshRequired',
]);
const OTHER_REGION = new Set([
  'AuthorizationHeaderMalformed',
  'IllegalLocationConstraintException',
  'PermanentRedirect',
  'TemporaryRedirect',
]);
const PASSING = new Set([
  'ConditionalRequestConflict',
  'OperationAborted',
  'RequestTimeout',
  'SlowDown',
  'Throttling',
  'ThrottlingException',
]);
/** Nobody is there to connect to, or no way leads there. */
export const UNREACHABLE: ReadonlySet<string> = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND']);
const NETWORK = new Set([
  'EADDRNOTAVAIL',
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNRESET',
  'ENETDOWN',
  'EPIPE',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ETIMEDOUT',
  'TimeoutError',
]);

function judge(facts: S3ErrorFacts, bucket: string): Judgement {
  return facts.status === undefined ? judgeWithoutAnswer(facts) : judgeAnswer(facts, facts.status, bucket);
}

function judgeWithoutAnswer({ name, message }: S3ErrorFacts): Judgement {
  if (UNREACHABLE.has(name)) return { code: 'unavailable', hint: NOBODY_THERE };
  if (NETWORK.has(name)) return UNAVAILABLE;
  if (name === 'CredentialsProviderError') return NO_CREDENTIALS;
  if (CREDENTIALS.has(name)) return BAD_CREDENTIALS;
  // The SDK throws a plain Error for this.
  if (message.startsWith('Region is missing')) {
    return { code: 'usage', hint: "Name the bucket's Region, for example with AWS_REGION=eu-central-1" };
  }
  if (/CERT|SIGNATURE|ERR_TLS|EPROTO/.test(name)) {
    return {
      code: 'storage-failed',
      hint: 'The server shows a certificate that is not trusted here: let AWS_CA_BUNDLE name the file that vouches for it',
    };
  }
  return { code: 'storage-failed', hint: 'Check endpoint, Region and profile, then run the same command again' };
}

function judgeAnswer({ name, bucketRegion }: S3ErrorFacts, status: number, bucket: string): Judgement {
  if (PASSING.has(name) || status === 429 || (status >= 500 && status !== 501)) return UNAVAILABLE;
  if (name === 'Error') return UNREADABLE;
  if (name === 'NoSuchBucket') {
    return { code: 'vault-not-found', hint: `Check the name, or make it: aws s3 mb s3://${bucket}` };
  }
  if (OTHER_REGION.has(name) || status === 301 || status === 307) {
    const region = bucketRegion === undefined ? 'another Region' : JSON.stringify(bucketRegion);
    return { code: 'usage', hint: `The bucket is in ${region}: name that, for example with AWS_REGION` };
  }
  if (CREDENTIALS.has(name) || status === 401) return BAD_CREDENTIALS;
  if (name === 'RequestTimeTooSkewed') {
    return { code: 'credentials', hint: "Set this machine's clock: signatures hold for a quarter of an hour" };
  }
  if (status === 403) {
    return {
      code: 'not-authorized',
      hint: `Allow s3:ListBucket on the bucket and s3:GetObject, s3:PutObject, s3:DeleteObject on ${bucket}/*, and its KMS key`,
    };
  }
  return { code: 'storage-failed', hint: `S3 answered with status ${status}; its name for it is above` };
}

const UNAVAILABLE: Judgement = {
  code: 'unavailable',
  hint: 'S3 did not answer or asked for patience: check the network and the endpoint, then run the same command again',
};
const NOBODY_THERE =
  'Nobody answers there: check the network and the endpoint (AWS_ENDPOINT_URL_S3 or endpoint_url in the profile, else the Region), then run the same command again';
const BAD_CREDENTIALS: Judgement = {
  code: 'credentials',
  hint: 'Sign in again or check AWS_PROFILE and the AWS_ variables: aws sts get-caller-identity shows who you are',
};
const UNREADABLE: Judgement = {
  code: 'unreadable-answer',
  hint: 'What answered is not S3: check the endpoint, and proxies on the way',
};

/** Where the SDK has no name for it. Of its own messages only those are shown that are known to quote nothing. */
function describe({ message, status }: S3ErrorFacts): string {
  if (status !== undefined) return `an answer that is not S3's, with status ${status}`;
  return /^(?:Region is missing|Checksum mismatch)/.test(message)
    ? firstLine(message)
    : 'no reason that could be shown';
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}

/** An answer without what S3 always sends: some proxy's page, with status 200. */
export function notS3(action: string): BackupError {
  return new BackupError('unreadable-answer', `Cannot ${action}: an answer that is not S3's`, {
    hint: UNREADABLE.hint,
  });
}
