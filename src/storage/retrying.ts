import { BackupError, isBackupError } from '../model/errors.ts';
import { Backoff, type BackoffOptions } from './backoff.ts';
import { UNREACHABLE } from './s3-errors.ts';
import { storedAlready } from './stored-already.ts';
import type { Body, CallOptions, DeleteOptions, GetOptions, HeadOptions, Storage, StoredObject } from './storage.ts';

/**
 * Repeats what failed with `unavailable`, and only that, with exponential backoff and full jitter; a server that was never
 * reached gets three attempts. Listings and streams go on where they were cut; what is streamed must not be replaced
 * meanwhile (parts are written once).
 *
 * A conditional write whose answer was lost is refused when it is repeated, because it succeeded: then the object there is
 * compared with what was sent. So writers that race for a key must not send equal bytes.
 */
export function withStorageRetry(storage: Storage, options: BackoffOptions): Storage {
  return new RetryingStorage(storage, options);
}

/** Where nobody was ever met, patience is in vain: the endpoint is wrong far more often than a server is starting. */
const ATTEMPTS_TO_REACH = 3;

class RetryingStorage implements Storage {
  readonly location: string;
  readonly #storage: Storage;
  readonly #options: BackoffOptions;
  /** Whether the other side ever answered. */
  #reached = false;

  constructor(storage: Storage, options: BackoffOptions) {
    this.location = storage.location;
    this.#storage = storage;
    this.#options = options;
  }

  put(key: string, body: Body, call?: CallOptions): Promise<StoredObject> {
    return this.#retry('put', call, () => this.#storage.put(key, body, call));
  }

  putIfAbsent(key: string, body: Body, call?: CallOptions): Promise<StoredObject | undefined> {
    return this.#conditional(key, body, call, () => this.#storage.putIfAbsent(key, body, call));
  }

  putIfMatch(key: string, body: Body, etag: string, call?: CallOptions): Promise<StoredObject | undefined> {
    return this.#conditional(key, body, call, () => this.#storage.putIfMatch(key, body, etag, call));
  }

  get(key: string, call?: GetOptions): ReturnType<Storage['get']> {
    return this.#retry('get', call, () => this.#storage.get(key, call));
  }

  async stream(key: string, call?: CallOptions): Promise<AsyncIterable<Uint8Array> | undefined> {
    const first = await this.#retry('get', call, () => this.#storage.stream(key, call));
    return first && this.#resumeStream(first, key, call);
  }

  head(key: string, call?: HeadOptions): Promise<StoredObject | undefined> {
    return this.#retry('head', call, () => this.#storage.head(key, call));
  }

  list(prefix: string, call?: CallOptions): AsyncGenerator<StoredObject> {
    return this.#resumeListing(
      call,
      () => this.#storage.list(prefix, call),
      ({ key }) => key,
    );
  }

  folders(prefix: string, call?: CallOptions): AsyncGenerator<string> {
    return this.#resumeListing(
      call,
      () => this.#storage.folders(prefix, call),
      (name) => `${name}/`,
    );
  }

  delete(key: string, call?: DeleteOptions): Promise<void> {
    return this.#retry('delete', call, () => this.#storage.delete(key, call));
  }

  async #conditional(
    key: string,
    body: Body,
    call: CallOptions | undefined,
    write: () => Promise<StoredObject | undefined>,
  ): Promise<StoredObject | undefined> {
    let answerLost = false;
    const stored = await this.#retry('put', call, () =>
      write().catch((error: unknown) => {
        answerLost ||= !isBackupError(error) || error.awsName !== 'ConditionalRequestConflict';
        throw error;
      }),
    );
    if (stored || !answerLost) return stored;
    return this.#retry('get', call, () => storedAlready(this.#storage, key, body, call));
  }

  async #retry<T>(operation: string, call: CallOptions | undefined, work: () => Promise<T>): Promise<T> {
    const backoff = new Backoff(operation, this.#options, call?.signal);
    for (;;) {
      try {
        const result = await work();
        this.#reached = true;
        return result;
      } catch (error) {
        await this.#waitAfter(error, backoff);
      }
    }
  }

  async #waitAfter(error: unknown, backoff: Backoff): Promise<void> {
    this.#reached ||= !(isBackupError(error) && UNREACHABLE.has(error.awsName ?? ''));
    await backoff.waitAfter(error, this.#reached ? Infinity : ATTEMPTS_TO_REACH);
  }

  async *#resumeStream(
    first: AsyncIterable<Uint8Array>,
    key: string,
    call: CallOptions | undefined,
  ): AsyncGenerator<Uint8Array> {
    const backoff = new Backoff('get', this.#options, call?.signal);
    let source: AsyncIterable<Uint8Array> | undefined = first;
    let delivered = 0;
    for (;;) {
      try {
        source ??= await this.#storage.stream(key, call);
        if (!source) throw vanished(key, this.location);
        for await (const chunk of withoutFirst(delivered, source)) {
          delivered += chunk.length;
          backoff.reset();
          yield chunk;
        }
        return;
      } catch (error) {
        source = undefined;
        await this.#waitAfter(error, backoff);
      }
    }
  }

  async *#resumeListing<T>(
    call: CallOptions | undefined,
    open: () => AsyncIterable<T>,
    rank: (item: T) => string,
  ): AsyncGenerator<T> {
    const backoff = new Backoff('list', this.#options, call?.signal);
    let last: Buffer | undefined;
    for (;;) {
      try {
        for await (const item of open()) {
          const here: Buffer = Buffer.from(rank(item));
          if (last && here.compare(last) <= 0) continue;
          last = here;
          backoff.reset();
          this.#reached = true;
          yield item;
        }
        return;
      } catch (error) {
        await this.#waitAfter(error, backoff);
      }
    }
  }
}

async function* withoutFirst(sizeBytes: number, source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let left = sizeBytes;
  for await (const chunk of source) {
    const rest = chunk.subarray(Math.min(left, chunk.length));
    left -= chunk.length - rest.length;
    if (rest.length > 0) yield rest;
  }
}

function vanished(key: string, location: string): BackupError {
  return new BackupError('storage-failed', `${JSON.stringify(key)} in ${location} went away while it was read`, {
    hint: 'Something else deletes objects there; run the same command again',
  });
}
