import type { ErrorCode } from '../model/errors.ts';

/** Documented in docs/CLI.md; whoever meets a number that is not here should take it for a failure. */
export const EXIT = {
  /** All done; losses that the plan predicted are part of it. */
  done: 0,
  failed: 1,
  /** The call has to change; nothing was changed. */
  usage: 2,
  /** Done in part, or the snapshot is suspect. */
  partial: 3,
  notAuthorized: 4,
  damaged: 5,
  /** Differences were found, and `--exit-code` asked to say so. */
  different: 6,
  notFound: 7,
  locked: 8,
  /** Throttled, unavailable or out of time: run the same command again and it goes on. EX_TEMPFAIL of sysexits.h. */
  tryAgain: 75,
} as const;

/** Total: a new error code does not compile without its exit code. */
export const EXIT_CODES: { readonly [Code in ErrorCode]: number } = {
  usage: EXIT.usage,
  'bad-input': EXIT.usage,
  refused: EXIT.usage,
  'schema-gap': EXIT.usage,
  'snapshot-ambiguous': EXIT.usage,
  'vault-too-new': EXIT.usage,
  'pool-not-found': EXIT.notFound,
  'vault-not-found': EXIT.notFound,
  'snapshot-not-found': EXIT.notFound,
  'user-not-found': EXIT.notFound,
  'group-not-found': EXIT.notFound,
  'file-not-found': EXIT.notFound,
  'not-authorized': EXIT.notAuthorized,
  credentials: EXIT.notAuthorized,
  'vault-not-writable': EXIT.notAuthorized,
  damaged: EXIT.damaged,
  'not-trusted': EXIT.damaged,
  'key-missing': EXIT.damaged,
  'key-wrong': EXIT.damaged,
  'kms-refused': EXIT.damaged,
  locked: EXIT.locked,
  throttled: EXIT.tryAgain,
  unavailable: EXIT.tryAgain,
  interrupted: EXIT.tryAgain,
  'token-expired': EXIT.tryAgain,
  'storage-failed': EXIT.failed,
  'disk-full': EXIT.failed,
  'unreadable-answer': EXIT.failed,
  rejected: EXIT.failed,
  'listing-broken': EXIT.failed,
  'import-failed': EXIT.failed,
  internal: EXIT.failed,
};

export function exitCodeOf(code: ErrorCode): number {
  return EXIT_CODES[code];
}

/** What shells report for a process that a signal ended. */
export function exitCodeOfSignal(signal: 'SIGINT' | 'SIGTERM'): number {
  return signal === 'SIGINT' ? 130 : 143;
}
