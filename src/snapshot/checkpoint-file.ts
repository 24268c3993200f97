import { BackupError, isBackupError } from '../model/errors.ts';
import type { CallOptions, Storage } from '../storage/storage.ts';
import { decodeCheckpoint, encodeCheckpoint, type Checkpoint } from './checkpoint.ts';
import { checkpointKey, type SnapshotRef } from './keys.ts';
import { MAX_INDEX_BYTES } from './size-limits.ts';

/** Why a snapshot is abandoned that may hold people who were erased. */
export const ERASED = 'erased';

export interface LoadedCheckpoint {
  readonly checkpoint: Checkpoint;
  readonly etag: string;
}

/** `checkpoint.json` of one snapshot: written by one run at a time, taken over by the next. */
export class CheckpointFile {
  readonly #storage: Storage;
  readonly #key: string;
  #etag: string | undefined;
  #writing: Promise<void> = Promise.resolve();
  #waiting: Promise<void> | undefined;

  constructor(storage: Storage, ref: SnapshotRef, etag?: string) {
    this.#storage = storage;
    this.#key = checkpointKey(ref);
    this.#etag = etag;
  }

  /**
   * Writes what `current` returns when its turn comes. Calls made while one write is under way share the next one.
   * Throws `locked` when another run has taken the snapshot over, or closed it.
   */
  save(current: () => Checkpoint): Promise<void> {
    this.#waiting ??= this.#writing
      .catch(() => undefined)
      .then(() => {
        this.#waiting = undefined;
        this.#writing = this.#write(current());
        return this.#writing;
      });
    return this.#waiting;
  }

  async #write(checkpoint: Checkpoint): Promise<void> {
    const bytes = encodeCheckpoint(checkpoint);
    const stored =
      this.#etag === undefined
        ? await this.#storage.putIfAbsent(this.#key, bytes)
        : await this.#storage.putIfMatch(this.#key, bytes, this.#etag);
    this.#etag = stored?.etag ?? (await this.#ownEtag(checkpoint.writer));
  }

  /** A write of ours may have arrived although its answer did not: then the file bears our mark, and we go on. */
  async #ownEtag(writer: string): Promise<string> {
    const there = await loadCheckpoint(this.#storage, this.#key);
    if (there !== undefined && there.checkpoint.writer === writer) return there.etag;
    throw there?.checkpoint.abandoned === undefined ? takenOver() : closed(there.checkpoint.abandoned);
  }
}

function takenOver(): BackupError {
  return new BackupError('locked', 'Another run has taken this backup over', {
    hint: 'Let it finish, and run one backup of a pool at a time',
  });
}

function closed(why: string): BackupError {
  const message =
    why === ERASED
      ? 'An erase has closed this backup: it may hold people who were erased'
      : 'Another run has closed this backup: it cannot be finished';
  return new BackupError('locked', message, { hint: 'Run it again: it begins a new snapshot' });
}

/** The checkpoint of an unfinished snapshot; `undefined` when there is none, or none that can be trusted. */
export async function loadCheckpoint(
  storage: Storage,
  key: string,
  options: CallOptions = {},
): Promise<LoadedCheckpoint | undefined> {
  try {
    const stored = await storage.get(key, { ...options, maxBytes: MAX_INDEX_BYTES });
    if (stored === undefined) return undefined;
    return { checkpoint: decodeCheckpoint(stored.bytes, key), etag: stored.etag };
  } catch (error) {
    if (isBackupError(error, 'damaged', 'vault-too-new')) return undefined;
    throw error;
  }
}
