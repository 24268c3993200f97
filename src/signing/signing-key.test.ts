import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { generateSigningKey, signerOf, verifierOf } from './signing-key.ts';

const ours = generateSigningKey();
const theirs = generateSigningKey();

describe('signing keys', () => {
  it('prove who signed what', () => {
    const signature = signerOf(ours.privateKey, 'a.pem').sign('text');
    expect(signature).toEqual({
      algorithm: 'ed25519',
      publicKey: expect.stringMatching(/^[\w+/]{43}=$/),
      value: expect.stringMatching(/^[\w+/]{86}==$/),
    });
    const verifier = verifierOf(ours.publicKey, 'a.pem.pub');
    expect(verifier.verify('text', signature)).toBe('good');
    expect(verifier.verify('texts', signature)).toBe('wrong');
    expect(verifier.verify('text', signerOf(theirs.privateKey, 'b.pem').sign('text'))).toBe('other-key');
    const claimed = { ...signerOf(theirs.privateKey, 'b.pem').sign('text'), publicKey: signature.publicKey };
    expect(verifier.verify('text', claimed)).toBe('wrong');
  });

  it('may be several, while they change', () => {
    const both = verifierOf(`# old\n${theirs.publicKey}\n# new\n${ours.publicKey}`, 'keys.pem');
    for (const { privateKey } of [ours, theirs])
      expect(both.verify('x', signerOf(privateKey, 'k').sign('x'))).toBe('good');
  });

  it('are named by their file when they are none, and never shown', () => {
    const rsa = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    const refused = [
      () => signerOf('nonsense', 'k.pem'),
      () => signerOf(ours.publicKey, 'k.pem'),
      () => signerOf(rsa.privateKey, 'k.pem'),
      () => verifierOf('nonsense', 'k.pem'),
      () => verifierOf(rsa.publicKey, 'k.pem'),
      () => verifierOf(ours.privateKey, 'k.pem'),
      () => verifierOf(ours.publicKey.replace('MCow', 'MCox'), 'k.pem'),
    ];
    for (const refuse of refused) {
      expect(refuse).toThrow(/k\.pem holds/);
      expect(refuse).not.toThrow(ours.privateKey.slice(30, 50));
    }
  });
});
