const SMALLEST_BYTES = 256;
const COMMA = 0x2c;

/**
 * Records of one bucket that wait in memory: JSON texts with commas between, as bytes outside the JavaScript heap. The bytes
 * are kept when they are written out: V8 would let tens of megabytes of those given up pile up before it collects them.
 */
export class HeldRecords {
  #bytes = Buffer.alloc(0);
  #usedBytes = 0;

  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#usedBytes);
  }

  get sizeBytes(): number {
    return this.#usedBytes;
  }

  add(json: string): void {
    this.#makeRoom(Buffer.byteLength(json) + 1);
    if (this.#usedBytes > 0) {
      this.#bytes[this.#usedBytes] = COMMA;
      this.#usedBytes += 1;
    }
    this.#usedBytes += this.#bytes.write(json, this.#usedBytes, 'utf8');
  }

  clear(): void {
    this.#usedBytes = 0;
  }

  #makeRoom(moreBytes: number): void {
    const neededBytes = this.#usedBytes + moreBytes;
    if (neededBytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(SMALLEST_BYTES, neededBytes, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#usedBytes);
    this.#bytes = larger;
  }
}
