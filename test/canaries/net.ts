import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import { DIGITS, SUB_TAIL, WORD } from './marks.ts';

/** Shorter values, such as a locale, are parts of ordinary words. */
const SHORTEST = 9;
const SHOWN = 60;

/** One way out, and what came out of it. */
export interface Channel {
  readonly name: string;
  readonly text: string;
}

/** Finds marks in whatever comes out: plain and in the forms in which a value leaves unnoticed. */
export class Net {
  readonly #forms = new Map<string, string>();
  /** Where the case of letters matters. */
  readonly #exact = new Map<string, string>();

  constructor() {
    for (const mark of [WORD, DIGITS, SUB_TAIL]) this.#addMark(mark);
  }

  /** Values that bear no mark because something else chose them: a new `sub`, a random password. Digests of them count too. */
  add(...values: readonly string[]): void {
    for (const value of values) {
      if (value.length < SHORTEST || this.#forms.has(value.toLowerCase())) continue;
      this.#forms.set(value.toLowerCase(), 'plain');
      this.#forms.set(jsonBody(value).toLowerCase(), 'JSON');
      for (const algorithm of ['md5', 'sha1', 'sha256', 'sha512']) {
        const digest = createHash(algorithm).update(value).digest();
        this.#forms.set(digest.toString('hex'), `${algorithm} in hex`);
        for (const encoding of ['base64', 'base64url'] as const) {
          this.#exact.set(digest.toString(encoding).slice(0, 20), `${algorithm} in base64`);
        }
      }
    }
  }

  /** Every form found in a text, with what stands around it; `[]` where nobody got out. */
  caught({ name, text }: Channel): string[] {
    const lower = text.toLowerCase();
    return [...findAll(this.#forms, lower, text), ...findAll(this.#exact, text, text)].map(
      (found) => `${name}: ${found}`,
    );
  }

  #addMark(mark: string): void {
    const { lower, bytes } = { lower: mark.toLowerCase(), bytes: Buffer.from(mark) };
    this.#forms.set(lower, 'plain');
    this.#forms.set(lower.replaceAll('-', ''), 'plain without dashes');
    this.#forms.set([...lower].reverse().join(''), 'backwards');
    for (const spelling of [mark, lower, mark.toUpperCase()]) {
      const hex = Buffer.from(spelling).toString('hex');
      this.#forms.set(hex, 'hex');
      this.#forms.set(hex.replace(/../g, '%$&'), 'percent-encoded');
      this.#forms.set(hex.replace(/../g, String.raw`\x$&`), 'escaped bytes');
      this.#forms.set(hex.replace(/../g, String.raw`\u00$&`), 'escaped JSON');
      this.#forms.set(hex.replace(/../g, '&#x$&;'), 'escaped XML');
      this.#forms.set(Buffer.from(spelling).join(','), 'a list of bytes');
      for (const offset of [0, 1, 2]) {
        for (const encoding of ['base64', 'base64url'] as const) {
          this.#exact.set(base64Inside(Buffer.from(spelling), offset, encoding), encoding);
        }
      }
    }
    this.#forms.set(bytes.toString('hex').replace(/../g, '$& ').trim(), 'a dump of bytes');
    this.#forms.set([...lower].join('\0'), 'UTF-16');
  }
}

/** Fails with every mark found, channel by channel. */
export function expectNobody(net: Net, channels: readonly Channel[]): void {
  const caught = channels.flatMap((channel) => net.caught(channel));
  expect([...new Set(caught)].slice(0, 20)).toEqual([]);
}

function findAll(forms: ReadonlyMap<string, string>, haystack: string, shown: string): string[] {
  const found: string[] = [];
  for (const [form, how] of forms) {
    const at = haystack.indexOf(form);
    if (at >= 0) found.push(`${how}: ${JSON.stringify(shown.slice(Math.max(0, at - SHOWN), at + SHOWN))}`);
  }
  return found;
}

function jsonBody(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}

/** The letters that base64 gives a text whatever stands before it and after it. */
function base64Inside(bytes: Buffer, offset: number, encoding: 'base64' | 'base64url'): string {
  const padded = Buffer.concat([Buffer.alloc(offset), bytes])
    .toString(encoding)
    .replace(/=+$/, '');
  const from = Math.ceil((offset * 8) / 6);
  const whole = Math.floor(((offset + bytes.length) * 8) / 6);
  return padded.slice(from, whole);
}
