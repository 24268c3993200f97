import type { ErrorCode } from '../model/errors.ts';
import { regionOfPool, type PoolId } from '../model/ids.ts';
import { NO_CREDENTIALS } from '../model/no-credentials.ts';
import type { OperationName } from './gateway.ts';

export interface FailedCall {
  readonly operation: OperationName;
  readonly poolId?: PoolId | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Whether this gateway ever got an answer: before the first, an unknown host name is a wrong Region or endpoint. */
  readonly hasAnswered: boolean;
}

/** What the rules look at in an error. */
export interface Failure {
  readonly name: string;
  /** Node's error code, for example ECONNRESET. */
  readonly code: string;
  readonly message: string;
  readonly status: number | undefined;
  /** A service's refusal; `name` is then its exception's name. */
  readonly isService: boolean;
  /** Answered by another service, asked for credentials. */
  readonly isForeign: boolean;
  readonly clockCorrected: boolean;
  /** There are other credentials now than those that were refused. */
  readonly credentialsRefreshed: boolean;
  readonly causeCode: string;
}

export interface Verdict {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string;
}

/** Whether an exception's name says that the signature or its credentials were not accepted. */
export function isCredentialRefusal(name: string): boolean {
  return BAD_CREDENTIALS.has(name);
}

/** What a failed call means: the first rule that knows the failure decides, else Cognito rejected the request. */
export function judge(failure: Failure, call: FailedCall): Verdict {
  for (const rule of RULES) {
    const verdict = rule(failure, call);
    if (verdict) return verdict;
  }
  return rejected(failure, call);
}

type Rule = (failure: Failure, call: FailedCall) => Verdict | undefined;

const RULES: readonly Rule[] = [
  throttled,
  clockSkew,
  refreshedCredentials,
  noCredentials,
  credentials,
  notAuthorized,
  poolNotFound,
  unknownHost,
  untrustedCertificate,
  unsupported,
  unavailable,
  unreadable,
  missingRegion,
];

/** Matched by name: some operations do not model TooManyRequestsException. [D] COGNITO-FACTS §2 */
const THROTTLES = new Set([
  'TooManyRequestsException',
  'ThrottlingException',
  'Throttling',
  'ThrottledException',
  'RequestThrottled',
  'RequestThrottledException',
  'RequestLimitExceeded',
  'SlowDown',
]);

const BAD_CREDENTIALS = new Set([
  'ExpiredTokenException',
  'ExpiredToken',
  'TokenRefreshRequired',
  'UnrecognizedClientException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'SignatureDoesNotMatch',
  'IncompleteSignature',
  'IncompleteSignatureException',
  'MissingAuthenticationToken',
  'MissingAuthenticationTokenException',
  'CredentialsProviderError',
  'TokenProviderError',
  'RequestExpired',
]);

const CLOCK_NAMES = new Set(['InvalidSignatureException', 'SignatureDoesNotMatch', 'RequestExpired']);

const OUTAGES = new Set([
  'InternalErrorException',
  'InternalServerException',
  'InternalFailure',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  'TimeoutError',
  'RequestTimeout',
  'RequestTimeoutException',
]);

const NETWORK_CODES = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'ETIMEDOUT',
  'EPIPE',
  'EAI_AGAIN',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
]);

/** Each adds to a pool, names something else beside it (a client, a domain, a function), or takes the pool away. */
const WRITES_OF_CONFIGURATION = [
  'CreateUserPool',
  'UpdateUserPool',
  'DeleteUserPool',
  'SetUserPoolMfaConfig',
  'CreateResourceServer',
  'CreateIdentityProvider',
  'CreateUserPoolClient',
  'CreateUserPoolDomain',
  'DeleteUserPoolDomain',
  'CreateManagedLoginBranding',
  'SetUICustomization',
  'CreateTerms',
  'SetRiskConfiguration',
  'SetLogDeliveryConfiguration',
  'SetUserPoolSessionConfiguration',
  'SetUserPoolClientSessionConfiguration',
] as const satisfies readonly OperationName[];

