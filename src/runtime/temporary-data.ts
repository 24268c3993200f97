import { BackupError } from '../model/errors.ts';

const FULL = ['ENOSPC', 'EDQUOT', 'EFBIG'];

/** Names a failed write outside the vault by its folder: `disk-full`, or `storage-failed` where room is not what it lacks. */
export function cannotWriteTemporary(error: unknown, folder: string): BackupError {
  const system = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  const reason = system === undefined ? '' : `: ${system}`;
  const isFull = system === undefined || FULL.includes(system);
  return new BackupError(
    isFull ? 'disk-full' : 'storage-failed',
    `Cannot write temporary data below ${JSON.stringify(folder)}${reason}`,
    {
      hint: isFull
        ? 'Free some space there, or set TMPDIR to a folder with about 1 kB for each user of both pools; then run the same command again'
        : 'Set TMPDIR to a folder that this user can write to, then run the same command again',
      cause: error,
    },
  );
}
