import { createCipheriv, createDecipheriv, scrypt } from 'node:crypto';
import type { Identity, Recipient, Stanza } from 'age-encryption';
import type { Secret } from './secret.ts';

/** What age itself takes: about a second, and 256 MB for a moment. A higher one is somebody's attempt to fill the memory. */
const WORK_FACTOR = 18;
const LABEL = 'age-encryption.org/v1/scrypt';
const CIPHER = 'chacha20-poly1305';
const TAG_BYTES = 16;
/** The key is used once, so the nonce may be zero. */
const NONCE = new Uint8Array(12);

/**
 * The passphrase recipient of age (age-encryption.org/v1, "scrypt recipient stanza"), with the scrypt of Node: it is several
 * times faster than one in JavaScript, and does not stop everything else meanwhile.
 */
export function passphraseRecipient(passphrase: Secret, StanzaClass: typeof Stanza): Recipient {
  return {
    wrapFileKey: async (fileKey) => {
      // oxlint-disable-next-line no-restricted-properties -- what protects a key never comes from a runtime that a test made predictable
      const salt = crypto.getRandomValues(new Uint8Array(16));
      const cipher = createCipheriv(CIPHER, await derive(passphrase, salt), NONCE, { authTagLength: TAG_BYTES });
      const body = Buffer.concat([cipher.update(fileKey), cipher.final(), cipher.getAuthTag()]);
      return [new StanzaClass(['scrypt', unpadded(salt), String(WORK_FACTOR)], new Uint8Array(body))];
    },
  };
}

/** Opens what a passphrase recipient has wrapped; throws for a stanza that no writer of ours or of age makes. */
export function passphraseIdentity(passphrase: Secret): Identity {
  return {
    unwrapFileKey: async (stanzas) => {
      const [stanza, ...others] = stanzas;
      const [kind, salt = '', workFactor] = stanza?.args ?? [];
      const isOurs = kind === 'scrypt' && stanza?.args.length === 3 && /^(?:[1-9]|1[0-8])$/.test(workFactor ?? '');
      const saltBytes = Buffer.from(salt, 'base64');
      if (!stanza || others.length > 0 || !isOurs || saltBytes.length !== 16 || stanza.body.length !== 32) {
        throw new TypeError('It is no passphrase file of age');
      }
      const cipher = createDecipheriv(CIPHER, await derive(passphrase, saltBytes, Number(workFactor)), NONCE, {
        authTagLength: TAG_BYTES,
      });
      cipher.setAuthTag(stanza.body.subarray(TAG_BYTES));
      try {
        return new Uint8Array(Buffer.concat([cipher.update(stanza.body.subarray(0, TAG_BYTES)), cipher.final()]));
      } catch {
        return null;
      }
    },
  };
}

function derive(passphrase: Secret, salt: Uint8Array, workFactor = WORK_FACTOR): Promise<Buffer> {
  const options = { N: 2 ** workFactor, r: 8, p: 1, maxmem: 300 * 1024 * 1024 };
  return new Promise((resolve, reject) => {
    scrypt(passphrase.reveal(), Buffer.concat([Buffer.from(LABEL), salt]), 32, options, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}

function unpadded(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replaceAll('=', '');
}
