import { throwIfInterrupted } from '../runtime/interruption.ts';
import type { CallOptions } from '../storage/storage.ts';
import { checkStored } from './part.ts';
import { damaged } from './damaged.ts';
import { partKey } from './keys.ts';
import type { PartEntry } from './manifest.ts';
import { decodeRecords, isReadable, readPart, type OpenedPart, type PartSource } from './read-part.ts';
import { groupCodec, membershipCodec, poolCodec, resourceCodec, userCodec } from './record-codec.ts';

export interface ReadBackOptions extends CallOptions {
  /** Asked between parts; once it says true, nothing more is read. */
  readonly deadline?: () => boolean;
}

/**
 * Reads every stored part again before a manifest names it: its bytes, and where they can be read its records. Holds two
 * parts. False when the deadline came first. Throws `damaged`.
 */
export async function readBack(
  source: PartSource,
  entries: readonly PartEntry[],
  options: ReadBackOptions = {},
): Promise<boolean> {
  let ahead: Promise<OpenedPart | undefined> | undefined;
  for (const [index, entry] of entries.entries()) {
    const part = await (ahead ?? readEither(source, entry, options));
    if (options.deadline?.()) return false;
    const following = entries[index + 1];
    ahead = following && readEither(source, following, options);
    // Whoever stops early never awaits it; whoever goes on still sees its error.
    ahead?.catch(() => undefined);
    if (part) for (const _record of decodeRecords<unknown>(part, CODECS[entry.kind]));
  }
  return true;
}

const CODECS = {
  pool: poolCodec,
  config: resourceCodec,
  groups: groupCodec,
  users: userCodec,
  memberships: membershipCodec,
};

async function readEither(source: PartSource, entry: PartEntry, options: CallOptions): Promise<OpenedPart | undefined> {
  if (isReadable(source, entry)) return readPart(source, entry, options);
  throwIfInterrupted(options.signal);
  const key = partKey(source.ref, entry.path);
  const stored = await source.storage.get(key, { ...options, maxBytes: entry.sizeBytes });
  if (stored === undefined) throw damaged(key, 'it is missing');
  checkStored(stored.bytes, entry, key);
  return undefined;
}
