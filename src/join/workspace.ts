import type { Runtime } from '../runtime/runtime.ts';
import { Spill } from './spill.ts';
import { TextArena } from './text-arena.ts';

/** Records kept in memory across all partitions of a workspace before they go to disk; twice that is held while they do. */
const DEFAULT_MEMORY_BYTES = 6 * 1024 * 1024;
/** … and more where there are very many buckets, or each write would carry a record or two of each. */
const MEMORY_BYTES_PER_BUCKET = 4 * 1024;
/** Records a bucket should hold when it is joined; decides the bucket count, and so the memory of a join. */
const RECORDS_PER_BUCKET = 2_000;
/** Encrypted and written at a time. */
const WRITE_BYTES = 1024 * 1024;
/** At 50 million records on a side, 6,100 records in a bucket. */
const MAX_BUCKETS = 8_192;
/** Enough for a million records when the count expected was far too low: a pool's size is an estimate that may say 0. */
const MIN_BUCKETS = 64;

export interface WorkspaceOptions {
  readonly runtime: Runtime;
  /** About how many records the largest partition will hold. */
  readonly expectedRecords: number;
  readonly memoryBytes?: number;
  readonly folder?: string;
}

interface Spillable {
  /** What `drainInto` needs at most. */
  readonly waitingBytes: number;
  drainInto(target: Buffer, from: number, fileOffset: number): number;
}

/** The memory and the temporary file that the partitions of one join share. */
export class Workspace {
  readonly bucketCount: number;
  readonly spill: Spill;
  /** The new records of all partitions. */
  readonly arena = new TextArena();
  readonly #memoryBytes: number;
  readonly #partitions = new Set<Spillable>();
  #outgoing = Buffer.alloc(0);
  #writing: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(options: WorkspaceOptions) {
    const wanted = Math.ceil(options.expectedRecords / RECORDS_PER_BUCKET);
    this.bucketCount = Math.min(MAX_BUCKETS, 2 ** Math.ceil(Math.log2(Math.max(MIN_BUCKETS, wanted))));
    this.spill = new Spill(options.runtime, options.folder);
    this.#memoryBytes =
      options.memoryBytes ?? Math.max(DEFAULT_MEMORY_BYTES, this.bucketCount * MEMORY_BYTES_PER_BUCKET);
  }

  register(partition: Spillable): void {
    this.#partitions.add(partition);
  }

  release(partition: Spillable): void {
    this.#partitions.delete(partition);
  }

  /** While it is there, blocks exist that cannot be read yet. */
  get writing(): Promise<void> | undefined {
    return this.#writing;
  }

  /**
   * Waits for work that fills partitions side by side. Where some of it fails, the rest stops at its next record; the first
   * error is thrown when all have ended.
   */
  async filled<Works extends readonly Promise<unknown>[] | []>(
    works: Works,
  ): Promise<{ -readonly [Index in keyof Works]: Awaited<Works[Index]> }> {
    try {
      return await Promise.all(works);
    } catch (error) {
      this.#failure ??= { error };
      await Promise.allSettled(works);
      throw this.#failure.error;
    }
  }

  /** Called after each addition: writes everything out when the memory is full. */
  async makeRoom(): Promise<void> {
    // The same error, so that of works within works none tells of the stop instead of its cause.
    if (this.#failure) throw this.#failure.error;
    if (this.#writing) return this.#writing;
    if (this.arena.sizeBytes > this.#memoryBytes) await this.writeOut();
  }

  async writeOut(): Promise<void> {
    this.#writing ??= this.#writeOut().finally(() => {
      this.#writing = undefined;
    });
    await this.#writing;
  }

  async close(): Promise<void> {
    await this.spill.close();
  }

  /** All is copied before anything is waited for, so additions may come while it is written. */
  async #writeOut(): Promise<void> {
    let neededBytes = 0;
    for (const partition of this.#partitions) neededBytes += partition.waitingBytes;
    if (neededBytes > this.#outgoing.length) this.#outgoing = Buffer.allocUnsafeSlow(neededBytes);
    let filledBytes = 0;
    const fileOffset = this.spill.sizeBytes;
    for (const partition of this.#partitions) {
      filledBytes = partition.drainInto(this.#outgoing, filledBytes, fileOffset);
    }
    this.arena.clear();
    for (let at = 0; at < filledBytes; at += WRITE_BYTES) {
      await this.spill.write(this.#outgoing.subarray(at, Math.min(filledBytes, at + WRITE_BYTES)));
    }
  }
}
