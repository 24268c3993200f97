import { dirname, join } from 'node:path';
import { type FileTools, MISSING, unless } from './file-operations.ts';
import { isAbandoned, TEMPORARY_PREFIX } from './temporary-name.ts';

/**
 * Removes the temporary files that killed processes have left around a folder: they hold what was being written, users'
 * records too. Around means below the folder above it, so that a run finds what was left by one that never began; directly
 * below the root only there.
 */
export async function sweepTemporaries(root: string, folder: string, { files, runtime }: FileTools): Promise<void> {
  const above = dirname(folder);
  const isTop = folder === root || above === root;
  const area = isTop ? folder : above;
  const entries = (await unless(MISSING, files.readdir(area, { withFileTypes: true, recursive: !isTop }))) ?? [];
  for (const entry of entries) {
    if (!entry.isFile() || !entry.name.startsWith(TEMPORARY_PREFIX)) continue;
    const path = join(entry.parentPath, entry.name);
    const stats = await unless(MISSING, files.stat(path));
    if (stats && (await isAbandoned(entry.name, runtime.now().getTime() - stats.mtimeMs))) {
      await unless(MISSING, files.unlink(path));
    }
  }
}
