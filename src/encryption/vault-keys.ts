import type { EncryptionChoice } from './encryption-choice.ts';
import { KeyRing } from './key-ring.ts';
import type { KeyService } from './key-service.ts';

/** What a vault is opened with: to whom is written, and what can be opened. */
export interface VaultKeys {
  /** Absent: what is written is not encrypted. */
  readonly choice?: EncryptionChoice;
  /** Whether a pool whose newest snapshot is encrypted may get one that is not. */
  readonly allowsPlain: boolean;
  readonly ring: KeyRing;
  /** Absent: KMS is out of reach. */
  readonly keyService?: KeyService;
}

/** For a vault that nothing is written to or opened with keys. */
export function noKeys(): VaultKeys {
  return { allowsPlain: false, ring: new KeyRing() };
}