/**
 * Where LimitExceededException is, or may be, a limit of the pool or user, which no waiting lifts: modelled for groups, links and
 * import jobs (SDK 3.1169), and possible wherever a call adds something. Reading, deleting and switching have nothing to run
 * out of: there it can be a rate alone.
 */
const HAS_RESOURCE_LIMIT: ReadonlySet<OperationName> = new Set<OperationName>([
  'CreateGroup',
  'UpdateGroup',
  'AdminCreateUser',
  'AdminSetUserPassword',
  'AdminUpdateUserAttributes',
  'AdminAddUserToGroup',
  'AdminLinkProviderForUser',
  'AdminSetUserMFAPreference',
  'AddCustomAttributes',
  'CreateUserImportJob',
  'StartUserImportJob',
  ...WRITES_OF_CONFIGURATION,
]);

/** Where ResourceNotFoundException may mean a group, a provider or a job instead of the pool. */
const NAMES_MORE_THAN_A_POOL: ReadonlySet<OperationName> = new Set<OperationName>([
  'AdminInitiateAuth',
  'ListUsersInGroup',
  'UpdateGroup',
  'DeleteGroup',
  'AdminAddUserToGroup',
  'AdminRemoveUserFromGroup',
  'AdminLinkProviderForUser',
  'StartUserImportJob',
  'StopUserImportJob',
  'DescribeUserImportJob',
  // What of a pool's configuration is not there, or was deleted meanwhile.
  'GetUserPoolMfaConfig',
  'DescribeUserPoolClient',
  'DescribeIdentityProvider',
  'DescribeUserPoolDomain',
  'DescribeManagedLoginBrandingByClient',
  'GetUICustomization',
  'DescribeTerms',
  'DescribeRiskConfiguration',
  'GetLogDeliveryConfiguration',
  'GetUserPoolSessionConfiguration',
  'GetUserPoolClientSessionConfiguration',
  'ListUserPoolReplicas',
  ...WRITES_OF_CONFIGURATION,
]);

function throttled({ name }: Failure, { operation }: FailedCall): Verdict | undefined {
  const isRate = name === 'LimitExceededException' && !HAS_RESOURCE_LIMIT.has(operation);
  if (!isRate && !THROTTLES.has(name)) return undefined;
  return { code: 'throttled', message: `Cognito throttled ${operation}` };
}

/** The SDK has set its own clock by the service's answer: the same call signed again goes through. */
function clockSkew({ name, clockCorrected }: Failure, { operation }: FailedCall): Verdict | undefined {
  if (!clockCorrected || !CLOCK_NAMES.has(name)) return undefined;
  return {
    code: 'unavailable',
    message: `Cognito refused the signature time of ${operation}`,
    hint: "Set this machine's clock",
  };
}

/** The same call, signed with the other credentials, may go through. */
function refreshedCredentials({ credentialsRefreshed }: Failure, { operation }: FailedCall): Verdict | undefined {
  if (!credentialsRefreshed) return undefined;
  return {
    code: 'unavailable',
    message: `The credentials of ${operation} were no longer accepted, and others are there now`,
  };
}

function noCredentials({ name }: Failure): Verdict | undefined {
  return name === 'CredentialsProviderError' ? NO_CREDENTIALS : undefined;
}

function credentials({ name, isForeign, status = 0 }: Failure, { operation }: FailedCall): Verdict | undefined {
  const isForeignRefusal = isForeign && status < 500;
  if (!isForeignRefusal && !BAD_CREDENTIALS.has(name)) return undefined;
  return {
    code: 'credentials',
    message: `AWS did not accept the credentials for ${operation} (${name})`,
    hint: "Refresh them (for example: aws sso login), check the profile and this machine's clock, then run again",
  };
}

/**
 * NotAuthorizedException is also how Cognito refuses a request for the state of one user, so only the sentence that every
 * IAM refusal holds makes it one.
 */
function notAuthorized({ name, message }: Failure, { operation }: FailedCall): Verdict | undefined {
  const isIam =
    name === 'AccessDeniedException' ||
    name === 'AccessDenied' ||
    (name === 'NotAuthorizedException' && /not authorized to perform/i.test(message));
  if (!isIam) return undefined;
  return {
    code: 'not-authorized',
    message: `Not authorised to call ${operation}`,
    hint: `Allow the IAM action cognito-idp:${operation} on the pool, or use another profile`,
  };
}

