/** Where the rows of one file go. */
export interface RowSink {
  /** Some text and how many rows it holds; a header is none. */
  write(text: string, rows: number): Promise<void>;
  close(): Promise<void>;
}

export interface SplitLimits {
  /** Rows of one file, the header not counted. */
  readonly maxRows: number;
  readonly maxBytes: number;
}

export interface SplitFile {
  /** From 1. */
  readonly index: number;
  readonly rows: number;
  readonly sizeBytes: number;
}

/** [D] COGNITO-FACTS §3. "100 MB" is taken as the smaller of its two meanings. */
export const IMPORT_LIMITS: SplitLimits = { maxRows: 500_000, maxBytes: 100_000_000 };

/** Spreads rows over files that an import job takes: each begins with the header, none passes the limits. */
export class SplitFiles {
  readonly #header: string;
  readonly #open: (index: number) => Promise<RowSink>;
  readonly #limits: SplitLimits;
  readonly #files: SplitFile[] = [];
  #sink: RowSink | undefined;
  #rows = 0;
  #sizeBytes = 0;

  /** `header` is the encoded header line; `open` makes file number `index`, from 1. */
  constructor(header: string, open: (index: number) => Promise<RowSink>, limits: SplitLimits = IMPORT_LIMITS) {
    this.#header = `${header}\n`;
    this.#open = open;
    this.#limits = limits;
  }

  /** Writes one encoded row, without its line end; says in which file and line it stands (the header is line 1). */
  async add(row: string): Promise<{ readonly file: number; readonly line: number }> {
    const line = `${row}\n`;
    const sizeBytes = Buffer.byteLength(line);
    const full = this.#rows >= this.#limits.maxRows || this.#sizeBytes + sizeBytes > this.#limits.maxBytes;
    if (full) await this.#close();
    const sink = this.#sink ?? (await this.#begin());
    await sink.write(line, 1);
    this.#rows += 1;
    this.#sizeBytes += sizeBytes;
    return { file: this.#files.length + 1, line: this.#rows + 1 };
  }

  /** Closes the last file. Without a single row there is one file with the header alone. */
  async end(): Promise<readonly SplitFile[]> {
    if (this.#sink === undefined && this.#files.length === 0) await this.#begin();
    await this.#close();
    return this.#files;
  }

  async #begin(): Promise<RowSink> {
    this.#sink = await this.#open(this.#files.length + 1);
    this.#rows = 0;
    this.#sizeBytes = Buffer.byteLength(this.#header);
    await this.#sink.write(this.#header, 0);
    return this.#sink;
  }

  async #close(): Promise<void> {
    if (this.#sink === undefined) return;
    await this.#sink.close();
    this.#files.push({ index: this.#files.length + 1, rows: this.#rows, sizeBytes: this.#sizeBytes });
    this.#sink = undefined;
  }
}
