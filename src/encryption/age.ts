import type { Stanza } from 'age-encryption';
import { passphraseIdentity, passphraseRecipient } from './passphrase-stanza.ts';
import { Secret } from './secret.ts';

/** Makes one age file of the bytes. */
export type Seal = (plain: Uint8Array) => Promise<Uint8Array>;
/** Opens one age file. Throws what is no `BackupError`: only the caller knows what the file is called. */
export type Open = (sealed: Uint8Array) => Promise<Uint8Array>;

/** An X25519 key pair of age, its private half as text: `AGE-SECRET-KEY-1…`. */
export interface AgeKey {
  readonly identity: Secret;
  readonly recipient: string;
}

/** A header of ours has about 100 bytes a recipient; more is somebody's attempt to keep a reader busy. */
const MOST_HEADER_BYTES = 16 * 1024;

/** Loaded when something is encrypted: it is no part of every start. */
async function age() {
  return import('age-encryption');
}

/** A new key pair, from the random numbers of the system alone. */
export async function newAgeKey(): Promise<AgeKey> {
  const { generateX25519Identity } = await age();
  return ageKeyOf(new Secret(await generateX25519Identity()));
}

/** The key pair of a private key. Throws where the text is none. */
export async function ageKeyOf(identity: Secret): Promise<AgeKey> {
  const { identityToRecipient } = await age();
  return { identity, recipient: await identityToRecipient(identity.reveal()) };
}

/** Whether age takes the text for a public key; its checksum is looked at. */
export async function isRecipient(text: string): Promise<boolean> {
  const { Encrypter } = await age();
  try {
    new Encrypter().addRecipient(text);
    return true;
  } catch {
    return false;
  }
}

export function sealTo(recipients: readonly string[]): Seal {
  return async (plain) => {
    const { Encrypter } = await age();
    const encrypter = new Encrypter();
    for (const recipient of recipients) encrypter.addRecipient(recipient);
    return encrypter.encrypt(plain);
  };
}

export function openWith(identity: Secret): Open {
  return async (sealed) => {
    checkHeader(sealed);
    const { Decrypter } = await age();
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity.reveal());
    return decrypter.decrypt(sealed);
  };
}

export async function sealWithPassphrase(plain: Uint8Array, passphrase: Secret): Promise<Uint8Array> {
  const { Encrypter, Stanza } = await age();
  const encrypter = new Encrypter();
  encrypter.addRecipient(passphraseRecipient(passphrase, Stanza));
  return encrypter.encrypt(plain);
}

/** `undefined` when the passphrase is not the right one; throws where the file cannot be one. */
export async function openWithPassphrase(sealed: Uint8Array, passphrase: Secret): Promise<Uint8Array | undefined> {
  checkHeader(sealed);
  const { Decrypter } = await age();
  const identity = passphraseIdentity(passphrase);
  let isWrong = false;
  const decrypter = new Decrypter();
  decrypter.addIdentity({
    unwrapFileKey: async (stanzas: Stanza[]) => {
      const fileKey = await identity.unwrapFileKey(stanzas);
      isWrong = fileKey === null;
      return fileKey;
    },
  });
  try {
    return await decrypter.decrypt(sealed);
  } catch (error) {
    if (isWrong) return undefined;
    throw error;
  }
}

/** Throws where the bytes are no age file, or its header is too long to be read at all. */
function checkHeader(sealed: Uint8Array): void {
  const start = Buffer.from(sealed.buffer, sealed.byteOffset, Math.min(sealed.length, MOST_HEADER_BYTES));
  const isAge = start.subarray(0, MAGIC.length).equals(MAGIC) && start.includes('\n--- ');
  if (!isAge) throw new TypeError('It is no age file');
}

const MAGIC = Buffer.from('age-encryption.org/v1\n');
