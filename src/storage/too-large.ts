import { BackupError } from '../model/errors.ts';

/** An object that is larger than whoever reads it can make sense of; `sizeBytes` is absent where reading stopped early. */
export function tooLarge(key: string, maxBytes: number, sizeBytes?: number): BackupError {
  const size =
    sizeBytes === undefined ? `more than ${maxBytes} bytes` : `${sizeBytes} bytes instead of at most ${maxBytes}`;
  return new BackupError('damaged', `${key} is damaged: it has ${size}`, {
    hint: 'Use another snapshot, or bring this file back from a copy of the vault',
  });
}
