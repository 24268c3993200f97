import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { ServiceError } from '../service-error.ts';

/** Names and values that are bound to a ciphertext and have to be given again to open it. */
export type EncryptionContext = Readonly<Record<string, string>>;

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** One symmetric key. Its material never leaves it; what it makes names it, as that of KMS does. */
export class KmsKey {
  readonly arn: string;
  state: 'Enabled' | 'Disabled' | 'PendingDeletion' = 'Enabled';
  /** Operations that the caller may not use with this key. */
  readonly denied = new Set<string>();
  readonly #material = randomBytes(32);

  constructor(arn: string) {
    this.arn = arn;
  }

  encrypt(plain: Uint8Array, context: EncryptionContext): Buffer {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#material, iv).setAAD(contextBytes(context));
    return Buffer.concat([nameOf(this.arn), iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  }

  /** Throws `InvalidCiphertextException` for another context or changed bytes. */
  decrypt(blob: Uint8Array, context: EncryptionContext): Buffer {
    const sealed = Buffer.from(blob).subarray(NAME_BYTES);
    if (sealed.length < IV_BYTES + TAG_BYTES) throw invalidCiphertext();
    const decipher = createDecipheriv('aes-256-gcm', this.#material, sealed.subarray(0, IV_BYTES), {
      authTagLength: TAG_BYTES,
    })
      .setAAD(contextBytes(context))
      .setAuthTag(sealed.subarray(-TAG_BYTES));
    try {
      return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]);
    } catch {
      throw invalidCiphertext();
    }
  }

  /** Whether it is the key that a ciphertext names. */
  hasMade(blob: Uint8Array): boolean {
    return Buffer.from(blob).subarray(0, NAME_BYTES).equals(nameOf(this.arn));
  }
}

export function invalidCiphertext(): ServiceError {
  return new ServiceError('InvalidCiphertextException', '');
}

const NAME_BYTES = 16;

function nameOf(arn: string): Buffer {
  return createHash('sha256').update(arn).digest().subarray(0, NAME_BYTES);
}

/** The order of the pairs means nothing. Source: AWS KMS developer guide, "Encryption context", 2026-11. */
function contextBytes(context: EncryptionContext): Buffer {
  return Buffer.from(JSON.stringify(Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1))));
}
