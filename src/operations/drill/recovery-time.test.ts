import { describe, expect, it } from 'vitest';
import { recoveryTime } from './recovery-time.ts';

const outcome = {
  phases: [
    { phase: 'read', durationMs: 100 },
    { phase: 'leftovers', durationMs: 5_000 },
    { phase: 'configuration', durationMs: 1_000 },
    { phase: 'users', durationMs: 4_000 },
    { phase: 'compare', durationMs: 9_000 },
  ],
  writingMs: 300,
  plannedMs: 32_000,
} as const;

describe('recoveryTime', () => {
  it('is as measured where all users were restored', () => {
    expect(recoveryTime({ users: { restored: 20, all: 20 } }, outcome)).toEqual({
      measuredMs: 5_100,
      allUsersMs: 5_100,
      plannedMs: 32_000,
      isExtrapolated: false,
    });
  });

  it('multiplies of a sample what it took to write users, and nothing else', () => {
    expect(recoveryTime({ users: { restored: 2, all: 20 } }, outcome)).toEqual({
      measuredMs: 5_100,
      allUsersMs: 5_100 + 9 * 300,
      plannedMs: 32_000,
      isExtrapolated: true,
    });
  });

  it('extrapolates from nobody to nobody', () => {
    expect(recoveryTime({ users: { restored: 0, all: 20 } }, outcome).allUsersMs).toBe(5_100);
  });
});
