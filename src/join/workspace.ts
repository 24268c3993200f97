import type { Runtime } from '../runtime/runtime.ts';
import { Spill } from './spill.ts';

/** Records kept in memory across all partitions of a workspace before some go to disk. */
const DEFAULT_MEMORY_BYTES = 8 * 1024 * 1024;
/** … and more where there are very many buckets, or each write would carry a record or two of each. */
const MEMORY_BYTES_PER_BUCKET = 4 * 1024;
/** Records a bucket should hold when it is joined; decides the bucket count, and so the memory of a join. */
const RECORDS_PER_BUCKET = 2_000;
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

interface Flushable {
  /** What it keeps in memory. */
  readonly heldBytes: number;
  flush(): Promise<void>;
}

/** The memory budget and the temporary file that the partitions of one join share. */
export class Workspace {
  readonly bucketCount: number;
  readonly spill: Spill;
  readonly #memoryBytes: number;
  readonly #partitions = new Set<Flushable>();
  #flushing: Promise<void> | undefined;

  constructor(options: WorkspaceOptions) {
    const wanted = Math.ceil(options.expectedRecords / RECORDS_PER_BUCKET);
    this.bucketCount = Math.min(MAX_BUCKETS, 2 ** Math.ceil(Math.log2(Math.max(MIN_BUCKETS, wanted))));
    this.spill = new Spill(options.runtime, options.folder);
    this.#memoryBytes =
      options.memoryBytes ?? Math.max(DEFAULT_MEMORY_BYTES, this.bucketCount * MEMORY_BYTES_PER_BUCKET);
  }

  register(partition: Flushable): void {
    this.#partitions.add(partition);
  }

  release(partition: Flushable): void {
    this.#partitions.delete(partition);
  }

  /** Called after each addition: writes the fullest partition out when the shared budget is spent. */
  async makeRoom(): Promise<void> {
    if (this.#flushing) return this.#flushing;
    let total = 0;
    for (const partition of this.#partitions) total += partition.heldBytes;
    if (total <= this.#memoryBytes) return;
    let fullest: Flushable | undefined;
    for (const partition of this.#partitions) {
      if (!fullest || partition.heldBytes > fullest.heldBytes) fullest = partition;
    }
    this.#flushing = fullest?.flush().finally(() => {
      this.#flushing = undefined;
    });
    await this.#flushing;
  }

  async close(): Promise<void> {
    await this.spill.close();
  }
}
