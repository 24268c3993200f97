import { describe, expect, it } from 'vitest';
import { counted, formatBytes, formatCount, formatDuration, formatTally } from './figures.ts';

describe('figures', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1_000, '1,000'],
    [1_234_567, '1,234,567'],
  ])('groups the digits of %d', (count, text) => {
    expect(formatCount(count)).toBe(text);
  });

  it.each([
    [0, '0.0 s'],
    [9_940, '9.9 s'],
    [9_960, '10 s'],
    [59_600, '1 min'],
    [200_000, '3 min 20 s'],
    [20_160_000, '5 h 36 min'],
  ])('writes %d ms as people do', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it.each([
    [812, '812 B'],
    [1_000, '1.0 kB'],
    [271_600, '272 kB'],
    [999_600, '1.0 MB'],
    [5_300_000_000, '5.3 GB'],
  ])('writes %d bytes', (sizeBytes, text) => {
    expect(formatBytes(sizeBytes)).toBe(text);
  });

  it('counts one thing as one', () => {
    expect([counted(1, 'user'), counted(2, 'user')]).toEqual(['1 user', '2 users']);
  });

  it('puts the largest first and leaves out what is none', () => {
    expect(formatTally({ a: 2, b: 3_000, c: 0 })).toBe('b 3,000 · a 2');
  });
});