function poolNotFound({ name }: Failure, { operation, poolId }: FailedCall): Verdict | undefined {
  if (name !== 'ResourceNotFoundException' || !poolId || NAMES_MORE_THAN_A_POOL.has(operation)) return undefined;
  return {
    code: 'pool-not-found',
    message: `Cognito knows no user pool ${JSON.stringify(poolId)} in this account`,
    hint: `Check the pool id, its Region (${regionOfPool(poolId)}) and the profile`,
  };
}

function unknownHost({ code }: Failure, { poolId, hasAnswered }: FailedCall): Verdict | undefined {
  if (code !== 'ENOTFOUND' || hasAnswered) return undefined;
  const where = poolId ? ` in Region ${JSON.stringify(regionOfPool(poolId))}` : '';
  return {
    code: 'pool-not-found',
    message: `No address is known for Cognito${where}`,
    hint: 'Check the Region (the part of the pool id before the underscore), --endpoint-url, and the network',
  };
}

function untrustedCertificate({ code }: Failure): Verdict | undefined {
  const isCertificate =
    /^(CERT_|ERR_TLS_CERT|UNABLE_TO_(GET|VERIFY)|SELF_SIGNED|DEPTH_ZERO)/.test(code) ||
    code === 'ERR_SSL_WRONG_VERSION_NUMBER' ||
    code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG';
  if (!isCertificate) return undefined;
  return {
    code: 'usage',
    message: `No trusted TLS connection to Cognito's endpoint (${code})`,
    hint: 'Name the certificate authority with --ca-bundle or AWS_CA_BUNDLE, and check --endpoint-url',
  };
}

/**
 * An endpoint that lacks the operation: asking again changes nothing. Emulators answer HTTP 500 or 501 (cognito-local 5.3:
 * 500 and `Unsupported`, measured 2026-11).
 */
function unsupported({ name, status }: Failure, { operation }: FailedCall): Verdict | undefined {
  if (status !== 501 && name !== 'Unsupported' && name !== 'UnknownOperationException') return undefined;
  return {
    code: 'rejected',
    message: `The endpoint does not know ${operation} (${name})`,
    hint: 'Check --endpoint-url: emulators lack operations that Cognito has',
  };
}

function unavailable(failure: Failure, { operation }: FailedCall): Verdict | undefined {
  const { name, code, status, causeCode } = failure;
  const isOutage =
    OUTAGES.has(name) ||
    NETWORK_CODES.has(code) ||
    NETWORK_CODES.has(causeCode) ||
    (status !== undefined && status >= 500);
  if (!isOutage) return undefined;
  const reason = status !== undefined && status >= 500 ? `HTTP ${status}` : code || name;
  return {
    code: 'unavailable',
    message: `Cognito did not answer ${operation} (${reason})`,
    hint: 'Check the network and --endpoint-url, then run the same command again: it goes on',
  };
}

/** A TypeError or RangeError comes from an answer of the wrong shape, HPE_ codes from Node's HTTP parser. */
function unreadable({ name, code, status }: Failure, { operation }: FailedCall): Verdict | undefined {
  const isNoAnswer = name === 'SyntaxError' || name === 'TypeError' || name === 'RangeError' || code.startsWith('HPE_');
  if (!isNoAnswer && !(name === 'Unknown' && status !== undefined)) return undefined;
  return {
    code: 'unreadable-answer',
    message: `The answer to ${operation} is not one of Cognito's`,
    hint: 'Check --endpoint-url, and whether a proxy answers in place of Cognito',
  };
}

function missingRegion({ message }: Failure): Verdict | undefined {
  if (message !== 'Region is missing') return undefined;
  return { code: 'usage', message: 'No AWS Region is set', hint: 'Give --region or set AWS_REGION' };
}

function rejected({ name, isService }: Failure, { operation }: FailedCall): Verdict {
  if (!isService) return { code: 'internal', message: `${operation} failed for an unknown reason (${name})` };
  return { code: 'rejected', message: `Cognito rejected ${operation} (${name})` };
}
