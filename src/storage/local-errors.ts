import { BackupError, type ErrorCode } from '../model/errors.ts';
import { systemCode } from './file-operations.ts';

const FULL = ['ENOSPC', 'EDQUOT', 'EFBIG'];
const REFUSED = ['EACCES', 'EPERM', 'EROFS'];

/**
 * Names a system error by what was being done in which vault.
 * `disk-full`, `vault-not-writable` (writes), `not-authorized` (reads), else `storage-failed`; a `BackupError` passes.
 */
export function localError(error: unknown, doing: 'read' | 'write', subject: string): BackupError {
  if (error instanceof BackupError) return error;
  const system = systemCode(error);
  const { code, hint } = judge(system ?? '', doing);
  const reason = system === undefined ? '' : `: ${system}`;
  return new BackupError(code, `Cannot ${doing} ${subject}${reason}`, { hint, cause: error });
}

export function folderNotFound(folder: string): BackupError {
  return new BackupError('vault-not-found', `No such folder: ${JSON.stringify(folder)}`, {
    hint: 'Check the path, and that the disk it stands on is mounted; a backup makes the folder where it is missing',
  });
}

export function notAFolder(folder: string): BackupError {
  return new BackupError('vault-not-found', `Not a folder: ${JSON.stringify(folder)}`, { hint: FILE_IN_THE_WAY });
}

const FILE_IN_THE_WAY = 'A file stands where a folder should be: name another place';

function judge(system: string, doing: 'read' | 'write'): { readonly code: ErrorCode; readonly hint: string } {
  if (FULL.includes(system)) {
    return { code: 'disk-full', hint: 'Free some space or quota there, then run the same command again' };
  }
  if (REFUSED.includes(system)) {
    return doing === 'write'
      ? { code: 'vault-not-writable', hint: 'Give this user write access to the folder, or choose another one' }
      : { code: 'not-authorized', hint: 'Give this user read access to the folder, or run as the user who owns it' };
  }
  if (system === 'ENOTDIR') return { code: 'storage-failed', hint: FILE_IN_THE_WAY };
  return { code: 'storage-failed', hint: 'Check the disk and its file system, then run the same command again' };
}
