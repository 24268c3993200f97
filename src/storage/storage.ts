/**
 * Bytes by key: what a vault stands on. Keys are relative, `/`-separated, and come from `snapshot/keys.ts` alone.
 * Local folder and S3 prefix pass one contract suite (`test/contracts/storage.contract.ts`).
 *
 * Errors: `storage-failed`, `disk-full`, `vault-not-writable`, `not-authorized`, `credentials`, `vault-not-found` (no such
 * bucket or folder), `unavailable`, `damaged` (larger than it may be); a missing object is `undefined`, a lost condition is `false`: neither is an error.
 */
export interface Storage {
  /** For people: `s3://bucket/prefix` or the folder as given. */
  readonly location: string;
  /** Writes a whole object; durable when it resolves (fsync, or S3's answer). */
  put(key: string, body: Body, options?: CallOptions): Promise<StoredObject>;
  /** Writes only if the key is free (`If-None-Match: *`); `undefined` when somebody was first. */
  putIfAbsent(key: string, body: Body, options?: CallOptions): Promise<StoredObject | undefined>;
  /** Replaces only the version named (`If-Match`); `undefined` when it is no longer that version. */
  putIfMatch(key: string, body: Body, etag: string, options?: CallOptions): Promise<StoredObject | undefined>;
  /** With `maxBytes` a larger object is refused as `damaged` before it is read, or while it is where S3 gives no size. */
  get(key: string, options?: GetOptions): Promise<StoredBytes | undefined>;
  /** The object in chunks, for what is too large to hold. */
  stream(key: string, options?: CallOptions): Promise<AsyncIterable<Uint8Array> | undefined>;
  head(key: string, options?: HeadOptions): Promise<StoredObject | undefined>;
  /** Every object below a prefix that ends in `/` (or `''`), in key order. */
  list(prefix: string, options?: CallOptions): AsyncIterable<StoredObject>;
  /** The names of the folders right below a prefix that ends in `/`, in order, without slashes. */
  folders(prefix: string, options?: CallOptions): AsyncIterable<string>;
  /** Removing what is not there is no error. */
  delete(key: string, options?: DeleteOptions): Promise<void>;
}

/** Bytes in memory, or a file on this machine that is sent as it stands. */
export type Body = Uint8Array | { readonly path: string };

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface GetOptions extends CallOptions {
  /** More than this is never held in memory. */
  readonly maxBytes?: number;
}

export interface HeadOptions extends CallOptions {
  /** Also says until when the object may not go (S3 Object Lock), for one more request where there is such a thing. */
  readonly lock?: boolean;
}

export interface DeleteOptions extends CallOptions {
  /** Told where the bucket keeps the object as an old version, so that nothing is freed yet. */
  readonly onVersionKept?: () => void;
}

export interface StoredObject {
  readonly key: string;
  readonly sizeBytes: number;
  /** Opaque version tag, for `putIfMatch`. */
  readonly etag: string;
  /** Asked for by `lock`: the end of its retention, which may have passed; an instant. */
  readonly lockedUntil?: string;
  /** Asked for by `lock`: it may not go until somebody lifts the hold. */
  readonly legalHold?: true;
}

export interface StoredBytes extends StoredObject {
  readonly bytes: Uint8Array;
}
