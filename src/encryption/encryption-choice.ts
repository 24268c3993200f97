import type { EncryptionFacts } from './encryption-facts.ts';
import type { Secret } from './secret.ts';

/** To whom somebody wants to encrypt; at least one of them. */
export interface EncryptionChoice {
  /** Public keys of age. */
  readonly recipients: readonly string[];
  readonly passphrase?: Secret;
  /** ARN of a KMS key. */
  readonly kmsKey?: string;
}

/** Whether something was encrypted for exactly those whom somebody wants now; a passphrase is compared by opening with it. */
export function isChoiceOf(facts: EncryptionFacts | null, choice: EncryptionChoice | undefined): boolean {
  if (!facts || !choice) return !facts && !choice;
  const [passphrase, kms] = (['passphrase', 'kms'] as const).map((kind) =>
    facts.keyFiles.find((file) => file.kind === kind),
  );
  return (
    facts.recipients.toSorted().join() === [...new Set(choice.recipients)].toSorted().join() &&
    (passphrase !== undefined) === (choice.passphrase !== undefined) &&
    (kms?.kind === 'kms' ? kms.keyArn : undefined) === choice.kmsKey
  );
}

/** The same again for something new, as far as the passphrase is at hand; with nobody left, for the own key alone. */
export function choiceLike(facts: EncryptionFacts, passphrase: Secret | undefined): EncryptionChoice {
  const hasPassphrase = facts.keyFiles.some(({ kind }) => kind === 'passphrase') && passphrase !== undefined;
  const kmsKey = facts.keyFiles.flatMap((file) => (file.kind === 'kms' ? file.keyArn : []))[0];
  const recipients = facts.recipients.length > 0 || hasPassphrase || kmsKey ? facts.recipients : [facts.ownRecipient];
  return { recipients, ...(hasPassphrase && { passphrase }), ...(kmsKey !== undefined && { kmsKey }) };
}

/** For everybody of both. */
export function bothChoices(one: EncryptionChoice | undefined, other: EncryptionChoice | undefined): typeof one {
  if (!one || !other) return one ?? other;
  return { ...other, ...one, recipients: [...new Set([...one.recipients, ...other.recipients])] };
}
