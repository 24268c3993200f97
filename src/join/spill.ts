import { createCipheriv, createDecipheriv, type Cipher } from 'node:crypto';
import { mkdtemp, open, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BackupError } from '../model/errors.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { cannotWriteTemporary } from '../runtime/temporary-data.ts';

/** Where spilled bytes stand in the file; any part of a block is a block. */
export interface Block {
  readonly offset: number;
  readonly sizeBytes: number;
}

const CIPHER_BLOCK_BYTES = 16;

/**
 * One temporary file for what does not fit in memory. It holds users' data, so it is created 0600 in a folder of its own,
 * unlinked while open (nothing stays behind even after SIGKILL, except on Windows, where it goes with `close`), and
 * encrypted with a key that exists in this process alone.
 */
export class Spill {
  readonly #folder: string;
  readonly #key: Uint8Array;
  #opening: Promise<FileHandle> | undefined;
  #temporaryFolder: string | undefined;
  #sizeBytes = 0;

  constructor(runtime: Runtime, folder: string = tmpdir()) {
    this.#folder = folder;
    this.#key = runtime.randomBytes(32);
  }

  /** Where the next block will begin. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  async write(bytes: Uint8Array): Promise<Block> {
    const block = { offset: this.#sizeBytes, sizeBytes: bytes.length };
    this.#sizeBytes += bytes.length;
    const sealed = this.#cipher(createCipheriv, block).update(bytes);
    try {
      const file = await (this.#opening ??= this.#open());
      const { bytesWritten } = await file.write(sealed, 0, sealed.length, block.offset);
      if (bytesWritten < sealed.length) throw new Error(`Only ${bytesWritten} of ${sealed.length} bytes were written`);
    } catch (error) {
      throw cannotWriteTemporary(error, this.#folder);
    }
    return block;
  }

  async read(block: Block): Promise<Buffer> {
    const file = await (this.#opening ??= this.#open());
    const sealed = Buffer.alloc(block.sizeBytes);
    const { bytesRead } = await file.read(sealed, 0, block.sizeBytes, block.offset);
    if (bytesRead < block.sizeBytes)
      throw new BackupError('storage-failed', 'Temporary data could not be read back whole');
    return this.#cipher(createDecipheriv, block).update(sealed);
  }

  async close(): Promise<void> {
    const file = await this.#opening?.catch(() => undefined);
    await file?.close();
    if (this.#temporaryFolder) await rm(this.#temporaryFolder, { recursive: true, force: true });
  }

  async #open(): Promise<FileHandle> {
    this.#temporaryFolder = await mkdtemp(join(this.#folder, 'cognito-backup-'));
    const file = await open(join(this.#temporaryFolder, 'spill'), 'wx+', 0o600);
    if (process.platform !== 'win32') {
      await rm(this.#temporaryFolder, { recursive: true });
      this.#temporaryFolder = undefined;
    }
    return file;
  }

  /** AES-256-CTR over the whole file, entered at the block's offset: offsets never repeat under one key. */
  #cipher(create: (algorithm: string, key: Uint8Array, iv: Uint8Array) => Cipher, { offset }: Block): Cipher {
    const counter = Buffer.alloc(CIPHER_BLOCK_BYTES);
    counter.writeBigUInt64BE(BigInt(Math.floor(offset / CIPHER_BLOCK_BYTES)), 8);
    const cipher = create('aes-256-ctr', this.#key, counter);
    cipher.update(Buffer.alloc(offset % CIPHER_BLOCK_BYTES));
    return cipher;
  }
}
