import { describe, expect, it } from 'vitest';
import { isWhole } from './apply-session.ts';

const none = { missing: 0, extra: 0, changed: 0 };
const whole = { dryRun: false, failed: 0, conflicts: 0, remaining: none };

describe('isWhole', () => {
  it('is true where nothing failed, nothing is in conflict and nothing remains', () => {
    expect(isWhole(whole)).toBe(true);
  });

  it.each([
    { failed: 1 },
    { conflicts: 1 },
    { remaining: { ...none, missing: 1 } },
    { remaining: { ...none, extra: 1 } },
    { remaining: { ...none, changed: 1 } },
  ])('is false with %o', (part) => {
    expect(isWhole({ ...whole, ...part })).toBe(false);
    expect(isWhole({ ...whole, ...part, dryRun: true })).toBe(true);
  });
});
