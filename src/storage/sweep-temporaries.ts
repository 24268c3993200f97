import { dirname, join } from 'node:path';
import { type FileTools, MISSING, unless } from './file-operations.ts';
import { isAbandoned, TEMPORARY_PREFIX } from './temporary-name.ts';

/**
 * Removes the temporary files that killed processes have left in a folder and in those beside it: they hold what was being
 * written, users' records too, and a run that never began leaves a folder that nobody writes to again.
 */
export async function sweepTemporaries(root: string, folder: string, tools: FileTools): Promise<void> {
  const above = dirname(folder);
  // Beside a folder right below the root stands the whole vault.
  if (folder === root || above === root) return sweep(folder, tools);
  for (const entry of (await unless(MISSING, tools.files.readdir(above, { withFileTypes: true }))) ?? []) {
    if (entry.isDirectory()) await sweep(join(above, entry.name), tools);
  }
}

async function sweep(folder: string, { files, runtime }: FileTools): Promise<void> {
  for (const name of (await unless(MISSING, files.readdir(folder))) ?? []) {
    if (!name.startsWith(TEMPORARY_PREFIX)) continue;
    const path = join(folder, name);
    const stats = await unless(MISSING, files.stat(path));
    if (stats && (await isAbandoned(name, runtime.now().getTime() - stats.mtimeMs))) {
      await unless(MISSING, files.unlink(path));
    }
  }
}
