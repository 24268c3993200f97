import { dirname, join, resolve } from 'node:path';
import { BackupError } from '../model/errors.ts';
import { throwIfInterrupted } from '../runtime/interruption.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { ensureFolder, linkExclusively, syncFolder, type TemporaryFile, writeTemporary } from './durable-file.ts';
import { type FileOperations, type FileTools, MISSING, realFiles, systemCode, unless } from './file-operations.ts';
import { contentOf, type FileVersion, versionOf, versionWritten } from './file-version.ts';
import { removeEmptyFolders, walkFolders, walkKeys } from './folder-tree.ts';
import { checkKey, checkPrefix } from './key-grammar.ts';
import { withKeyLock } from './key-lock.ts';
import { folderNotFound, localError, notAFolder } from './local-errors.ts';
import type { Body, CallOptions, GetOptions, Storage, StoredBytes, StoredObject } from './storage.ts';
import { sweepTemporaries } from './sweep-temporaries.ts';
import { tooLarge } from './too-large.ts';

export interface LocalFolderOptions {
  readonly runtime: Runtime;
  /** Makes the folder where it is missing. */
  readonly create?: boolean;
  /** The file system; for tests. */
  readonly files?: FileOperations;
}

/**
 * Opens a folder on this machine as a storage: files 0600, folders 0700, every write durable and all or nothing.
 * Symbolic links below the folder are replaced by writes and left out of listings. Throws `vault-not-found`.
 */
export async function openLocalFolder(folder: string, options: LocalFolderOptions): Promise<Storage> {
  const files = options.files ?? realFiles;
  const root = resolve(folder);
  try {
    if (options.create) await ensureFolder(root, files);
  } catch (error) {
    throw localError(error, 'write', `the folder ${JSON.stringify(folder)}`);
  }
  const storage = new LocalFolder(folder, root, options.runtime, files);
  await storage.checkRoot();
  return storage;
}

const STREAM_CHUNK_BYTES = 256 * 1024;

class LocalFolder implements Storage {
  readonly location: string;
  readonly #root: string;
  readonly #runtime: Runtime;
  readonly #files: FileOperations;
  readonly #swept = new Set<string>();

  constructor(location: string, root: string, runtime: Runtime, files: FileOperations) {
    this.location = location;
    this.#root = root;
    this.#runtime = runtime;
    this.#files = files;
  }

  async checkRoot(): Promise<void> {
    const stats = await this.#attempt('read', '', () => unless(MISSING, this.#files.stat(this.#root)));
    if (!stats) throw folderNotFound(this.location);
    if (!stats.isDirectory()) throw notAFolder(this.location);
  }

