import { describe, expect, it } from 'vitest';
import { sampleContext, targetPool, wantedUser } from '../../test/fakes/sample-plan.ts';
import type { RestorableFactor, UserFactors } from '../model/user.ts';
import { wantedMfa, type MfaWay } from './mfa-preference.ts';

const BOTH: MfaWay['attributes'] = [
  ['email', 'ann@example.com'],
  ['email_verified', 'true'],
  ['phone_number', '+12025550100'],
  ['phone_number_verified', 'true'],
];

function wanted(
  factors: Partial<UserFactors>,
  way: Partial<MfaWay> = {},
  {
    mfa = 'OPTIONAL',
    offered = ['SMS_MFA', 'EMAIL_OTP'],
  }: { mfa?: 'ON' | 'OPTIONAL' | 'OFF'; offered?: string[] } = {},
) {
  const user = wantedUser({ factors: { mfa: [], configured: ['PASSWORD'], ...factors } });
  const targetFactors = new Set(offered as RestorableFactor[]);
  const context = sampleContext({ target: targetPool({ mfa }), targetFactors });
  return wantedMfa(user, { attributes: BOTH, isConfirmed: true, byJob: false, ...way }, context);
}

describe('wantedMfa of a user whose factors are known', () => {
  it('turns on what needs no secret, the preferred one first', () => {
    expect(wanted({ mfa: [] })).toEqual({ losses: [] });
    expect(wanted({ mfa: ['SMS_MFA'] })).toEqual({ mfa: { factors: ['SMS_MFA'] }, losses: [] });
    expect(wanted({ mfa: ['EMAIL_OTP', 'SMS_MFA'], preferred: 'EMAIL_OTP' })).toEqual({
      mfa: { factors: ['SMS_MFA', 'EMAIL_OTP'], preferred: 'EMAIL_OTP' },
      losses: [],
    });
  });

  it('names the secrets that nobody can bring back, and keeps the rest', () => {
    expect(wanted({ mfa: ['SOFTWARE_TOKEN_MFA', 'SMS_MFA'], preferred: 'SOFTWARE_TOKEN_MFA' })).toEqual({
      mfa: { factors: ['SMS_MFA'] },
      losses: ['totp'],
    });
    expect(wanted({ configured: ['PASSWORD', 'WEB_AUTHN', 'SOFTWARE_TOKEN'] }).losses).toEqual(['totp', 'passkeys']);
    expect(wanted({ mfa: ['A_FACTOR_OF_TOMORROW'] }).losses).toEqual(['mfa-preference']);
  });

  it.each([
    ['the pool has MFA off', {}, { mfa: 'OFF' }],
    ['the pool does not offer it', {}, { offered: [] }],
    ['the user has to change a temporary password', { isConfirmed: false }, {}],
    ['no contact is verified', { attributes: BOTH.filter(([name]) => !name.endsWith('_verified')) }, {}],
    ['there is no contact', { attributes: BOTH.filter(([name]) => name.endsWith('_verified')) }, {}],
  ] as const)('tries nothing where %s', (_why, way, pool) => {
    const target = pool as { mfa?: 'OFF'; offered?: string[] };
    for (const factor of ['SMS_MFA', 'EMAIL_OTP'])
      expect(wanted({ mfa: [factor], preferred: factor }, way, target)).toEqual({ losses: ['mfa-preference'] });
  });

  it('asks of an import job no more than SMS', () => {
    expect(wanted({ mfa: ['SMS_MFA', 'EMAIL_OTP'], preferred: 'EMAIL_OTP' }, { byJob: true })).toEqual({
      mfa: { factors: ['SMS_MFA'] },
      losses: ['mfa-preference'],
    });
  });
});
