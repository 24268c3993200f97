import { throwIfInterrupted } from '../runtime/interruption.ts';
import { oneAhead } from '../runtime/one-ahead.ts';
import type { CallOptions } from '../storage/storage.ts';
import { checkStored } from './part.ts';
import { damaged } from './damaged.ts';
import { partKey } from './keys.ts';
import type { PartEntry } from './manifest.ts';
import { decodeRecords, isReadable, readPart, type OpenedPart, type PartSource } from './read-part.ts';
import { groupCodec, poolCodec, resourceCodec } from './record-codec.ts';
import { scanMemberships, scanUsers } from './scan-part.ts';

export interface ReadBackOptions extends CallOptions {
  /** Asked between parts; once it says true, nothing more is read. */
  readonly deadline?: (() => boolean) | undefined;
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
  for await (const part of oneAhead(entries, (entry) => readEither(source, entry, options))) {
    if (options.deadline?.()) return false;
    if (part) for (const _record of recordsOf(part));
  }
  return true;
}

function recordsOf(part: OpenedPart): Iterable<unknown> {
  switch (part.entry.kind) {
    case 'pool':
      return decodeRecords(part, poolCodec);
    case 'config':
      return decodeRecords(part, resourceCodec);
    case 'groups':
      return decodeRecords(part, groupCodec);
    case 'users':
      return scanUsers(part);
    case 'memberships':
      return scanMemberships(part);
    default:
      return part.entry.kind satisfies never;
  }
}

async function readEither(source: PartSource, entry: PartEntry, options: CallOptions): Promise<OpenedPart | undefined> {
  if (isReadable(source, entry)) return readPart(source, entry, options);
  throwIfInterrupted(options.signal);
  const key = partKey(source.ref, entry.path);
  const stored = await source.storage.get(key, { ...options, maxBytes: entry.sizeBytes });
  if (stored === undefined) throw damaged(key, 'it is missing');
  checkStored(stored.bytes, entry, key);
  return undefined;
}
