import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** Unpacked bytes of all parts that the manifests below a folder name. */
export async function plainBytesBelow(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true });
  const manifests = entries.filter((entry) => basename(entry) === 'manifest.json');
  const sizes = await Promise.all(
    manifests.map(async (path) => {
      const { parts } = JSON.parse(await readFile(join(folder, path), 'utf8')) as Manifest;
      return parts.reduce((sum, { plainBytes }) => sum + plainBytes, 0);
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

interface Manifest {
  readonly parts: readonly { readonly plainBytes: number }[];
}
