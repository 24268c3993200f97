import { HeldRecords } from './held-records.ts';
import type { Block } from './spill.ts';
import type { Workspace } from './workspace.ts';

/** Bytes gathered for one write to the temporary file. */
const WRITE_BYTES = 1024 * 1024;
/** In front of a block: offset and size of the block before it in its bucket; size 0 in front of the first. */
const LINK_BYTES = 16;

/**
 * Records of one kind, spread over buckets by a hash of their key, so that equal keys of two partitions meet in one bucket.
 * Memory knows the last block of a bucket alone, and each block says where the one before it is.
 */
export class Partition<Item> {
  readonly keyOf: (item: Item) => string;
  readonly #workspace: Workspace;
  readonly #held: (HeldRecords | undefined)[];
  readonly #last: (Block | undefined)[];
  #heldBytes = 0;
  #count = 0;
  #flushing: Promise<void> | undefined;

  constructor(workspace: Workspace, keyOf: (item: Item) => string) {
    this.keyOf = keyOf;
    this.#workspace = workspace;
    this.#held = Array.from({ length: workspace.bucketCount }, () => undefined);
    this.#last = Array.from({ length: workspace.bucketCount }, () => undefined);
    workspace.register(this);
  }

  /** What waits in memory. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  get count(): number {
    return this.#count;
  }

  async add(item: Item): Promise<void> {
    const bucket = bucketOf(this.keyOf(item), this.#held.length);
    const held = (this.#held[bucket] ??= new HeldRecords());
    const before = held.sizeBytes;
    held.add(JSON.stringify(item));
    this.#heldBytes += held.sizeBytes - before;
    this.#count += 1;
    await this.#workspace.makeRoom();
  }

  /**
   * The records of one bucket, in the order they came; each bucket is read once and then forgotten. Additions to other
   * partitions may have this one
   * flushed meanwhile: so what is being written is waited for, and then the bucket is detached before anything else is.
   */
  async take(bucket: number): Promise<Item[]> {
    while (this.#flushing) await this.#flushing;
    const held = this.#detach(bucket);
    let block = this.#last[bucket];
    this.#last[bucket] = undefined;
    const newestFirst = held ? [recordsIn<Item>(held.bytes)] : [];
    while (block) {
      const bytes = await this.#workspace.spill.read(block);
      newestFirst.push(recordsIn(bytes.subarray(LINK_BYTES)));
      block = linkedBlock(bytes);
    }
    return newestFirst.reverse().flat();
  }

  /** Writes everything out. */
  async flush(): Promise<void> {
    this.#flushing ??= this.#writeOut().finally(() => {
      this.#flushing = undefined;
    });
    await this.#flushing;
  }

  release(): void {
    this.#workspace.release(this);
  }

  async #writeOut(): Promise<void> {
    let batch: HeldBucket[] = [];
    let sizeBytes = 0;
    for (const [bucket, held] of this.#held.entries()) {
      if (!held || held.sizeBytes === 0) continue;
      batch.push({ bucket, held });
      sizeBytes += held.sizeBytes;
      if (sizeBytes < WRITE_BYTES) continue;
      await this.#write(batch);
      batch = [];
      sizeBytes = 0;
    }
    if (batch.length > 0) await this.#write(batch);
  }

  async #write(batch: readonly HeldBucket[]): Promise<void> {
    const linked = batch.flatMap(({ bucket, held }) => [linkTo(this.#last[bucket]), held.bytes]);
    const sizes = batch.map(({ held }) => LINK_BYTES + held.sizeBytes);
    // What is copied here is no longer held: additions may come while it is written.
    const copy = Buffer.concat(linked);
    for (const { held } of batch) {
      this.#heldBytes -= held.sizeBytes;
      held.clear();
    }
    let { offset } = await this.#workspace.spill.write(copy);
    for (const [index, { bucket }] of batch.entries()) {
      const sizeBytes = sizes[index] ?? 0;
      this.#last[bucket] = { offset, sizeBytes };
      offset += sizeBytes;
    }
  }

  #detach(bucket: number): HeldRecords | undefined {
    const held = this.#held[bucket];
    this.#held[bucket] = undefined;
    this.#heldBytes -= held?.sizeBytes ?? 0;
    return held;
  }
}

interface HeldBucket {
  readonly bucket: number;
  readonly held: HeldRecords;
}

function linkTo(block: Block | undefined): Buffer {
  const link = Buffer.alloc(LINK_BYTES);
  link.writeDoubleBE(block?.offset ?? 0, 0);
  link.writeDoubleBE(block?.sizeBytes ?? 0, 8);
  return link;
}

function linkedBlock(bytes: Buffer): Block | undefined {
  const sizeBytes = bytes.readDoubleBE(8);
  return sizeBytes === 0 ? undefined : { offset: bytes.readDoubleBE(0), sizeBytes };
}

function recordsIn<Item>(bytes: Buffer): Item[] {
  return JSON.parse(`[${bytes.toString('utf8')}]`) as Item[];
}

/** FNV-1a over UTF-16 units, folded to the bucket count (a power of two). */
function bucketOf(key: string, bucketCount: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index += 1) {
    hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  }
  return ((hash ^ (hash >>> 15)) >>> 0) & (bucketCount - 1);
}
