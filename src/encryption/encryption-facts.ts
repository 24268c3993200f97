import * as z from 'zod';

/** Each adds about 100 bytes to the header of every part. */
export const MOST_RECIPIENTS = 20;

/** An X25519 public key of age: what every age, rage and typage since 2019 can encrypt to. */
const recipient = z.string().regex(/^age1[02-9ac-hj-np-z]{58}$/);
const stored = {
  sizeBytes: z
    .int()
    .min(1)
    .max(64 * 1024),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
};

const passphraseFile = z.strictObject({
  kind: z.literal('passphrase'),
  /** The number is that of a run's round. */
  path: z.string().regex(/^key(?:-\d{1,6})?-passphrase\.age$/),
  ...stored,
});
const kmsFile = z.strictObject({
  kind: z.literal('kms'),
  path: z.string().regex(/^key(?:-\d{1,6})?\.kms$/),
  keyArn: z.string().max(2048),
  ...stored,
});
const keyFile = z.discriminatedUnion('kind', [passphraseFile, kmsFile]);

/**
 * How the parts of one snapshot or run are encrypted: public facts alone, for the manifest, the checkpoint and the run's
 * record. Every part is an age file to `recipients` and to `ownRecipient`, whose private key is in the key files, or nowhere.
 */
export const encryptionFacts = z
  .strictObject({
    scheme: z.literal('age'),
    /** Made for this snapshot alone. */
    ownRecipient: recipient,
    recipients: z.array(recipient).max(MOST_RECIPIENTS),
    keyFiles: z.array(keyFile),
  })
  .refine(({ recipients, keyFiles }) => recipients.length + keyFiles.length > 0, 'nobody could open it')
  .refine(
    ({ keyFiles }) => new Set(keyFiles.map(({ kind }) => kind)).size === keyFiles.length,
    'a key file comes twice',
  );

export type EncryptionFacts = Readonly<z.infer<typeof encryptionFacts>>;
export type KeyFileFacts = Readonly<z.infer<typeof keyFile>>;
