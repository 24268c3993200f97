import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Row } from '../../csv/rfc4180.ts';
import type { RowSink } from '../../csv/split-files.ts';
import { createUnnamedFile, type UnnamedFile } from '../../runtime/unnamed-file.ts';
import { localError } from '../../storage/local-errors.ts';
import type { Storage } from '../../storage/storage.ts';

/** A file that an export wrote. */
export interface ExportedFile {
  readonly key: string;
  /** Records, the header not counted. */
  readonly rows: number;
  readonly sizeBytes: number;
}

/** Where an export's files go. */
export interface ExportFiles {
  /** Begins a file; it is in place once its `close` resolves. */
  open(key: string): Promise<RowSink>;
  /** The files closed so far. */
  readonly written: readonly ExportedFile[];
}

export interface ExportFilesOptions {
  readonly signal?: AbortSignal | undefined;
  /** Where temporary files may stand; the machine's own folder by default. */
  readonly temporaryFolder?: string;
}

/**
 * Gives `work` files that are written in a private temporary folder (0700, files 0600 and without a name where that works) and
 * put into the storage whole, one by one as they are closed. The folder is removed however `work` ends.
 * Errors: `disk-full` and its kin for the temporary folder, and the storage's own.
 */
export async function withExportFiles<Result>(
  storage: Storage,
  options: ExportFilesOptions,
  work: (files: ExportFiles) => Promise<Result>,
): Promise<Result> {
  const parent = options.temporaryFolder ?? tmpdir();
  const files = new StoredFiles(
    storage,
    await attempt(parent, mkdtemp(join(parent, 'cognito-backup-export-'))),
    options,
  );
  try {
    return await work(files);
  } finally {
    await files.remove();
  }
}

/** Files of which only the text matters, one after another; used to send an export down a pipe. */
export function streamedFiles(write: (text: string) => Promise<void>): ExportFiles {
  const written: ExportedFile[] = [];
  return {
    written,
    open: async (key) =>
      new BufferedFile(key, { write: (bytes) => write(bytes), finish: async (file) => void written.push(file) }),
  };
}

/** Rows of a table, formatted some hundreds at a time. */
export class ExportTable {
  readonly #sink: RowSink;
  readonly #format: (rows: readonly Row[]) => string;
  #rows: Row[] = [];

  private constructor(sink: RowSink, format: (rows: readonly Row[]) => string) {
    this.#sink = sink;
    this.#format = format;
  }

  static async begin(
    sink: RowSink,
    columns: readonly string[],
    format: (rows: readonly Row[]) => string,
  ): Promise<ExportTable> {
    await sink.write(format([columns]), 0);
    return new ExportTable(sink, format);
  }

  async add(row: Row): Promise<void> {
    this.#rows.push(row);
    if (this.#rows.length >= ROWS_A_BATCH) await this.#flush();
  }

  async end(): Promise<void> {
    await this.#flush();
    await this.#sink.close();
  }

  async #flush(): Promise<void> {
    if (this.#rows.length === 0) return;
    await this.#sink.write(this.#format(this.#rows), this.#rows.length);
    this.#rows = [];
  }
}

const ROWS_A_BATCH = 500;
const BUFFER_CHARACTERS = 128 * 1024;

interface Destination {
  write(text: string): Promise<void>;
  finish(file: ExportedFile): Promise<void>;
}

/** Gathers small pieces of text before they go on. */
class BufferedFile implements RowSink {
  readonly #key: string;
  readonly #destination: Destination;
  #pieces: string[] = [];
  #characters = 0;
  #rows = 0;
  #sizeBytes = 0;

  constructor(key: string, destination: Destination) {
    this.#key = key;
    this.#destination = destination;
  }

  async write(text: string, rows: number): Promise<void> {
    this.#pieces.push(text);
    this.#characters += text.length;
    this.#rows += rows;
    if (this.#characters >= BUFFER_CHARACTERS) await this.#flush();
  }

  async close(): Promise<void> {
    await this.#flush();
    await this.#destination.finish({ key: this.#key, rows: this.#rows, sizeBytes: this.#sizeBytes });
  }

  async #flush(): Promise<void> {
    const text = this.#pieces.join('');
    this.#pieces = [];
    this.#characters = 0;
    if (text === '') return;
    this.#sizeBytes += Buffer.byteLength(text);
    await this.#destination.write(text);
  }
}

class StoredFiles implements ExportFiles {
  readonly written: ExportedFile[] = [];
  readonly #storage: Storage;
  readonly #folder: string;
  readonly #options: ExportFilesOptions;
  readonly #open = new Set<UnnamedFile>();

  constructor(storage: Storage, folder: string, options: ExportFilesOptions) {
    this.#storage = storage;
    this.#folder = folder;
    this.#options = options;
  }

  async open(key: string): Promise<RowSink> {
    const { signal } = this.#options;
    const file = await attempt(this.#folder, createUnnamedFile(join(this.#folder, key)));
    this.#open.add(file);
    return new BufferedFile(key, {
      write: (text) => attempt(this.#folder, file.write(text)),
      finish: async (exported) => {
        await this.#storage.put(key, { path: file.path }, { signal });
        this.#open.delete(file);
        await attempt(this.#folder, file.remove());
        this.written.push(exported);
      },
    });
  }

  async remove(): Promise<void> {
    for (const file of this.#open) await file.remove().catch(() => undefined);
    await rm(this.#folder, { recursive: true, force: true });
  }
}

async function attempt<Result>(folder: string, work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    throw localError(error, 'write', `temporary files below ${folder}`);
  }
}