  async put(key: string, body: Body, options: CallOptions = {}): Promise<StoredObject> {
    const version = await this.#write(key, body, options, (temporary, path) =>
      this.#lock(path, options, () => this.#rename(temporary, path)),
    );
    return { key, ...version };
  }

  async putIfAbsent(key: string, body: Body, options: CallOptions = {}): Promise<StoredObject | undefined> {
    const version = await this.#write(key, body, options, async (temporary, path) => {
      const linked = await linkExclusively(temporary.path, path, this.#files);
      if (linked === 'taken') return undefined;
      if (linked === 'done') return versionWritten(temporary, path, this.#files);
      return this.#lock(path, options, async () =>
        (await unless(MISSING, this.#files.stat(path))) ? undefined : this.#rename(temporary, path),
      );
    });
    return version && { key, ...version };
  }

  async putIfMatch(
    key: string,
    body: Body,
    etag: string,
    options: CallOptions = {},
  ): Promise<StoredObject | undefined> {
    const version = await this.#write(key, body, options, (temporary, path) =>
      this.#lock(path, options, async () => {
        const current = await versionOf(path, this.#files);
        return current?.etag === etag ? this.#rename(temporary, path) : undefined;
      }),
    );
    return version && { key, ...version };
  }

  async get(key: string, options: GetOptions = {}): Promise<StoredBytes | undefined> {
    const { maxBytes = Infinity } = options;
    const checkSize = (sizeBytes: number): void => {
      if (sizeBytes > maxBytes) throw tooLarge(key, maxBytes, sizeBytes);
    };
    const content = await this.#read(key, options, (path) => contentOf(path, this.#files, checkSize));
    return content && { key, ...content };
  }

  async head(key: string, options: CallOptions = {}): Promise<StoredObject | undefined> {
    const version = await this.#read(key, options, (path) => versionOf(path, this.#files));
    return version && { key, ...version };
  }

  async stream(key: string, options: CallOptions = {}): Promise<AsyncIterable<Uint8Array> | undefined> {
    const stats = await this.#read(key, options, (path) => unless(MISSING, this.#files.stat(path)));
    return stats?.isFile() ? this.#chunks(key, options.signal) : undefined;
  }

  async *list(prefix: string, options: CallOptions = {}): AsyncGenerator<StoredObject> {
    for await (const key of this.#walk(walkKeys, prefix, options)) {
      const version = await this.#read(key, options, (path) => versionOf(path, this.#files));
      if (version) yield { key, ...version };
    }
  }

  folders(prefix: string, options: CallOptions = {}): AsyncGenerator<string> {
    return this.#walk(walkFolders, prefix, options);
  }

  async delete(key: string, options: CallOptions = {}): Promise<void> {
    checkKey(key);
    throwIfInterrupted(options.signal);
    const path = join(this.#root, key);
    await this.#attempt('write', key, async () => {
      const stats = await unless(MISSING, this.#files.stat(path));
      if (!stats) return this.checkRoot();
      if (stats.isDirectory()) return;
      // Another process may have deleted it meanwhile, and the folder with it, which a lock would stand in.
      await unless(
        MISSING,
        this.#lock(path, options, () => this.#files.unlink(path)),
      );
      await removeEmptyFolders(this.#root, dirname(path), this.#tools(undefined));
    });
  }

  /** Writes a temporary file, has it put in place, and makes the place durable. */
  async #write<T>(
    key: string,
    body: Body,
    { signal }: CallOptions,
    place: (temporary: TemporaryFile, path: string) => Promise<T>,
  ): Promise<T> {
    checkKey(key);
    throwIfInterrupted(signal);
    const path = join(this.#root, key);
    const folder = dirname(path);
    await this.#sweepOnce(folder);
    return this.#attempt('write', key, async () => {
      const temporary = await writeTemporary(folder, body, { ...this.#tools(signal), vaultRoot: this.#root });
      try {
        throwIfInterrupted(signal);
        const placed = await place(temporary, path);
        await syncFolder(folder, this.#files);
        return placed;
      } finally {
        await temporary.discard();
      }
    });
  }

  /** Once for each folder; what cannot be swept away now is no reason not to write. */
  async #sweepOnce(folder: string): Promise<void> {
    if (this.#swept.has(folder)) return;
    this.#swept.add(folder);
    await sweepTemporaries(this.#root, folder, this.#tools(undefined)).catch(() => undefined);
  }

  async #rename(temporary: TemporaryFile, path: string): Promise<FileVersion> {
    await temporary.moveTo(path);
    return versionWritten(temporary, path, this.#files);
  }

  #lock<T>(path: string, { signal }: CallOptions, work: () => Promise<T>): Promise<T> {
    return withKeyLock(path, this.#tools(signal), work);
  }

  async #read<T>(
    key: string,
    { signal }: CallOptions,
    work: (path: string) => Promise<T | undefined>,
  ): Promise<T | undefined> {
    checkKey(key);
    throwIfInterrupted(signal);
    return this.#attempt('read', key, async () => {
      const found = await work(join(this.#root, key));
      if (found === undefined) await this.checkRoot();
      throwIfInterrupted(signal);
      return found;
    });
  }

  /** Opens the file at the first chunk, so that a stream nobody reads holds nothing open. */
  async *#chunks(key: string, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
    const handle = await this.#attempt('read', key, () => this.#files.open(join(this.#root, key), 'r'));
    try {
      for (;;) {
        throwIfInterrupted(signal);
        const buffer = Buffer.allocUnsafe(STREAM_CHUNK_BYTES);
        const { bytesRead } = await this.#attempt('read', key, () => handle.read(buffer, 0, buffer.length, null));
        if (bytesRead === 0) return;
        yield buffer.subarray(0, bytesRead);
      }
    } finally {
      await handle.close();
    }
  }

  async *#walk(
    walk: (root: string, prefix: string, files: FileOperations) => AsyncGenerator<string>,
    prefix: string,
    { signal }: CallOptions,
  ): AsyncGenerator<string> {
    checkPrefix(prefix);
    throwIfInterrupted(signal);
    await this.checkRoot();
    const names = walk(this.#root, prefix, this.#files);
    for (;;) {
      const next = await this.#attempt('read', prefix, () => names.next());
      throwIfInterrupted(signal);
      if (next.done) return;
      yield next.value;
    }
  }

  /** Names what goes wrong by key and folder; where the whole folder is gone, by that. */
  async #attempt<T>(doing: 'read' | 'write', key: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof BackupError) throw error;
      if (systemCode(error) === 'ENOENT') await this.checkRoot();
      const subject = key === '' ? `the folder ${this.location}` : `${JSON.stringify(key)} in ${this.location}`;
      throw localError(error, doing, subject);
    }
  }

  #tools(signal: AbortSignal | undefined): FileTools {
    return { runtime: this.#runtime, files: this.#files, signal };
  }
}
