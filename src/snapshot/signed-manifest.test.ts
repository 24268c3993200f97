import { describe, expect, it } from 'vitest';
import { generateSigningKey, signerOf, verifierOf } from '../signing/signing-key.ts';
import { checkSignature, signed } from './signed-manifest.ts';

const ours = generateSigningKey();
const signer = signerOf(ours.privateKey, 'ours');
const verifier = verifierOf(ours.publicKey, 'ours.pub');
const body = { b: 1, a: ['x'] };
const KEY = 'pools/p/snapshots/s/manifest.json';

const verdict = (file: object, kind: 'manifest' | 'acceptance' = 'manifest'): string => {
  try {
    checkSignature(kind, file, verifier, KEY);
    return 'trusted';
  } catch (error) {
    expect(error).toMatchObject({ code: 'not-trusted', hint: expect.any(String) });
    return (error as Error).message;
  }
};

describe('a signature', () => {
  it('holds for exactly the file and the kind of file that were signed', () => {
    const file = signed('manifest', body, signer);
    expect(verdict(file)).toBe('trusted');
    expect(verdict(Object.fromEntries(Object.entries(file).reverse()))).toBe('trusted');
    expect(verdict({ ...file, b: 2 })).toBe(`${KEY} is not what was signed`);
    expect(verdict({ ...file, c: 1 })).toBe(`${KEY} is not what was signed`);
    expect(verdict(file, 'acceptance')).toBe(`${KEY} is not what was signed`);
    expect(verdict(signed('acceptance', body, signer), 'acceptance')).toBe('trusted');
  });

  it('leaves out the digest, which is made of it', () => {
    expect(verdict({ ...signed('manifest', body, signer), digest: 'd' })).toBe('trusted');
  });

  it('is over a line that says what it is and canonical JSON', () => {
    const { signature } = signed('manifest', body, signer);
    expect(verifier.verify('cognito-backup manifest v1\n{"a":["x"],"b":1}', signature!)).toBe('good');
  });

  it('that is missing or of somebody else is no trust', () => {
    const theirs = signerOf(generateSigningKey().privateKey, 'theirs');
    expect(signed('manifest', body, undefined)).toBe(body);
    expect(verdict(body)).toBe(`${KEY} is not signed`);
    expect(verdict(signed('manifest', body, theirs))).toBe(`${KEY} is signed by somebody else`);
  });
});
