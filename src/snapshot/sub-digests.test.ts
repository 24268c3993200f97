import { describe, expect, it } from 'vitest';
import { SubDigests } from './sub-digests.ts';

describe('a set of sub digests', () => {
  it('knows what was added, and only that', () => {
    const subs = new SubDigests();
    for (let index = 0; index < 5_000; index += 1) subs.add(`sub-${index}`);
    expect(subs.has('sub-0')).toBe(true);
    expect(subs.has('sub-4999')).toBe(true);
    expect(subs.has('sub-5000')).toBe(false);
    expect(subs.repeated()).toBeUndefined();
  });

  it('tells what was added twice, also after it was asked before', () => {
    const subs = new SubDigests();
    subs.add('a');
    subs.add('b');
    expect(subs.has('a')).toBe(true);
    subs.add('a');
    const repeated = subs.repeated()!;
    expect(repeated('a')).toBe(true);
    expect(repeated('b')).toBe(false);
  });

  it('takes more than were expected, and no promise for room', () => {
    const subs = new SubDigests(Number.MAX_SAFE_INTEGER);
    subs.add('a');
    expect([subs.has('a'), subs.has('b')]).toEqual([true, false]);
    const few = new SubDigests(2);
    for (let index = 0; index < 2_000; index += 1) few.add(`sub-${index}`);
    expect([few.has('sub-0'), few.has('sub-1999'), few.has('sub-2000')]).toEqual([true, true, false]);
  });

  it('is empty at first', () => {
    expect(new SubDigests().has('')).toBe(false);
  });
});
