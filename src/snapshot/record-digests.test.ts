import { describe, expect, it } from 'vitest';
import { DigestSet, digestsOf } from './record-digests.ts';

const SALT = '00112233445566778899aabbccddeeff';
const NAMES = Array.from({ length: 2_000 }, (_, index) => `user-${index}`);

describe('digests', () => {
  it('say how many come twice, however they are cut into parts', () => {
    const parts = [NAMES.slice(0, 7), NAMES.slice(7), ['user-3', 'user-3', 'user-9']];
    expect(new DigestSet(parts.map((names) => digestsOf(SALT, names))).repeats()).toBe(3);
    expect(new DigestSet([digestsOf(SALT, NAMES)]).repeats()).toBe(0);
    expect(new DigestSet([]).repeats()).toBe(0);
  });

  it('say how many of others are not among them', () => {
    const set = new DigestSet([digestsOf(SALT, NAMES)]);
    expect(set.countMissing(digestsOf(SALT, ['user-0', 'nobody', 'user-1999', 'nobody']))).toBe(2);
    expect(new DigestSet([]).countMissing(digestsOf(SALT, ['user-0']))).toBe(1);
  });

  it('mean nothing under another salt', () => {
    const set = new DigestSet([digestsOf(SALT, NAMES)]);
    expect(set.countMissing(digestsOf(SALT.replace('00', '01'), NAMES))).toBe(NAMES.length);
  });

  it('are the first eight bytes of SHA-256 over salt and value', () => {
    const text = Buffer.from(digestsOf(SALT, ['a'])).toString('hex');
    // printf '00112233445566778899aabbccddeeffa' | sha256sum | cut -c-16
    expect(text).toBe('b9eb86df3363fa4f');
  });
});
