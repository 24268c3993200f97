import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { throwIfInterrupted } from '../runtime/interruption.ts';
import { type FileOperations, type FileTools, MISSING, systemCode, unless } from './file-operations.ts';
import { localError } from './local-errors.ts';
import type { Body } from './storage.ts';
import { temporaryName } from './temporary-name.ts';

const COPY_CHUNK_BYTES = 1 << 20;

/** More than one, because another process may be removing the folder that it has just emptied. */
const MOST_ATTEMPTS = 5;

/** What link answers where a file system has no links, or none for us. */
const LINKS_REFUSED = ['EACCES', 'EINVAL', 'EMLINK', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EPERM', 'EXDEV'];

/** A complete, fsynced file (0600) under a name that nobody looks for. */
export interface TemporaryFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  moveTo(path: string): Promise<void>;
  /** Removes it, unless it was moved. */
  discard(): Promise<void>;
}

interface WriteOptions extends FileTools {
  /** The folder of the vault, which is never made here. */
  readonly vaultRoot: string;
}

/** Writes a body beside its future place, so that a rename or link is all that is left to do. Cleans up on failure. */
export async function writeTemporary(folder: string, body: Body, options: WriteOptions): Promise<TemporaryFile> {
  const { files } = options;
  const { path, handle } = await createTemporary(folder, options);
  try {
    // The mode given to open is cut by the umask.
    await handle.chmod(0o600);
    const written = await writeBody(handle, body, options);
    await handle.sync();
    await handle.close();
    return temporaryFile(path, written, files);
  } catch (error) {
    await handle.close().catch(() => undefined);
    await files.unlink(path).catch(() => undefined);
    throw error;
  }
}

/** Gives a file a second name if that name is free. `refused`: links do not work here. */
export async function linkExclusively(
  path: string,
  newPath: string,
  files: FileOperations,
): Promise<'done' | 'taken' | 'refused'> {
  try {
    await files.link(path, newPath);
    return 'done';
  } catch (error) {
    const code = systemCode(error) ?? '';
    if (LINKS_REFUSED.includes(code)) return 'refused';
    if (code !== 'EEXIST') throw error;
  }
  // NFS may lose the answer of a link that was made, ask again, and find the name taken: by us.
  const [ours, there] = await Promise.all([path, newPath].map((name) => unless(MISSING, files.stat(name))));
  return ours?.nlink === 2 && ours.ino === there?.ino ? 'done' : 'taken';
}

/** Makes a folder (0700 whatever the umask) and those above it, but never `vaultRoot`: a lost mount is no new vault. */
export async function ensureFolder(path: string, files: FileOperations, vaultRoot?: string): Promise<void> {
  try {
    await files.mkdir(path, 0o700);
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return;
    const parent = dirname(path);
    if (systemCode(error) !== 'ENOENT' || parent === path || parent === vaultRoot) throw error;
    await ensureFolder(parent, files, vaultRoot);
    await unless(['EEXIST'], files.mkdir(path, 0o700));
  }
  await files.chmod(path, 0o700);
  await syncFolder(dirname(path), files);
}

/** Makes new names in a folder durable, where the system can: Windows and some network file systems have no such call. */
export async function syncFolder(path: string, files: FileOperations): Promise<void> {
  const unsupported = ['EACCES', 'EINVAL', 'EISDIR', 'ENOTSUP', 'EOPNOTSUPP', 'EPERM'];
  const handle = await unless(unsupported, files.open(path, 'r'));
  if (!handle) return;
  try {
    await unless(unsupported, handle.sync());
  } finally {
    await handle.close();
  }
}

function temporaryFile(path: string, written: Written, files: FileOperations): TemporaryFile {
  let moved = false;
  return {
    path,
    ...written,
    moveTo: async (target) => {
      await files.rename(path, target);
      moved = true;
    },
    discard: async () => {
      if (!moved) await unless(MISSING, files.unlink(path));
    },
  };
}

async function createTemporary(
  folder: string,
  { files, runtime, vaultRoot, signal }: WriteOptions,
): Promise<{ readonly path: string; readonly handle: FileHandle }> {
  for (let attempt = 1; ; attempt += 1) {
    throwIfInterrupted(signal);
    const path = join(folder, await temporaryName(runtime));
    try {
      return { path, handle: await files.open(path, 'wx', 0o600) };
    } catch (error) {
      const code = systemCode(error);
      if (attempt === MOST_ATTEMPTS || !(code === 'EEXIST' || (code === 'ENOENT' && folder !== vaultRoot))) throw error;
      if (code === 'ENOENT') await unless(['ENOENT'], ensureFolder(folder, files, vaultRoot));
    }
  }
}

interface Written {
  readonly sizeBytes: number;
  readonly sha256: string;
}

async function writeBody(handle: FileHandle, body: Body, options: WriteOptions): Promise<Written> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for await (const chunk of chunksOf(body, options.files)) {
    throwIfInterrupted(options.signal);
    hash.update(chunk);
    await writeAll(handle, chunk);
    sizeBytes += chunk.length;
  }
  return { sizeBytes, sha256: hash.digest('hex') };
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += (await handle.write(bytes, at, bytes.length - at)).bytesWritten;
}

async function* chunksOf(body: Body, files: FileOperations): AsyncGenerator<Uint8Array> {
  if (body instanceof Uint8Array) {
    yield body;
    return;
  }
  const unreadable = (error: unknown): never => {
    throw localError(error, 'read', `the file to be stored ${JSON.stringify(body.path)}`);
  };
  const source = await files.open(body.path, 'r').catch(unreadable);
  try {
    const buffer = Buffer.allocUnsafe(COPY_CHUNK_BYTES);
    for (;;) {
      const { bytesRead } = await source.read(buffer, 0, buffer.length, null).catch(unreadable);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await source.close();
  }
}
