import { hash } from 'node:crypto';
import { BackupError } from '../model/errors.ts';
import { newAgeKey, openWith, sealTo, sealWithPassphrase, type AgeKey, type Open, type Seal } from './age.ts';
import type { EncryptionFacts, KeyFileFacts } from './encryption-facts.ts';
import type { EncryptionChoice } from './encryption-choice.ts';
import type { Place } from './key-service.ts';
import type { Secret } from './secret.ts';
import type { VaultKeys } from './vault-keys.ts';

/** A file that holds the own key of a snapshot, encrypted in its turn. */
export interface KeyFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** What encrypts the parts of one snapshot or run. */
export interface Envelope {
  readonly facts: EncryptionFacts;
  readonly seal: Seal;
  /** With the own key, as long as this process lives. */
  readonly open: Open;
  /** To be stored before the first part. */
  readonly keyFiles: readonly KeyFile[];
}

export interface EnvelopeOptions {
  readonly choice: EncryptionChoice;
  readonly place: Place;
  readonly keys: VaultKeys;
  /** What the names of the key files begin with: `key`, or in a run `key-` and the number of its round. */
  readonly prefix?: string;
}

/**
 * Makes the own key of a snapshot or run; the ring knows it as long as the process lives. A passphrase is slow and KMS is a
 * call, so they encrypt that key once and not every part. Throws what the key service throws.
 */
export async function createEnvelope({ choice, place, keys, prefix = 'key' }: EnvelopeOptions): Promise<Envelope> {
  const own = await newAgeKey();
  const made: { readonly file: KeyFile; readonly facts: KeyFileFacts }[] = [];
  if (choice.passphrase) made.push(await passphraseFile(own, `${prefix}-passphrase.age`, choice.passphrase));
  if (choice.kmsKey !== undefined) made.push(await kmsFile(own, `${prefix}.kms`, choice.kmsKey, { place, keys }));
  keys.ring.remember(own);
  const facts: EncryptionFacts = {
    scheme: 'age',
    ownRecipient: own.recipient,
    recipients: [...new Set(choice.recipients)],
    keyFiles: made.map((one) => one.facts),
  };
  return { facts, seal: sealFor(facts), open: openWith(own.identity), keyFiles: made.map(({ file }) => file) };
}

/** Encrypts one more part for the same; needs public keys alone. */
export function sealFor({ recipients, ownRecipient }: EncryptionFacts): Seal {
  return sealTo([...recipients, ownRecipient]);
}

type MadeFile = Promise<{ readonly file: KeyFile; readonly facts: KeyFileFacts }>;

/** An age identity file as `age-keygen` and `age -p` make it together: `age -d -i` asks for the passphrase by itself. */
async function passphraseFile({ identity }: AgeKey, path: string, passphrase: Secret): MadeFile {
  const bytes = await sealWithPassphrase(Buffer.from(`${identity.reveal()}\n`), passphrase);
  return { file: { path, bytes }, facts: { kind: 'passphrase', path, ...storedFacts(bytes) } };
}

/** What KMS answered, as it is: `aws kms decrypt --ciphertext-blob fileb://key.kms` gives the identity file. */
async function kmsFile(
  { identity }: AgeKey,
  path: string,
  keyArn: string,
  { place, keys }: Pick<EnvelopeOptions, 'place' | 'keys'>,
): MadeFile {
  if (!keys.keyService) throw new BackupError('internal', 'A KMS key is named, but KMS is out of reach');
  const bytes = await keys.keyService.wrap(keyArn, Buffer.from(`${identity.reveal()}\n`), place);
  return { file: { path, bytes }, facts: { kind: 'kms', path, keyArn, ...storedFacts(bytes) } };
}

function storedFacts(bytes: Uint8Array) {
  return { sizeBytes: bytes.length, sha256: hash('sha256', bytes) };
}
