import { setMaxListeners } from 'node:events';
import { addAbortSignal, type Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  type ListObjectsV2CommandOutput,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { throwIfInterrupted } from '../runtime/interruption.ts';
import { HeededConditions, type WriteCondition } from './heeded-conditions.ts';
import { checkForeignKey, checkKey, checkPrefix, isKey, isSegment } from './key-grammar.ts';
import { withUpload } from './s3-body.ts';
import { httpStatusOf, nameOf, notS3, s3Error } from './s3-errors.ts';
import type {
  Body,
  CallOptions,
  DeleteOptions,
  GetOptions,
  HeadOptions,
  Storage,
  StoredBytes,
  StoredObject,
} from './storage.ts';
import { tooLarge } from './too-large.ts';

export interface S3Location {
  readonly bucket: string;
  /** Without slashes at its ends; empty for the whole bucket. */
  readonly prefix: string;
}

/**
 * A storage below a prefix of a bucket; nothing is asked of S3 yet. Every call is one attempt: wrap it in
 * `withStorageRetry`. Writes and listings keep to the key grammar; reads find any key, such as somebody's own CSV file.
 */
export function openS3(client: S3Client, location: S3Location): Storage {
  return new S3Storage(client, location);
}

class S3Storage implements Storage {
  readonly location: string;
  readonly #client: S3Client;
  readonly #bucket: string;
  /** Empty, or ending in `/`. */
  readonly #prefix: string;
  readonly #conditions: HeededConditions;

  constructor(client: S3Client, { bucket, prefix }: S3Location) {
    this.#client = client;
    this.#bucket = bucket;
    this.#prefix = prefix === '' ? '' : `${prefix.replace(/\/+$/, '')}/`;
    this.location = `s3://${bucket}/${this.#prefix}`.replace(/\/$/, '');
    this.#conditions = new HeededConditions(this.location);
  }

  async put(key: string, body: Body, call: CallOptions = {}): Promise<StoredObject> {
    return this.#attempt('write', key, call, () => this.#upload(key, body, call));
  }

  async putIfAbsent(key: string, body: Body, call: CallOptions = {}): Promise<StoredObject | undefined> {
    return this.#conditions.ifAbsent((condition) => this.#conditional(key, body, call, condition));
  }

  async putIfMatch(key: string, body: Body, etag: string, call: CallOptions = {}): Promise<StoredObject | undefined> {
    return this.#conditions.ifMatch(
      etag,
      (condition) => this.#conditional(key, body, call, condition),
      async () => (await this.head(key, call))?.etag,
    );
  }

  async get(key: string, call: GetOptions = {}): Promise<StoredBytes | undefined> {
    return this.#attempt('read', key, call, async () => {
      const answer = await this.#fetch(key, call);
      if (!answer) return undefined;
      const bytes = await bytesOf(answer, key, call.maxBytes);
      return { key, sizeBytes: bytes.length, etag: answer.ETag, bytes };
    });
  }

  async stream(key: string, call: CallOptions = {}): Promise<AsyncIterable<Uint8Array> | undefined> {
    const answer = await this.#attempt('read', key, call, () => this.#fetch(key, call));
    return answer && this.#chunks(answer.Body as Readable, key, call);
  }

  /** Asks by listing: an answer to HEAD has no error document, so no bucket, no object and no token look alike. */
  async head(key: string, call: HeadOptions = {}): Promise<StoredObject | undefined> {
    checkForeignKey(key);
    const name = this.#prefix + key;
    const { Contents: [found] = [] } = await this.#page(key, call, { Prefix: name, MaxKeys: 1 });
    if (found?.Key !== name) return undefined;
    const stored = { key, sizeBytes: found.Size ?? 0, etag: found.ETag ?? '' };
    return call.lock ? { ...stored, ...(await this.#lockOf(key, call)) } : stored;
  }

  async *list(prefix: string, call: CallOptions = {}): AsyncGenerator<StoredObject> {
    for await (const { Contents = [] } of this.#pages(prefix, call, {})) {
      for (const { Key = '', Size = 0, ETag = '' } of Contents) {
        const key = Key.slice(this.#prefix.length);
        if (isKey(key)) yield { key, sizeBytes: Size, etag: ETag };
      }
    }
  }

  async *folders(prefix: string, call: CallOptions = {}): AsyncGenerator<string> {
    for await (const { CommonPrefixes = [] } of this.#pages(prefix, call, { Delimiter: '/' })) {
      for (const { Prefix = '' } of CommonPrefixes) {
        const name = Prefix.slice(this.#prefix.length + prefix.length, -1);
        if (isSegment(name)) yield name;
      }
    }
  }

  async delete(key: string, call: DeleteOptions = {}): Promise<void> {
    checkKey(key);
    const { DeleteMarker } = await this.#attempt('delete', key, call, () =>
      this.#client.send(new DeleteObjectCommand(this.#address(key)), withSignal(call.signal)),
    );
    if (DeleteMarker) call.onVersionKept?.();
  }

  /** Object Lock, as far as this role may see it (s3:GetObjectRetention, s3:GetObjectLegalHold). */
  async #lockOf(key: string, call: CallOptions): Promise<Pick<StoredObject, 'lockedUntil' | 'legalHold'>> {
    return this.#attempt('read', key, call, async () => {
      const command = new HeadObjectCommand(this.#address(key));
      const answer = await this.#client.send(command, withSignal(call.signal));
      const { ObjectLockMode, ObjectLockRetainUntilDate, ObjectLockLegalHoldStatus } = answer;
      return {
        ...(ObjectLockMode && ObjectLockRetainUntilDate && { lockedUntil: ObjectLockRetainUntilDate.toISOString() }),
        ...(ObjectLockLegalHoldStatus === 'ON' && { legalHold: true as const }),
      };
    });
  }

  async #conditional(
    key: string,
    body: Body,
    call: CallOptions,
    condition: WriteCondition,
  ): Promise<StoredObject | undefined> {
    return this.#attempt('write', key, call, async () => {
      try {
        return await this.#upload(key, body, call, condition);
      } catch (error) {
        // If-Match on an object that is gone: 404 NoSuchKey. Source: S3 API reference, PutObject, 2026-11.
        if (httpStatusOf(error) === 412 || nameOf(error) === 'NoSuchKey') return undefined;
        throw error;
      }
    });
  }

  async #upload(
    key: string,
    body: Body,
    { signal }: CallOptions,
    condition: WriteCondition = {},
  ): Promise<StoredObject> {
    checkKey(key);
    const checksums = (await this.#client.config.requestChecksumCalculation()) === 'WHEN_SUPPORTED';
    return withUpload(body, { checksums, signal }, async (upload, uploadSignal) => {
      const command = new PutObjectCommand({ ...this.#address(key), ...upload, ...condition });
      const { ETag: etag } = await this.#client.send(command, withSignal(uploadSignal));
      if (etag === undefined) throw notS3(this.#describe('write', key));
      return { key, sizeBytes: upload.ContentLength, etag };
    });
  }

  async #fetch(key: string, { signal }: CallOptions): Promise<Fetched | undefined> {
    checkForeignKey(key);
    try {
      const command = new GetObjectCommand(this.#address(key));
      const { Body, ETag, ContentLength } = await this.#client.send(command, withSignal(signal));
      if (!Body || ETag === undefined) throw notS3(this.#describe('read', key));
      const body = Body as Readable;
      // A connection that breaks before anybody reads must not end the process; whoever reads later is told.
      body.on('error', () => undefined);
      if (signal) addAbortSignal(signal, body);
      return { Body, ETag, ContentLength };
    } catch (error) {
      if (nameOf(error) === 'NoSuchKey') return undefined;
      throw error;
    }
  }

  async *#chunks(body: Readable, key: string, call: CallOptions): AsyncGenerator<Uint8Array> {
    const chunks = body[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next: IteratorResult<Uint8Array> = await this.#attempt('read', key, call, () => chunks.next());
        if (next.done) return;
        yield next.value;
      }
    } finally {
      body.destroy();
    }
  }

  async *#pages(
    prefix: string,
    call: CallOptions,
    query: Partial<ListObjectsV2CommandInput>,
  ): AsyncGenerator<ListObjectsV2CommandOutput> {
    checkPrefix(prefix);
    let token: string | undefined;
    do {
      const resume = token === undefined ? {} : { ContinuationToken: token };
      const page = await this.#page(prefix, call, { ...query, ...resume, Prefix: this.#prefix + prefix });
      if (page.IsTruncated && !page.NextContinuationToken) throw notS3(this.#describe('list', prefix));
      yield page;
      token = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
  }

  async #page(
    key: string,
    call: CallOptions,
    query: Omit<ListObjectsV2CommandInput, 'Bucket'>,
  ): Promise<ListObjectsV2CommandOutput> {
    return this.#attempt('list', key, call, async () => {
      const command = new ListObjectsV2Command({ ...query, Bucket: this.#bucket });
      const page = await this.#client.send(command, withSignal(call.signal));
      // An empty page and a proxy's page parse the same; only S3's says that it is all.
      if (page.IsTruncated === undefined) throw notS3(this.#describe('list', key));
      return page;
    });
  }

  async #attempt<T>(doing: Doing, key: string, { signal }: CallOptions, work: () => Promise<T>): Promise<T> {
    throwIfInterrupted(signal);
    try {
      return await work();
    } catch (error) {
      throwIfInterrupted(signal);
      throw s3Error(error, this.#describe(doing, key), this.#bucket);
    }
  }

  #address(key: string): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.#bucket, Key: this.#prefix + key };
  }

  #describe(doing: Doing, key: string): string {
    return key === '' ? `${doing} ${this.location}` : `${doing} ${JSON.stringify(key)} in ${this.location}`;
  }
}

type Doing = 'read' | 'write' | 'list' | 'delete';

interface Fetched {
  readonly Body: NonNullable<GetObjectCommandOutput['Body']>;
  readonly ETag: string;
  /** Absent where the answer comes in chunks. */
  readonly ContentLength: number | undefined;
}

/** The whole object; the connection is dropped as soon as there is too much of it. */
async function bytesOf({ Body, ContentLength }: Fetched, key: string, maxBytes = Infinity): Promise<Uint8Array> {
  const body = Body as Readable;
  if (ContentLength !== undefined && ContentLength <= maxBytes) return Body.transformToByteArray();
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  try {
    if (ContentLength !== undefined) throw tooLarge(key, maxBytes, ContentLength);
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      sizeBytes += chunk.length;
      if (sizeBytes > maxBytes) throw tooLarge(key, maxBytes);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } finally {
    body.destroy();
  }
}

/** Every call in flight listens to the run's one signal: many listeners there are no leak that Node should warn of. */
function withSignal(signal: AbortSignal | undefined): { readonly abortSignal?: AbortSignal } {
  if (!signal) return {};
  setMaxListeners(0, signal);
  return { abortSignal: signal };
}
