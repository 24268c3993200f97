import type { Block } from './spill.ts';
import type { Workspace } from './workspace.ts';

/** Records of one kind, spread over buckets by a hash of their key, so that equal keys of two partitions meet in one bucket. */
export class Partition<Item> {
  readonly keyOf: (item: Item) => string;
  readonly #workspace: Workspace;
  readonly #buffers: string[][];
  readonly #blocks: Promise<Block>[][];
  #bufferedCharacters = 0;
  #count = 0;

  constructor(workspace: Workspace, keyOf: (item: Item) => string) {
    this.keyOf = keyOf;
    this.#workspace = workspace;
    this.#buffers = Array.from({ length: workspace.bucketCount }, () => []);
    this.#blocks = Array.from({ length: workspace.bucketCount }, () => []);
    workspace.register(this);
  }

  get bufferedCharacters(): number {
    return this.#bufferedCharacters;
  }

  get count(): number {
    return this.#count;
  }

  async add(item: Item): Promise<void> {
    const line = JSON.stringify(item);
    this.#buffers[bucketOf(this.keyOf(item), this.#buffers.length)]?.push(line);
    this.#bufferedCharacters += line.length;
    this.#count += 1;
    await this.#workspace.makeRoom();
  }

  /**
   * The records of one bucket; each bucket is read once and then forgotten. Additions to other partitions may have this one
   * flushed meanwhile: so the bucket is detached before anything is waited for.
   */
  async take(bucket: number): Promise<Item[]> {
    const blocks = this.#blocks[bucket] ?? [];
    const lines = this.#buffers[bucket] ?? [];
    this.#blocks[bucket] = [];
    this.#buffers[bucket] = [];
    for (const line of lines) this.#bufferedCharacters -= line.length;
    const items: Item[] = [];
    for (const block of blocks) {
      const bytes = await this.#workspace.spill.read(await block);
      for (const line of bytes.toString('utf8').split('\n')) items.push(JSON.parse(line) as Item);
    }
    for (const line of lines) items.push(JSON.parse(line) as Item);
    return items;
  }

  /** Writes everything out; a block belongs to its bucket from the moment its writing begins. */
  async flush(): Promise<void> {
    for (const [bucket, lines] of this.#buffers.entries()) {
      if (lines.length === 0) continue;
      this.#buffers[bucket] = [];
      for (const line of lines) this.#bufferedCharacters -= line.length;
      const block = this.#workspace.spill.write(Buffer.from(lines.join('\n'), 'utf8'));
      this.#blocks[bucket]?.push(block);
      await block;
    }
  }

  release(): void {
    this.#workspace.release(this);
  }
}

/** FNV-1a over UTF-16 units, folded to the bucket count (a power of two). */
function bucketOf(key: string, bucketCount: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index += 1) {
    hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  }
  return ((hash ^ (hash >>> 15)) >>> 0) & (bucketCount - 1);
}
