import type { Open } from '../encryption/age.ts';
import { BackupError } from '../model/errors.ts';
import { throwIfInterrupted } from '../runtime/interruption.ts';
import type { CallOptions, Storage } from '../storage/storage.ts';
import { damaged } from './damaged.ts';
import { isEncryptedPath, partKey, type SnapshotRef } from './keys.ts';
import type { PartEntry } from './manifest.ts';
import { openPart } from './part.ts';
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

/** Lines of one part, checked whole. */
export interface OpenedPart {
  readonly entry: PartEntry;
  readonly key: string;
  readonly lines: readonly string[];
}

/** Fetches one part and checks it whole. Throws `damaged`, naming the file. */
export async function readPart(source: PartSource, entry: PartEntry, options: CallOptions = {}): Promise<OpenedPart> {
  throwIfInterrupted(options.signal);
  const key = partKey(source.ref, entry.path);
  const stored = await source.storage.get(key, { ...options, maxBytes: entry.sizeBytes });
  if (stored === undefined) throw damaged(key, 'it is missing');
  if (!isReadable(source, entry)) throw new BackupError('internal', `${key} is read without its key`);
  const open = isEncryptedPath(entry.path) ? source.open : undefined;
  return { entry, key, lines: await openPart(stored.bytes, entry, key, open) };
}

/** Reads parts in order, fetching the next while one is used: two parts are held at most. */
export async function* readParts(
  source: PartSource,
  entries: readonly PartEntry[],
  options: CallOptions = {},
): AsyncGenerator<OpenedPart> {
  let ahead: Promise<OpenedPart> | undefined;
  for (const [index, entry] of entries.entries()) {
    const part = await (ahead ?? readPart(source, entry, options));
    const following = entries[index + 1];
    ahead = following && readPart(source, following, options);
    // Whoever stops early never awaits it; whoever goes on still sees its error.
    ahead?.catch(() => undefined);
    yield part;
  }
}

/** The records of an opened part. Throws `damaged`, naming the file and the line. */
export function* decodeRecords<Value>({ key, lines }: OpenedPart, codec: RecordCodec<Value>): Generator<Value> {
  for (const [index, line] of lines.entries()) yield decodeLine(codec, line, `${key}:${index + 1}`);
}

function decodeLine<Value>(codec: RecordCodec<Value>, line: string, where: string): Value {
  try {
    return codec.decode(line);
  } catch (error) {
    // A JSON syntax error quotes the line, which is personal data: its text stays out of the message and the cause.
    throw damaged(where, error instanceof TypeError ? error.message : 'it is not JSON');
  }
}
