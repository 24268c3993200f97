/** Where the bytes belong, as names and values that are no secret: KMS opens them for the same place alone. */
export type Place = Readonly<Record<string, string>>;

/** Wraps a few bytes under a key that never leaves the service: AWS KMS, or what a test has for it. */
export interface KeyService {
  /** Throws `kms-refused`, `credentials`, `throttled`, `unavailable`. */
  wrap(keyArn: string, plain: Uint8Array, place: Place): Promise<Uint8Array>;
  /** The same, and `key-wrong` where the bytes were not wrapped under this key for this place. */
  unwrap(keyArn: string, wrapped: Uint8Array, place: Place): Promise<Uint8Array>;
}
