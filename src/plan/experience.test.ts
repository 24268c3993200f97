import { describe, expect, it } from 'vitest';
import { targetPool } from '../../test/fakes/sample-plan.ts';
import { experienceOf, isPasswordless, type Experience } from './experience.ts';

type Input = Parameters<typeof experienceOf>[0];
const verified = [
  ['email', 'a@b'],
  ['email_verified', 'true'],
] as const;
const user = (overrides: Partial<Input> = {}): Input => ({
  attributes: verified,
  engine: 'api',
  password: { kind: 'random' },
  disable: false,
  ...overrides,
});

describe('isPasswordless', () => {
  it('is a pool that sends a code as a first factor', () => {
    const factors = [['PASSWORD', 'EMAIL_OTP'], ['SMS_OTP'], ['PASSWORD'], ['WEB_AUTHN'], []];
    expect(factors.map((firstFactors) => isPasswordless(targetPool({ firstFactors })))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});

describe('experienceOf', () => {
  it.each<[string, Input, Experience]>([
    ['a verified contact', user(), 'forgot-password'],
    ['no contact', user({ attributes: [] }), 'locked-out'],
    ['an unverified contact', user({ attributes: [['email', 'a@b']] }), 'locked-out'],
    [
      'a verified phone alone, where e-mail recovers',
      user({
        attributes: [
          ['phone_number', '+49'],
          ['phone_number_verified', 'true'],
        ],
      }),
      'locked-out',
    ],
    ['a disabled user', user({ disable: true }), 'disabled'],
    ['a hash', user({ password: { kind: 'hash', hash: 'x' } }), 'old-password'],
    ['a temporary password', user({ password: { kind: 'temporary' }, attributes: [] }), 'temporary-password'],
    ['a job without a hash', user({ engine: 'import-job', password: { kind: 'unset' } }), 'reset-required'],
    [
      'a job without a hash or a contact',
      user({ engine: 'import-job', password: { kind: 'unset' }, attributes: [] }),
      'locked-out',
    ],
    ['no password by the API', user({ password: { kind: 'unset' } }), 'locked-out'],
  ])('of a user with %s', (_name, given, expected) => {
    expect(experienceOf(given, targetPool())).toBe(expected);
  });

  it('follows the recovery setting of the pool', () => {
    expect(experienceOf(user(), targetPool({ recovery: ['admin_only'] }))).toBe('locked-out');
    expect(experienceOf(user(), targetPool({ recovery: [] }))).toBe('forgot-password');
    expect(experienceOf(user({ attributes: [] }), targetPool({ recovery: [] }))).toBe('locked-out');
    const phone = user({
      attributes: [
        ['phone_number', '+49'],
        ['phone_number_verified', 'true'],
      ],
    });
    expect(experienceOf(phone, targetPool({ recovery: ['verified_email', 'verified_phone_number'] }))).toBe(
      'forgot-password',
    );
  });

  it('knows one-time codes, which need their own verified contact', () => {
    const target = targetPool({ firstFactors: ['PASSWORD', 'SMS_OTP'], recovery: ['admin_only'] });
    expect(experienceOf(user(), target)).toBe('locked-out');
    const byMail = targetPool({ firstFactors: ['PASSWORD', 'EMAIL_OTP'] });
    expect(experienceOf(user(), byMail)).toBe('passwordless');
    expect(experienceOf(user({ attributes: [] }), byMail)).toBe('locked-out');
    expect(experienceOf(user({ password: { kind: 'hash', hash: 'x' } }), byMail)).toBe('old-password');
    expect(
      experienceOf(
        user({
          attributes: [
            ['phone_number', '+49'],
            ['phone_number_verified', 'true'],
          ],
        }),
        target,
      ),
    ).toBe('passwordless');
  });
});
