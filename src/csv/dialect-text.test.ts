import { describe, expect, it } from 'vitest';
import { escapeCell, textProblem, type TextProblem } from './dialect-text.ts';

describe('textProblem', () => {
  it.each(['Ann', 'Ann Lee', 'a,b', 'é😀', "O'Neil; x=1", 'a\u00a0b', 'a\ufeffb'])('has none with %j', (value) => {
    expect(textProblem(value)).toBeUndefined();
  });

  it.each<[TextProblem, readonly string[]]>([
    ['empty-value', ['']],
    ['backslash', ['\\', 'a\\,b', 'a b\\']],
    ['quote', ['"', 'a "b"']],
    ['line-break', ['\n', '\v', '\f', '\r', '\u0085', '\u2028', '\u2029'].map((mark) => `a${mark}b`)],
    ['control-character', ['a\tb', 'a\0b', '\u007f', 'a b\u0001']],
    ['outer-space', [' a', 'a ', ' ', '\u00a0a', 'a\ufeff', ' a b\ud800']],
    ['lone-surrogate', ['\ud800', 'a b\udc00', 'a\ud800b']],
  ])('names %s', (problem, values) => {
    for (const value of values) expect([value, textProblem(value)]).toEqual([value, problem]);
  });
});

describe('escapeCell', () => {
  it('puts a backslash before every comma', () => {
    expect(escapeCell(',a,,b')).toBe('\\,a\\,\\,b');
    expect(escapeCell('a b')).toBe('a b');
  });
});
