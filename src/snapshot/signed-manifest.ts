import type { JsonValue } from '../model/pool.ts';
import { BackupError } from '../model/errors.ts';
import type { Signature, Signer, Verifier } from '../signing/signing-key.ts';
import type { VaultTrust } from '../signing/vault-trust.ts';
import { canonicalJson } from './canonical-json.ts';

/** Keeps a signature over one kind of file from standing under another. */
type SignedKind = 'manifest' | 'acceptance';

/** What is signed: a line that says what it is, then the canonical JSON of everything but digest and signature. */
function signedText(kind: SignedKind, file: object): string {
  const { digest: _digest, signature: _signature, ...body } = file as { readonly [field: string]: JsonValue };
  return `cognito-backup ${kind} v1\n${canonicalJson(body)}`;
}

export function signed<Body extends object>(
  kind: SignedKind,
  body: Body,
  signer: Signer | undefined,
): Body & { signature?: Signature } {
  return signer ? { ...body, signature: signer.sign(signedText(kind, body)) } : body;
}

/**
 * Signs what takes the place of another file only where that one was signed by somebody who is trusted, or, where nobody
 * was named, by the key that signs now: what anybody may have put there must not be made to look like ours.
 */
export function signedLike<Body extends object>(
  kind: SignedKind,
  body: Body,
  before: { readonly signature?: Signature },
  { signer, verifier = signer }: VaultTrust,
): Body & { signature?: Signature } {
  const isProven = before.signature && verifier?.verify(signedText(kind, before), before.signature) === 'good';
  return signed(kind, body, isProven ? signer : undefined);
}

/** Throws `not-trusted`, naming `key`, unless somebody who is trusted signed exactly this. */
export function checkSignature(
  kind: SignedKind,
  file: { readonly signature?: Signature },
  verifier: Verifier,
  key: string,
): void {
  const verdict = file.signature ? verifier.verify(signedText(kind, file), file.signature) : 'missing';
  if (verdict === 'good') return;
  const problems = {
    missing: 'is not signed',
    'other-key': 'is signed by somebody else',
    wrong: 'is not what was signed',
  };
  throw new BackupError('not-trusted', `${key} ${problems[verdict]}`, {
    hint: 'Do not use this snapshot unless you know why; --verify-key names the public keys that are trusted',
  });
}
