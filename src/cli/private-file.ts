import { open, type FileHandle } from 'node:fs/promises';
import { BackupError } from '../model/errors.ts';

/**
 * Creates a file with mode 0600 that nobody has made before. Throws `usage`, `file-not-found`, `not-authorized`,
 * `storage-failed`, calling it `what`.
 */
export async function createPrivateFile(path: string, what: string): Promise<FileHandle> {
  try {
    return await open(path, 'ax', 0o600);
  } catch (error) {
    throw cannotCreate(path, what, error);
  }
}

function cannotCreate(path: string, what: string, cause: unknown): BackupError {
  const code = (cause as NodeJS.ErrnoException).code ?? '';
  const file = `the ${what} ${JSON.stringify(path)}`;
  switch (code) {
    case 'EEXIST':
      return new BackupError('usage', `Cannot create ${file}: it exists already`, {
        hint: 'Name a new file: what the one there holds may still be needed',
        cause,
      });
    case 'ENOENT':
      return new BackupError('file-not-found', `Cannot create ${file}: its folder does not exist`, {
        hint: 'Check the path, or make the folder first',
        cause,
      });
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new BackupError('not-authorized', `Cannot create ${file}: no permission (${code})`, {
        hint: 'Name a place where this user may write',
        cause,
      });
    default:
      return new BackupError('storage-failed', `Cannot create ${file} (${code})`, {
        hint: 'Name another place, on a disk of this machine',
        cause,
      });
  }
}
