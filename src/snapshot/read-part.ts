import type { Open } from '../encryption/age.ts';
import { BackupError } from '../model/errors.ts';
import { throwIfInterrupted } from '../runtime/interruption.ts';
import { oneAhead } from '../runtime/one-ahead.ts';
import type { CallOptions, Storage } from '../storage/storage.ts';
import { damaged } from './damaged.ts';
import { isEncryptedPath, partKey, type SnapshotRef } from './keys.ts';
import type { PartEntry } from './manifest.ts';
import { linesOf, openPart } from './part.ts';
import type { RecordCodec } from './record-codec.ts';

/** Where parts are read from. */
export interface PartSource {
  readonly storage: Storage;
  readonly ref: SnapshotRef;
  /** Decrypts; needed where the parts are encrypted. */
  readonly open?: Open | undefined;
}

/** Whether the records of a part can be read, or only its bytes. */
export function isReadable({ open }: PartSource, { path }: PartEntry): boolean {
  return open !== undefined || !isEncryptedPath(path);
}

/** One part, checked whole. */
export interface OpenedPart {
  readonly entry: PartEntry;
  readonly key: string;
  /** Its lines, each with its newline. */
  readonly plain: Buffer;
}

/** Fetches one part and checks it whole. Throws `damaged`, naming the file. */
export async function readPart(source: PartSource, entry: PartEntry, options: CallOptions = {}): Promise<OpenedPart> {
  throwIfInterrupted(options.signal);
  const key = partKey(source.ref, entry.path);
  const stored = await source.storage.get(key, { ...options, maxBytes: entry.sizeBytes });
  if (stored === undefined) throw damaged(key, 'it is missing');
  if (!isReadable(source, entry)) throw new BackupError('internal', `${key} is read without its key`);
  const open = isEncryptedPath(entry.path) ? source.open : undefined;
  return { entry, key, plain: await openPart(stored.bytes, entry, key, open) };
}

/** Reads parts in order, fetching the next while one is used: two parts are held at most. */
export function readParts(
  source: PartSource,
  entries: readonly PartEntry[],
  options: CallOptions = {},
): AsyncGenerator<OpenedPart> {
  return oneAhead(entries, (entry) => readPart(source, entry, options));
}

/** The records of an opened part. Throws `damaged`, naming the file and the line. */
export function* decodeRecords<Value>({ key, plain }: OpenedPart, codec: RecordCodec<Value>): Generator<Value> {
  let number = 0;
  for (const line of linesOf(plain)) {
    number += 1;
    yield decodeLine(codec, line, `${key}:${number}`);
  }
}

/** Throws `damaged`, saying `where`. */
export function decodeLine<Value>(codec: Pick<RecordCodec<Value>, 'decode'>, line: string, where: string): Value {
  try {
    return codec.decode(line);
  } catch (error) {
    // A JSON syntax error quotes the line, which is personal data: its text stays out of the message and the cause.
    throw damaged(where, error instanceof TypeError ? error.message : 'it is not JSON');
  }
}
