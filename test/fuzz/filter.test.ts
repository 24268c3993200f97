import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseFilter } from '../../src/simulator/filter.ts';
import { ServiceError } from '../../src/simulator/service-error.ts';
import type { UserView } from '../../src/simulator/user-state.ts';
import { expectNoPollution } from './judge.ts';
import { mutatedBytes } from './mutate-bytes.ts';
import { sweep } from './sweep.ts';

const FILTERS = [
  'sub ^= "0"',
  'email = "a@example.com"',
  'username = "\\"quoted\\\\"',
  ' cognito:user_status ^= "conf" ',
];
const PIECES = [
  'sub',
  'status',
  '=',
  '^=',
  '"',
  '\\',
  '\\"',
  ' ',
  '\n',
  '"a"',
  '__proto__',
  'custom:x',
  '😀',
  '\ud800',
];

const user: UserView = {
  sub: '0a-1',
  username: '"quoted\\',
  status: 'CONFIRMED',
  enabled: true,
  attributes: ['email', 'a@example.com', '__proto__', 'x'],
  createdAt: 0,
  modifiedAt: 0,
  rare: undefined,
};

it('a filter is understood, or refused by the name that Cognito has for it', () => {
  const mutated = mutatedBytes(
    FILTERS.map((filter) => Buffer.from(filter)),
    PIECES,
  ).map((bytes) => bytes.toString());
  const text = fc.oneof(
    mutated,
    fc.string({ unit: fc.constantFrom(...PIECES), maxLength: 12 }),
    fc.string({ unit: 'binary' }),
  );
  let taken = 0;
  fc.assert(
    fc.property(text, (filter) => {
      const parsed = parse(filter);
      expectNoPollution();
      if (!parsed) return;
      taken += 1;
      expect(typeof parsed.matches(user)).toBe('boolean');
      // Written out again it means the same.
      const again = `${parsed.attribute} ${parsed.operator} "${parsed.value.replace(/["\\]/g, '\\$&')}"`;
      expect({ ...parse(again), matches: 0 }).toEqual({ ...parsed, matches: 0 });
    }),
    sweep('filter', { ordinary: 5_000, long: 300_000 }),
  );
  expect(taken).toBeGreaterThan(50);
});

it('a filter of any length is judged at once', () => {
  // A reader that goes back over what it has read would take for ever here.
  for (const piece of ['\\"', '"', ' ', '\\', 'a']) {
    expect(() => parseFilter(`sub = "${piece.repeat(1_000_000)}`)).toThrow(ServiceError);
    expect(() => parseFilter(`sub = "${piece.repeat(120)}x`)).toThrow(ServiceError);
  }
});

function parse(text: string): ReturnType<typeof parseFilter> {
  try {
    return parseFilter(text);
  } catch (error) {
    expect(error).toBeInstanceOf(ServiceError);
    expect(error).toMatchObject({ name: 'InvalidParameterException' });
    return undefined;
  }
}
