import { HASH_ALGORITHMS, type HashAlgorithm } from '../password-hash.ts';
import { invalidParameter, type ServiceError } from '../service-error.ts';

/** A request as it came off the wire. */
export type JsonRequest = Readonly<Record<string, unknown>>;

export interface CreateRequest {
  readonly name: string;
  readonly roleArn: string;
  readonly hashAlgorithm: HashAlgorithm | undefined;
}

/** Source: Cognito API reference, CreateUserImportJob, 2026-11. */
const JOB_NAME = /^[\w\s+=,.@-]{1,128}$/;
const JOB_ID = /^import-[0-9a-zA-Z-]{1,48}$/;
/** The API's pattern takes any ARN; that only an IAM role works follows from the parameter's meaning [D]. */
const ROLE_ARN = /^arn:aws[\w-]*:iam::\d{12}:role\/[\w+=/,.@-]+$/;
const MOST_RESULTS = 60;

export function parseCreate(request: JsonRequest): CreateRequest {
  const name = text(request, 'JobName');
  if (!JOB_NAME.test(name))
    throw constraint('jobName', 'Member must satisfy regular expression pattern: [\\w\\s+=,.@-]+');
  const roleArn = text(request, 'CloudWatchLogsRoleArn');
  if (roleArn.length < 20 || roleArn.length > 2048 || !ROLE_ARN.test(roleArn)) {
    throw invalidParameter('CloudWatchLogsRoleArn is not the ARN of an IAM role');
  }
  const algorithm = request['PasswordHashingAlgorithm'];
  const hashAlgorithm = HASH_ALGORITHMS.find((known) => known === algorithm);
  if (algorithm !== undefined && algorithm !== null && hashAlgorithm === undefined) {
    throw constraint('passwordHashingAlgorithm', `Member must satisfy enum value set: [${HASH_ALGORITHMS.join(', ')}]`);
  }
  return { name, roleArn, hashAlgorithm };
}

export function parseJobId(request: JsonRequest): string {
  const jobId = text(request, 'JobId');
  if (!JOB_ID.test(jobId))
    throw constraint('jobId', 'Member must satisfy regular expression pattern: import-[0-9a-zA-Z-]+');
  return jobId;
}

/** MaxResults is required, 1 to 60; the token is the one that the last page gave. */
export function parseList(request: JsonRequest): { readonly maxResults: number; readonly token: string | undefined } {
  const maxResults = request['MaxResults'];
  if (maxResults === undefined || maxResults === null) throw constraint('maxResults', 'Member must not be null');
  if (typeof maxResults !== 'number' || !Number.isInteger(maxResults) || maxResults < 1 || maxResults > MOST_RESULTS) {
    throw constraint('maxResults', 'Member must have value between 1 and 60');
  }
  const token = request['PaginationToken'];
  if (token === undefined || token === null) return { maxResults, token: undefined };
  if (typeof token !== 'string' || token === '') throw invalidParameter('Invalid pagination token given.');
  return { maxResults, token };
}

function text(request: JsonRequest, member: string): string {
  const value = request[member];
  if (typeof value === 'string') return value;
  throw constraint(member.charAt(0).toLowerCase() + member.slice(1), 'Member must not be null');
}

/** Constraint failures without the offending value, which Cognito repeats. */
function constraint(member: string, rule: string): ServiceError {
  return invalidParameter(`1 validation error detected: Value at '${member}' failed to satisfy constraint: ${rule}`);
}
