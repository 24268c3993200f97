import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareKeys } from './key-order.ts';

test('keys compare as their UTF-8 bytes do', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', 'z', '/', '\u{e9}', '\u{d7ff}', '\u{e000}', '\u{ffff}', '\u{1f600}', '\u{10ffff}'),
  });
  fc.assert(
    fc.property(text, text, (left, right) => {
      expect(Math.sign(compareKeys(left, right))).toBe(Buffer.compare(Buffer.from(left), Buffer.from(right)));
    }),
  );
});
