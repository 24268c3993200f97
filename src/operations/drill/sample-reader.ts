import { createHash } from 'node:crypto';
import type { SnapshotReader } from '../../snapshot/snapshot-reader.ts';

/**
 * A snapshot as if it held so many of its users alone, with their memberships, and all of the rest. Who they are follows from the
 * manifest: another run, or an auditor's, draws the same. Memory: 8 bytes a user.
 */
export async function sampleReader(reader: SnapshotReader, size: number): Promise<SnapshotReader> {
  const lot = (sub: string): number => lotOf(sub, reader.manifestSha256);
  const lots: number[] = [];
  for await (const { sub } of reader.users()) lots.push(lot(sub));
  const last = Float64Array.from(lots).toSorted()[size - 1] ?? Infinity;
  const isDrawn = ({ sub }: { readonly sub: string }): boolean => lot(sub) <= last;
  const { manifest } = reader;
  const users = Math.min(size, lots.length);
  return {
    ...reader,
    manifest: { ...manifest, totals: { ...manifest.totals, users } },
    users: () => only(reader.users(), isDrawn),
    memberships: () => only(reader.memberships(), isDrawn),
  };
}

/** 48 bits: two users of ten million share theirs once in six pools, and then the sample has one user more. */
function lotOf(sub: string, manifestSha256: string): number {
  return createHash('sha256').update(`${manifestSha256} ${sub}`).digest().readUIntBE(0, 6);
}

async function* only<Item>(items: AsyncIterable<Item>, isWanted: (item: Item) => boolean): AsyncGenerator<Item> {
  for await (const item of items) if (isWanted(item)) yield item;
}
