import { compareKeys } from './key-order.ts';

/** One stored object. `etag` is the quoted MD5 of the bytes, as S3 makes it for a plain PutObject. */
export interface S3Object {
  readonly bytes: Buffer;
  readonly etag: string;
  readonly modifiedMs: number;
  /** Response headers kept from the upload: content type, user metadata, checksums. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Checksum headers, shown only to requests with `x-amz-checksum-mode: ENABLED`. */
  readonly checksums: readonly (readonly [name: string, value: string])[];
}

/** Retention that a bucket with Object Lock gives every object it is sent. */
export interface DefaultRetention {
  readonly mode: 'GOVERNANCE' | 'COMPLIANCE';
  readonly days: number;
}

/** The objects of one bucket in memory, with their keys in listing order. */
export class Bucket {
  /** Deletes leave a marker, and the object as a noncurrent version. Object Lock needs it. */
  versioned = false;
  /** Where it keeps no versions: whether it did once. */
  suspended = false;
  objectLock = false;
  defaultRetention: DefaultRetention | undefined;
  /** What deletes have left; old versions of what was overwritten are not kept. */
  readonly noncurrent = new Map<string, S3Object[]>();
  readonly #objects = new Map<string, S3Object>();
  readonly #keys: string[] = [];

  get size(): number {
    return this.#objects.size;
  }

  /** Every key in UTF-8 byte order. */
  get keys(): readonly string[] {
    return this.#keys;
  }

  get(key: string): S3Object | undefined {
    return this.#objects.get(key);
  }

  put(key: string, object: S3Object): void {
    if (!this.#objects.has(key)) this.#keys.splice(this.position(key), 0, key);
    this.#objects.set(key, object);
  }

  delete(key: string): void {
    const object = this.#objects.get(key);
    if (object && this.versioned) this.noncurrent.set(key, [...(this.noncurrent.get(key) ?? []), object]);
    if (this.#objects.delete(key)) this.#keys.splice(this.position(key), 1);
  }

  /** Index of the first key that is not below `key`. */
  position(key: string): number {
    let low = 0;
    let high = this.#keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareKeys(this.#keys[middle] ?? '', key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
