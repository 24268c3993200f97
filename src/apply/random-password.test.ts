import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PasswordPolicy } from '../model/pool.ts';
import { manualRuntime } from '../runtime/manual-runtime.ts';
import { randomPassword } from './random-password.ts';

const policy = (minimumLength: number): PasswordPolicy => ({
  minimumLength,
  requireUppercase: true,
  requireLowercase: true,
  requireNumbers: true,
  requireSymbols: true,
});

describe('randomPassword', () => {
  it('meets any policy', () => {
    fc.assert(
      fc.property(fc.integer({ min: 6, max: 99 }), fc.nat(), (minimumLength, seed) => {
        const password = randomPassword(policy(minimumLength), manualRuntime(undefined, seed));
        expect(password.length).toBe(Math.max(24, minimumLength));
        for (const kind of [/[a-z]/, /[A-Z]/, /\d/, /[!@#%^*\-_+=.:?]/]) expect(password).toMatch(kind);
      }),
    );
  });

  it('is another one each time', () => {
    const runtime = manualRuntime();
    const passwords = Array.from({ length: 500 }, () => randomPassword(policy(8), runtime));
    expect(new Set(passwords).size).toBe(500);
  });
});
