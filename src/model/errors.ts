/**
 * Every way a run can stop. The CLI maps each code to an exit code (`cli/exit-codes.ts`); callers match codes, never text.
 *
 * - `usage`, `bad-input`, `refused`, `schema-gap`, `snapshot-ambiguous`: the call has to change; nothing was written.
 * - `…-not-found`: the thing named does not exist.
 * - `key-missing`, `key-wrong`, `kms-refused`: encrypted, and nothing at hand opens it; the bytes may be sound.
 * - `not-trusted`: a signature is asked for and is not there, or a snapshot that was seen is gone or is another.
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
  | 'group-not-found'
  | 'file-not-found'
  | 'vault-not-writable'
  | 'vault-too-new'
  | 'storage-failed'
  | 'disk-full'
  | 'damaged'
  | 'not-trusted'
  | 'key-missing'
  | 'key-wrong'
  | 'kms-refused'
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
  /** An earlier attempt of the same call got no answer: it may have taken effect, and this be the refusal to do it twice. */
  readonly repeated?: boolean;
}

/** The one error class of the library. The message holds no personal data. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly awsName: string | undefined;
  readonly repeated: boolean;

  constructor(code: ErrorCode, message: string, options: BackupErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.awsName = options.awsName;
    this.repeated = options.repeated ?? false;
  }
}

export function isBackupError(error: unknown, ...codes: readonly ErrorCode[]): error is BackupError {
  return error instanceof BackupError && (codes.length === 0 || codes.includes(error.code));
}
