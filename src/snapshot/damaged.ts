import { BackupError } from '../model/errors.ts';

/** A file of the vault that cannot be trusted. `why` holds no content of the file. */
export function damaged(key: string, why: string, cause?: unknown): BackupError {
  return new BackupError('damaged', `${key} is damaged: ${why}`, {
    hint: 'Use another snapshot, or bring this file back from a copy of the vault',
    cause,
  });
}
