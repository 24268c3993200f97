/** Texts as bytes outside the JavaScript heap, one behind the other in one piece of memory that is used again and again. */
export class TextArena {
  #bytes = Buffer.alloc(0);
  #usedBytes = 0;

  get sizeBytes(): number {
    return this.#usedBytes;
  }

  /** Answers where the text begins; it ends at `sizeBytes`. */
  add(text: string): number {
    const offset = this.#usedBytes;
    this.#makeRoom(Buffer.byteLength(text));
    this.#usedBytes += this.#bytes.write(text, offset, 'utf8');
    return offset;
  }

  /** Copies a text to `target`. */
  copy(offset: number, sizeBytes: number, target: Buffer, at: number): void {
    this.#bytes.copy(target, at, offset, offset + sizeBytes);
  }

  /** Forgets every text. */
  clear(): void {
    this.#usedBytes = 0;
  }

  #makeRoom(moreBytes: number): void {
    const neededBytes = this.#usedBytes + moreBytes;
    if (neededBytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(neededBytes, this.#bytes.length * 2, SMALLEST_BYTES));
    this.#bytes.copy(larger, 0, 0, this.#usedBytes);
    this.#bytes = larger;
  }
}

const SMALLEST_BYTES = 64 * 1024;
