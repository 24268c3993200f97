import { describe, expect, it } from 'vitest';
import { DigestSet, digestsOf } from './record-digests.ts';

const SALT = '00112233445566778899aabbccddeeff';
const NAMES = Array.from({ length: 2_000 }, (_, index) => `user-${index}`);

describe('digests', () => {
  it('say how many come twice, however they are cut into parts', () => {
    const parts = [NAMES.slice(0, 7), NAMES.slice(7), ['user-3', 'user-3', 'user-9']];
    expect(setOf(...parts).repeats()).toBe(3);
    expect(setOf(NAMES).repeats()).toBe(0);
    expect(setOf().repeats()).toBe(0);
  });

  it('say how many of others are not among them', () => {
    const set = setOf(NAMES);
    expect(set.countMissing(digestsOf(SALT, ['user-0', 'nobody', 'user-1999', 'nobody']))).toBe(2);
    expect(setOf().countMissing(digestsOf(SALT, ['user-0']))).toBe(1);
  });

  it('are no more than were announced', () => {
    const set = new DigestSet(1);
    expect(() => set.add(digestsOf(SALT, ['a', 'b']))).toThrow(RangeError);
  });

  it('mean nothing under another salt', () => {
    const set = setOf(NAMES);
    expect(set.countMissing(digestsOf(SALT.replace('00', '01'), NAMES))).toBe(NAMES.length);
  });

  it('are the first eight bytes of SHA-256 over salt and value', () => {
    const text = Buffer.from(digestsOf(SALT, ['a'])).toString('hex');
    // printf '00112233445566778899aabbccddeeffa' | sha256sum | cut -c-16
    expect(text).toBe('b9eb86df3363fa4f');
  });
});

function setOf(...parts: readonly (readonly string[])[]): DigestSet {
  const set = new DigestSet(parts.flat().length);
  for (const names of parts) set.add(digestsOf(SALT, names));
  return set;
}
