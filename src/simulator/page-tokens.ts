import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
import type { SeededRandom } from './seeded-random.ts';
import { invalidParameter } from './service-error.ts';

/** Life of a listing token. [D] COGNITO-FACTS §1 (ListUsers; assumed for the other listings). */
const TOKEN_LIFE_MS = 3_600_000;

/** Makes and opens opaque listing tokens: sealed, bound to the request they continue, valid for an hour. */
export class PageTokens {
  readonly #key: Buffer;
  readonly #clock: () => number;
  #issued = 0;

  constructor(random: SeededRandom, clock: () => number) {
    this.#key = Buffer.from(random.hex(32), 'hex');
    this.#clock = clock;
  }

  /** `scope` is every request parameter but the token; `cursor` says where to go on. */
  seal(scope: readonly unknown[], cursor: readonly (string | number)[]): string {
    const nonce = Buffer.alloc(12);
    nonce.writeUIntBE(++this.#issued, 0, 6);
    const cipher = createCipheriv('aes-128-gcm', this.#key, nonce);
    const plain = JSON.stringify([digest(scope), this.#clock(), ...cursor]);
    const sealed = Buffer.concat([nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return sealed.toString('base64');
  }

  /** Throws InvalidParameterException for a token that is not ours, of another request, or expired. */
  open(scope: readonly unknown[], token: string): readonly unknown[] {
    const [scopeDigest, issuedAt, ...cursor] = this.#decrypt(token);
    if (scopeDigest !== digest(scope)) {
      throw invalidParameter('Invalid pagination token: it belongs to a request with other parameters.');
    }
    if (typeof issuedAt !== 'number' || this.#clock() - issuedAt > TOKEN_LIFE_MS) {
      throw invalidParameter('Invalid pagination token: it has expired.');
    }
    return cursor;
  }

  #decrypt(token: string): readonly unknown[] {
    try {
      const sealed = Buffer.from(token, 'base64');
      const decipher = createDecipheriv('aes-128-gcm', this.#key, sealed.subarray(0, 12), { authTagLength: 16 });
      decipher.setAuthTag(sealed.subarray(-16));
      const plain = decipher.update(sealed.subarray(12, -16), undefined, 'utf8') + decipher.final('utf8');
      return JSON.parse(plain) as unknown[];
    } catch {
      throw invalidParameter('Invalid pagination token.');
    }
  }
}

function digest(scope: readonly unknown[]): string {
  return createHash('sha1').update(JSON.stringify(scope)).digest('base64url');
}
