import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto';
import { BackupError } from '../model/errors.ts';

/** An Ed25519 signature, as it stands in a file. */
export interface Signature {
  readonly algorithm: 'ed25519';
  /** The 32 bytes of the public key in base64: says whose it is, proves nothing. */
  readonly publicKey: string;
  /** 64 bytes in base64. */
  readonly value: string;
}

/** As a verifier it trusts its own signatures alone. */
export interface Signer extends Verifier {
  sign(text: string): Signature;
}

export interface Verifier {
  /** `other-key`: by nobody who is trusted; `wrong`: not over this text. */
  verify(text: string, signature: Signature): 'good' | 'other-key' | 'wrong';
}

/** A new pair of keys as PEM: PKCS #8 and SubjectPublicKeyInfo, which openssl reads. */
export function generateSigningKey(): { readonly privateKey: string; readonly publicKey: string } {
  return generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
}

/** Takes a private key in PEM. Throws `usage`, naming `file` and nothing that is in it. */
export function signerOf(pem: string, file: string): Signer {
  const key = parseKey(() => createPrivateKey(pem), file, 'no private key in PEM without a passphrase');
  const own = createPublicKey(key);
  const publicKey = rawOf(own);
  return {
    ...verifierBy(new Map([[publicKey, own]])),
    sign: (text) => ({
      algorithm: 'ed25519',
      publicKey,
      value: sign(null, Buffer.from(text), key).toString('base64'),
    }),
  };
}

const PUBLIC_BLOCK = /-----BEGIN PUBLIC KEY-----[^-]*-----END PUBLIC KEY-----/g;

/** Takes one or more public keys in PEM: while keys change, the old and the new. Throws `usage`. */
export function verifierOf(pem: string, file: string): Verifier {
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pem)) {
    throw new BackupError('usage', `${file} holds a private key where a public one is meant`, {
      hint: 'Give the file that keygen made beside it, with .pub at its end, and keep the private one where snapshots are made',
    });
  }
  const blocks = pem.match(PUBLIC_BLOCK) ?? [];
  if (blocks.length === 0) throw noKey(file, 'no public key in PEM');
  const keys = new Map<string, KeyObject>();
  for (const block of blocks) {
    const key = parseKey(() => createPublicKey(block), file, 'a block that is no public key');
    keys.set(rawOf(key), key);
  }
  return verifierBy(keys);
}

function verifierBy(keys: ReadonlyMap<string, KeyObject>): Verifier {
  return {
    verify: (text, { publicKey, value }) => {
      const key = keys.get(publicKey);
      if (!key) return 'other-key';
      return verify(null, Buffer.from(text), key, Buffer.from(value, 'base64')) ? 'good' : 'wrong';
    },
  };
}

function parseKey(parse: () => KeyObject, file: string, problem: string): KeyObject {
  let key: KeyObject;
  try {
    key = parse();
  } catch {
    throw noKey(file, problem);
  }
  if (key.asymmetricKeyType !== 'ed25519') throw noKey(file, 'a key of another kind than Ed25519');
  return key;
}

function rawOf(key: KeyObject): string {
  const { x = '' } = key.export({ format: 'jwk' });
  return Buffer.from(x, 'base64url').toString('base64');
}

function noKey(file: string, problem: string): BackupError {
  return new BackupError('usage', `${file} holds ${problem}`, {
    hint: 'Make a pair of keys with: cognito-backup keygen --out FILE',
  });
}
