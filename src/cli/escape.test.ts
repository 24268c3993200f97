import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeJson } from '../model/unsafe-characters.ts';
import { escapeOutput, escapeText } from './escape.ts';

const DANGEROUS = '[\\u0000-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ufeff]';

describe('escapeText', () => {
  it.each([
    ['an escape sequence', '\u001b[2Jgone', '\\u{1b}[2Jgone'],
    ['a single-character control sequence', '\u009b31m', '\\u{9b}31m'],
    ['a line break', 'a\r\nb\tc', 'a\\r\\nb\\tc'],
    ['text turned round', 'admin\u202egpj.exe', 'admin\\u{202e}gpj.exe'],
    ['an isolate', '\u2066x\u2069', '\\u{2066}x\\u{2069}'],
    ['a blank that cannot be seen', 'ad\u200bmin', 'ad\\u{200b}min'],
    ['hidden tags', 'a\u{e0041}b', 'a\\u{e0041}b'],
    ['a filler that shows nothing', 'ad\u3164min', 'ad\\u{3164}min'],
    ['a format character that does nothing', 'a\u206fb', 'a\\u{206f}b'],
    ['a format character of music', 'a\u{1d173}b', 'a\\u{1d173}b'],
    ['half a character', 'a\ud800b', 'a\\u{d800}b'],
  ])('shows %s as text', (_what, text, shown) => {
    expect(escapeText(text)).toBe(shown);
  });

  it.each(['Ada Lovelace', 'größe', 'שלום', '👨‍👩‍👧', '../x', '=cmd|', 'NFD: o\u0308', 'a\\b'])(
    'leaves %s alone',
    (text) => {
      expect(escapeText(text)).toBe(text);
    },
  );

  it('lets nothing through that a terminal acts on', () => {
    const unsafe = new RegExp(DANGEROUS, 'u');
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => !unsafe.test(escapeText(text))));
  });
});

describe('escapeJson', () => {
  it('keeps the value and removes what a terminal acts on', () => {
    const unsafe = new RegExp(DANGEROUS.replace('\\u0000-\\u001f', '\\u0000-\\u0009\\u000b-\\u001f'), 'u');
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })), (value) => {
        const json = escapeJson(JSON.stringify(value, undefined, 2));
        expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(json).not.toMatch(unsafe);
      }),
    );
  });
});

describe('escapeOutput', () => {
  it('keeps lines, and colours where there are some', () => {
    expect(escapeOutput('a\n\u001b[32mb\u001b[39m', { colors: true })).toBe('a\n\u001b[32mb\u001b[39m');
    expect(escapeOutput('a\n\u001b[32mb', { colors: false })).toBe('a\n\\u{1b}[32mb');
  });

  it.each([
    '\u001b[2J',
    '\u001b]0;title\u0007',
    '\u001b[38;5;1mx',
    '\u009b31m',
    '\r',
    '\u202e',
    '\u001b[1;1H',
    '\u001bc',
  ])('lets no %j through beside colours', (text) => {
    const shown = escapeOutput(`\u001b[1m${text}\u001b[22m`, { colors: true });
    expect(shown.slice(4, -5)).not.toMatch(/[\p{Cc}\u202e]/u);
  });
});
