import { BackupError, isBackupError } from '../model/errors.ts';

/** Throws `interrupted` once the signal has aborted; a `BackupError` given as abort reason passes through unchanged. */
export function throwIfInterrupted(signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return;
  if (isBackupError(signal.reason)) throw signal.reason;
  throw new BackupError('interrupted', 'Interrupted', {
    hint: 'Nothing is lost: run the same command again, and it does what is left',
    cause: signal.reason,
  });
}
