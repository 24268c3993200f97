import type { Block } from './spill.ts';
import type { TextArena } from './text-arena.ts';
import type { Workspace } from './workspace.ts';

/** In front of a block: offset and size of the block before it in its bucket; size 0 in front of the first. */
const LINK_BYTES = 16;
const COMMA = 0x2c;

/**
 * Records of one kind, spread over buckets by a hash of their key, so that equal keys of two partitions meet in one bucket.
 * New records wait in the workspace's memory; of those on disk, memory knows the last block of a bucket alone, and each block
 * says where the one before it is.
 */
export class Partition<Item> {
  readonly keyOf: (item: Item) => string;
  readonly #workspace: Workspace;
  readonly #waiting: (WaitingRecords | undefined)[];
  readonly #last: (Block | undefined)[];
  #count = 0;

  constructor(workspace: Workspace, keyOf: (item: Item) => string) {
    this.keyOf = keyOf;
    this.#workspace = workspace;
    this.#waiting = Array.from({ length: workspace.bucketCount }, () => undefined);
    this.#last = Array.from({ length: workspace.bucketCount }, () => undefined);
    workspace.register(this);
  }

  get count(): number {
    return this.#count;
  }

  async add(item: Item): Promise<void> {
    const { arena } = this.#workspace;
    const offset = arena.add(JSON.stringify(item));
    const bucket = bucketOf(this.keyOf(item), this.#waiting.length);
    (this.#waiting[bucket] ??= new WaitingRecords()).add(offset, arena.sizeBytes - offset);
    this.#count += 1;
    await this.#workspace.makeRoom();
  }

  /**
   * The records of one bucket, in the order they came; each bucket is read once and then forgotten. Additions elsewhere may
   * have this one written out meanwhile: so what is being written is waited for, and then the bucket is detached at once.
   */
  async take(bucket: number): Promise<Item[]> {
    // A loop, because another write may have begun before this one is told that the last has ended.
    while (this.#workspace.writing) await this.#workspace.writing;
    const waiting = this.#waiting[bucket];
    let block = this.#last[bucket];
    this.#waiting[bucket] = undefined;
    this.#last[bucket] = undefined;
    const newestFirst = waiting ? [recordsIn<Item>(copyOf(waiting, this.#workspace.arena))] : [];
    while (block) {
      const bytes = await this.#workspace.spill.read(block);
      newestFirst.push(recordsIn(bytes.subarray(LINK_BYTES)));
      block = linkedBlock(bytes);
    }
    return newestFirst.reverse().flat();
  }

  /** Moves what waits into `target`, block by block; answers how far `target` is filled now. Each block is told where it is to stand. */
  drainInto(target: Buffer, from: number, fileOffset: number): number {
    let at = from;
    for (const [bucket, waiting] of this.#waiting.entries()) {
      if (!waiting) continue;
      this.#waiting[bucket] = undefined;
      const sizeBytes = LINK_BYTES + waiting.sizeBytes;
      writeLink(this.#last[bucket], target, at);
      waiting.copyTo(target, at + LINK_BYTES, this.#workspace.arena);
      this.#last[bucket] = { offset: fileOffset + at, sizeBytes };
      at += sizeBytes;
    }
    return at;
  }

  /** What `drainInto` takes at most. */
  get waitingBytes(): number {
    let sizeBytes = 0;
    for (const waiting of this.#waiting) if (waiting) sizeBytes += LINK_BYTES + waiting.sizeBytes;
    return sizeBytes;
  }

  release(): void {
    this.#workspace.release(this);
  }
}

/** Where the records of one bucket stand in the arena. */
class WaitingRecords {
  readonly #places: number[] = [];
  #sizeBytes = 0;

  /** As JSON texts with commas between them. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  add(offset: number, sizeBytes: number): void {
    this.#sizeBytes += sizeBytes + (this.#places.length === 0 ? 0 : 1);
    this.#places.push(offset, sizeBytes);
  }

  copyTo(target: Buffer, from: number, arena: TextArena): void {
    let at = from;
    for (let index = 0; index < this.#places.length; index += 2) {
      if (index > 0) target[at++] = COMMA;
      const sizeBytes = this.#places[index + 1] ?? 0;
      arena.copy(this.#places[index] ?? 0, sizeBytes, target, at);
      at += sizeBytes;
    }
  }
}

function copyOf(waiting: WaitingRecords, arena: TextArena): Buffer {
  const bytes = Buffer.allocUnsafe(waiting.sizeBytes);
  waiting.copyTo(bytes, 0, arena);
  return bytes;
}

function writeLink(block: Block | undefined, target: Buffer, at: number): void {
  target.writeDoubleBE(block?.offset ?? 0, at);
  target.writeDoubleBE(block?.sizeBytes ?? 0, at + 8);
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
