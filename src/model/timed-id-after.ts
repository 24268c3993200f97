/** The last that is drawn in one second. */
export const LAST_SUFFIX = 0xff_ff_ff;

/** A timed id of the second of `last`, behind it; `undefined` where there is none behind it. */
export function timedIdAfter(last: string, random: Uint8Array): string | undefined {
  const room = LAST_SUFFIX - suffixOf(last);
  if (room === 0) return undefined;
  return withSuffix(last, suffixOf(last) + 1 + (Buffer.from(random).readUIntBE(0, 3) % room));
}

export function suffixOf(id: string): number {
  return Number.parseInt(id.slice(-6), 16);
}

/** The id of the same second with another suffix. */
export function withSuffix(id: string, suffix: number): string {
  return `${secondOf(id)}-${suffix.toString(16).padStart(6, '0')}`;
}

/** The part of a timed id that tells the time. */
export function secondOf(id: string): string {
  return id.slice(0, id.indexOf('-'));
}
