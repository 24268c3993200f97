import { constants } from 'node:fs';
import { access, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BackupError } from '../model/errors.ts';
import type { EvidenceFile } from '../operations/drill/evidence-files.ts';

/** Before hours of work: throws `file-not-found`, `not-authorized` where the evidence could not be written afterwards. */
export async function checkEvidenceFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (!found?.isDirectory()) {
    throw new BackupError('file-not-found', `There is no folder ${JSON.stringify(folder)} for the evidence`, {
      hint: 'Make it first, or name another one with --out',
    });
  }
  try {
    await access(folder, constants.W_OK);
  } catch (cause) {
    throw new BackupError('not-authorized', `Cannot write the evidence into ${JSON.stringify(folder)}`, {
      hint: 'Name a folder in which this user may write with --out',
      cause,
    });
  }
}

/** Writes the files, none over another. Answers their paths. */
export async function writeEvidence(folder: string, files: readonly EvidenceFile[]): Promise<readonly string[]> {
  const paths: string[] = [];
  for (const { name, bytes } of files) {
    const path = join(folder, name);
    try {
      await writeFile(path, bytes, { flag: 'wx' });
    } catch (cause) {
      const { code = 'unknown error' } = cause as NodeJS.ErrnoException;
      throw new BackupError('storage-failed', `Cannot write the evidence ${JSON.stringify(path)} (${code})`, { cause });
    }
    paths.push(path);
  }
  return paths;
}
