import { BackupError } from '../model/errors.ts';
import { MAX_INDEX_BYTES } from '../snapshot/size-limits.ts';
import type { Storage, StoredObject } from '../storage/storage.ts';
import { runRecordKey, type RunRef } from './run-keys.ts';
import { encodeRun, type RunRecord } from './run-record.ts';

/**
 * `run.json` of one run as one process writes it: every version replaces only the one before it, so that a process that
 * stalled and lost its target cannot put an old record over that of the run that goes on in its place.
 */
export class RunRecordFile {
  readonly #storage: Storage;
  readonly #key: string;
  /** `undefined` until the first save, then the version that stands there; `null` where there was none. */
  #etag: string | null | undefined;
  #sent: Uint8Array | undefined;

  constructor(storage: Storage, ref: RunRef) {
    this.#storage = storage;
    this.#key = runRecordKey(ref);
  }

  /** Takes up what stands there at the first call. Throws `locked` when another process has replaced it since. */
  async save(run: RunRecord): Promise<void> {
    if (this.#etag === undefined) this.#etag = (await this.#storage.head(this.#key))?.etag ?? null;
    const earlier = this.#sent;
    this.#sent = encodeRun(run);
    const stored = (await this.#replace(this.#etag)) ?? (await this.#replaceUnanswered(earlier));
    if (!stored) throw replaced();
    this.#etag = stored.etag;
  }

  #replace(etag: string | null | undefined): Promise<StoredObject | undefined> {
    const bytes = this.#sent ?? new Uint8Array();
    return typeof etag === 'string'
      ? this.#storage.putIfMatch(this.#key, bytes, etag)
      : this.#storage.putIfAbsent(this.#key, bytes);
  }

  /** An earlier version may have arrived although every answer to it was lost. */
  async #replaceUnanswered(earlier: Uint8Array | undefined): Promise<StoredObject | undefined> {
    const there = earlier && (await this.#storage.get(this.#key, { maxBytes: MAX_INDEX_BYTES }));
    return there && Buffer.from(there.bytes).equals(earlier) ? this.#replace(there.etag) : undefined;
  }
}

function replaced(): BackupError {
  return new BackupError('locked', 'Another process goes on with this run', {
    hint: 'Let it finish, and run one command that writes to a pool at a time',
  });
}
