/** Caps on files whose size nothing else promises, so that whatever stands in their place never fills the memory. */

/** Manifest, checkpoint and run record, which name parts: about 400 bytes a part, so some 150,000 parts. */
export const MAX_INDEX_BYTES = 64 * 1024 * 1024;
/** Files of a few fields: `vault.json`, `accepted.json`, leases. */
export const MAX_NOTE_BYTES = 64 * 1024;
/** No part unpacks to more. */
export const MAX_PLAIN_BYTES = 256 * 1024 * 1024;
/** No part holds more records: a reader holds them as lines. Writers close a part at about 5,000. */
export const MAX_PART_RECORDS = 1_000_000;

/** The most that a part of so many bytes can take when it is stored: what gzip and an encryption add, with room to spare. */
export function maxStoredBytes(plainBytes: number): number {
  return plainBytes + Math.ceil(plainBytes / 50) + 64 * 1024;
}
