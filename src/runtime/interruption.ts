import { BackupError, isBackupError } from '../model/errors.ts';

/** Throws `interrupted` once the signal has aborted; a `BackupError` given as abort reason passes through unchanged. */
export function throwIfInterrupted(signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return;
  if (isBackupError(signal.reason)) throw signal.reason;
  throw new BackupError('interrupted', 'Interrupted', {
    hint: 'What was achieved is kept: run the same command again and it goes on',
    cause: signal.reason,
  });
}
