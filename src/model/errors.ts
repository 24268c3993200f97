/**
 * Every way a run can stop. The CLI maps each code to an exit code (`cli/exit-codes.ts`); callers match codes, never text.
 *
 * - `usage`, `bad-input`, `refused`, `schema-gap`, `snapshot-ambiguous`: the call has to change; nothing was written.
 * - `…-not-found`: the thing named does not exist.
 * - `rejected`: Cognito refused one request for a reason of its own; `awsName` has Cognito's exception name.
 * - `throttled`, `unavailable`: patience ran out; running again goes on.
 */
export type ErrorCode =
  | 'usage'
  | 'bad-input'
  | 'refused'
  | 'schema-gap'
  | 'pool-not-found'
  | 'vault-not-found'
  | 'snapshot-not-found'
  | 'snapshot-ambiguous'
  | 'user-not-found'
  | 'file-not-found'
  | 'vault-not-writable'
  | 'vault-too-new'
  | 'storage-failed'
  | 'disk-full'
  | 'damaged'
  | 'not-authorized'
  | 'credentials'
  | 'locked'
  | 'throttled'
  | 'unavailable'
  | 'unreadable-answer'
  | 'rejected'
  | 'listing-broken'
  | 'token-expired'
  | 'import-failed'
  | 'interrupted'
  | 'internal';

export interface BackupErrorOptions {
  /** What to do next, on a line of its own. */
  readonly hint?: string;
  readonly cause?: unknown;
  /** Cognito's or S3's exception name, where the service gave one. */
  readonly awsName?: string;
}

/** The one error class of the library. The message holds no personal data. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly awsName: string | undefined;

  constructor(code: ErrorCode, message: string, options: BackupErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.awsName = options.awsName;
  }
}

export function isBackupError(error: unknown, ...codes: readonly ErrorCode[]): error is BackupError {
  return error instanceof BackupError && (codes.length === 0 || codes.includes(error.code));
}
