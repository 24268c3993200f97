import type { Dirent } from 'node:fs';
import { dirname, join } from 'node:path';
import { type FileOperations, type FileTools, MISSING, systemCode, unless } from './file-operations.ts';
import { isSegment } from './key-grammar.ts';
import { LOCK_PREFIX } from './key-lock.ts';
import { isAbandoned, TEMPORARY_PREFIX } from './temporary-name.ts';

/** The keys of all objects below a prefix, in key order. */
export async function* walkKeys(root: string, prefix: string, files: FileOperations): AsyncGenerator<string> {
  for (const entry of await entriesOf(join(root, prefix), files)) {
    if (entry.isDirectory()) yield* walkKeys(root, `${prefix}${entry.name}/`, files);
    else yield prefix + entry.name;
  }
}

/**
 * The folders right below a prefix that hold an object: an empty folder is none, as on S3. One that may not be looked into
 * counts: it must neither hide the others nor be taken for one that is gone.
 */
export async function* walkFolders(root: string, prefix: string, files: FileOperations): AsyncGenerator<string> {
  for (const entry of await entriesOf(join(root, prefix), files)) {
    if (entry.isDirectory() && (await hasObjects(root, `${prefix}${entry.name}/`, files))) yield entry.name;
  }
}

/**
 * Removes a folder and those above it as long as they are empty, short of the root. Temporary files that a killed process
 * left there go with them, so that deleting a snapshot leaves none of its records behind.
 */
export async function removeEmptyFolders(root: string, folder: string, tools: FileTools): Promise<void> {
  for (let path = folder; path !== root && path.startsWith(root); path = dirname(path)) {
    await removeAbandoned(path, tools);
    try {
      await tools.files.rmdir(path);
    } catch (error) {
      // Not empty, in use, a mount point: the folder stays, and its objects are gone all the same.
      if (systemCode(error) === undefined) throw error;
      return;
    }
  }
}

async function hasObjects(root: string, prefix: string, files: FileOperations): Promise<boolean> {
  try {
    for await (const _ of walkKeys(root, prefix, files)) return true;
    return false;
  } catch (error) {
    if (UNREADABLE.includes(systemCode(error) ?? '')) return true;
    throw error;
  }
}

const UNREADABLE = ['EACCES', 'EPERM'];

/** Folders sort as if their name ended in `/`: so a walk meets whole keys in byte order. */
async function entriesOf(path: string, files: FileOperations): Promise<Dirent[]> {
  const entries = (await unless(MISSING, files.readdir(path, { withFileTypes: true }))) ?? [];
  const sortName = (entry: Dirent): string => (entry.isDirectory() ? `${entry.name}/` : entry.name);
  return entries
    .filter((entry) => isSegment(entry.name) && (entry.isFile() || entry.isDirectory()))
    .toSorted((a, b) => (sortName(a) < sortName(b) ? -1 : 1));
}

async function removeAbandoned(path: string, { files, runtime }: FileTools): Promise<void> {
  const names = (await unless(MISSING, files.readdir(path))) ?? [];
  if (!names.every((name) => name.startsWith(TEMPORARY_PREFIX) || name.startsWith(LOCK_PREFIX))) return;
  for (const name of names) {
    const stats = await unless(MISSING, files.stat(join(path, name)));
    if (stats && !(await isAbandoned(name, runtime.now().getTime() - stats.mtimeMs))) return;
    await unless(MISSING, files.unlink(join(path, name)));
  }
}
