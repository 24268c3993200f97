import type { PasswordPolicy } from '../model/pool.ts';
import type { Runtime } from '../runtime/runtime.ts';

const LOWER = 'abcdefghijkmnopqrstuvwxyz';
const UPPER = 'ABCDEFGHJKLMNPQRSTUVWXYZ';
const DIGITS = '23456789';
/** A subset of Cognito's special characters that survives shells, CSV and e-mail clients. */
const SYMBOLS = '!@#%^*-_+=.:?';
const ALL = LOWER + UPPER + DIGITS + SYMBOLS;
/** 128 bits and more, whatever the policy allows as a minimum. */
const MIN_LENGTH = 24;
/** Cognito's longest password for pools with a default policy. COGNITO API, 2026-11 [D]. */
const MAX_LENGTH = 99;

/** A password of every character class, so that it meets any policy: at least 24 characters. */
export function randomPassword(policy: PasswordPolicy, runtime: Runtime): string {
  const length = Math.min(MAX_LENGTH, Math.max(MIN_LENGTH, policy.minimumLength));
  const characters = [LOWER, UPPER, DIGITS, SYMBOLS].map((alphabet) => draw(alphabet, runtime));
  while (characters.length < length) characters.push(draw(ALL, runtime));
  return shuffle(characters, runtime).join('');
}

function draw(alphabet: string, runtime: Runtime): string {
  return alphabet.charAt(below(alphabet.length, runtime));
}

function shuffle(characters: string[], runtime: Runtime): string[] {
  for (let last = characters.length - 1; last > 0; last -= 1) {
    const other = below(last + 1, runtime);
    [characters[last], characters[other]] = [characters[other] ?? '', characters[last] ?? ''];
  }
  return characters;
}

/** Uniform below `limit` (at most 256): bytes that would favour the low values are drawn again. */
function below(limit: number, runtime: Runtime): number {
  const fair = 256 - (256 % limit);
  for (;;) {
    const [byte] = runtime.randomBytes(1);
    if (byte !== undefined && byte < fair) return byte % limit;
  }
}
