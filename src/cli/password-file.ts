import { open, unlink, type FileHandle } from 'node:fs/promises';
import type { TemporaryPassword } from '../apply/apply-context.ts';
import { BackupError } from '../model/errors.ts';

/** Where temporary passwords go: one JSON object a line, on the disk before the password is used. */
export interface PasswordFile {
  readonly keep: (password: TemporaryPassword) => Promise<void>;
  /** Removes the file again if nothing was written. */
  readonly close: () => Promise<void>;
}

/** Creates the file with mode 0600; one that exists is never touched. Throws `usage`, `file-not-found`, `not-authorized`. */
export async function createPasswordFile(path: string): Promise<PasswordFile> {
  const file = await create(path);
  let writing = Promise.resolve();
  let written = 0;
  return {
    keep: async (password) => {
      writing = writing.then(() => append(file, password));
      await writing;
      written += 1;
    },
    close: async () => {
      await writing.catch(() => undefined);
      await file.close();
      if (written === 0) await unlink(path).catch(() => undefined);
    },
  };
}

async function create(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'ax', 0o600);
  } catch (error) {
    throw cannotCreate(path, error);
  }
}

function cannotCreate(path: string, cause: unknown): BackupError {
  const code = (cause as NodeJS.ErrnoException).code ?? '';
  const file = `the password file ${JSON.stringify(path)}`;
  switch (code) {
    case 'EEXIST':
      return new BackupError('usage', `Cannot create ${file}: it exists already`, {
        hint: 'Name a new file: the one there may hold the passwords of an earlier run',
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

async function append(file: FileHandle, password: TemporaryPassword): Promise<void> {
  try {
    await file.appendFile(`${JSON.stringify(password)}\n`);
    await file.datasync();
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? '';
    throw new BackupError(
      code === 'ENOSPC' ? 'disk-full' : 'storage-failed',
      `Cannot write the password file (${code})`,
      {
        hint: 'Free some space, then run again with another --password-file: whoever has a password keeps it',
        cause,
      },
    );
  }
}
