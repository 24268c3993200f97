import type { CallOptions, Storage } from '../storage/storage.ts';
import { PLAIN_RUN, type RunCipher } from './run-cipher.ts';
import { damaged } from '../snapshot/damaged.ts';
import { linesOf, openPart, sealPart } from '../snapshot/part.ts';
import type { PartFacts } from '../snapshot/part-builder.ts';
import { runPartKey, type RunFile, type RunRef } from './run-keys.ts';

/** One part of a run's file, as the run record names it. */
export interface RunPart extends PartFacts {
  readonly key: string;
}

/** Records of a part; a slice of an apply goes on at a part's beginning, so parts are small. */
const RECORDS_PER_PART = 500;

export interface RunFileOptions extends CallOptions {
  /** Default: what is written is not encrypted. */
  readonly cipher?: RunCipher | undefined;
}

/** Writes the records of one of a run's files, part by part; several callers may add at once. */
export class RunFileWriter<Item> {
  readonly #storage: Storage;
  readonly #ref: RunRef;
  readonly #name: RunFile;
  readonly #options: CallOptions;
  readonly #cipher: RunCipher;
  readonly #parts: RunPart[];
  #lines: string[] = [];
  #writing: Promise<void> = Promise.resolve();

  /** `existing`: parts of the same file that an earlier slice wrote. */
  constructor(
    storage: Storage,
    ref: RunRef,
    name: RunFile,
    { existing = [], cipher = PLAIN_RUN, ...options }: RunFileOptions & { existing?: readonly RunPart[] } = {},
  ) {
    this.#storage = storage;
    this.#ref = ref;
    this.#name = name;
    this.#options = options;
    this.#cipher = cipher;
    this.#parts = [...existing];
  }

  async add(item: Item): Promise<void> {
    this.#lines.push(JSON.stringify(item));
    if (this.#lines.length >= RECORDS_PER_PART) await this.#flush();
  }

  /** Writes what is left; more may be added afterwards. */
  async end(): Promise<readonly RunPart[]> {
    if (this.#lines.length > 0) await this.#flush();
    await this.#writing;
    return [...this.#parts];
  }

  async #flush(): Promise<void> {
    const lines = this.#lines;
    this.#lines = [];
    this.#writing = this.#writing.then(() => this.#write(lines));
    await this.#writing;
  }

  async #write(lines: readonly string[]): Promise<void> {
    const { seal } = this.#cipher;
    const { bytes, ...facts } = await sealPart(lines, seal);
    const key = runPartKey(this.#ref, this.#name, this.#parts.length + 1, seal !== undefined);
    await this.#storage.put(key, bytes, this.#options);
    this.#parts.push({ key, ...facts });
  }
}

/** The records of a part, which is checked whole before the first is handed out. Throws `damaged`. */
export async function readRunPart<Item>(
  storage: Storage,
  part: RunPart,
  { cipher = PLAIN_RUN, ...options }: RunFileOptions = {},
): Promise<Item[]> {
  const { key, ...facts } = part;
  const stored = await storage.get(key, { ...options, maxBytes: part.sizeBytes });
  if (!stored) throw damaged(key, 'it is missing');
  const lines = [...linesOf(await openPart(stored.bytes, facts, key, cipher.open))];
  return lines.map((line, index) => parseLine(line, `${key}:${index + 1}`) as Item);
}

function parseLine(line: string, where: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // A JSON syntax error quotes the line, which is personal data.
    throw damaged(where, 'it is not JSON');
  }
}

export async function* readRunFile<Item>(
  storage: Storage,
  parts: readonly RunPart[],
  options: RunFileOptions = {},
): AsyncIterable<Item> {
  for (const part of parts) yield* await readRunPart<Item>(storage, part, options);
}

export async function deleteRunFile(storage: Storage, parts: readonly RunPart[]): Promise<void> {
  for (const { key } of parts) await storage.delete(key);
}
