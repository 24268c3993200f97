import { unlink, type FileHandle } from 'node:fs/promises';
import type { TemporaryPassword } from '../apply/apply-context.ts';
import { BackupError } from '../model/errors.ts';
import { createPrivateFile } from './private-file.ts';

/** Where temporary passwords go: one JSON object a line, on the disk before the password is used. */
export interface PasswordFile {
  readonly keep: (password: TemporaryPassword) => Promise<void>;
  /** Removes the file again if nothing was written. */
  readonly close: () => Promise<void>;
}

/** Creates the file with mode 0600; one that exists is never touched. Throws `usage`, `file-not-found`, `not-authorized`. */
export async function createPasswordFile(path: string): Promise<PasswordFile> {
  const file = await createPrivateFile(path, 'password file');
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
