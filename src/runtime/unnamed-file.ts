import { open, rm, stat } from 'node:fs/promises';

/** A temporary file of users' data. */
export interface UnnamedFile {
  /** Can be read there until it is removed, as often as it takes. */
  readonly path: string;
  write(text: string): Promise<void>;
  /** May be called again. */
  remove(): Promise<void>;
}

/**
 * Makes the file (0600). Where the system shows open files as files it loses its name while it is still empty, so that not
 * even a kill leaves users' data behind; elsewhere it stands at `path` until it is removed.
 */
export async function createUnnamedFile(path: string): Promise<UnnamedFile> {
  const handle = await open(path, 'wx', 0o600);
  const throughProc = `/proc/self/fd/${handle.fd}`;
  const isShown = (await stat(throughProc).catch(() => undefined))?.isFile() ?? false;
  if (isShown) await rm(path);
  return {
    path: isShown ? throughProc : path,
    write: (text) => handle.writeFile(text),
    remove: async () => {
      await handle.close();
      if (!isShown) await rm(path, { force: true });
    },
  };
}
