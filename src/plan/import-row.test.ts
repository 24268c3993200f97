import { describe, expect, it } from 'vitest';
import { targetPool } from '../../test/fakes/sample-plan.ts';
import { importRow } from './import-row.ts';

const header = ['cognito:username', 'cognito:mfa_enabled', 'email', 'email_verified', 'phone_number', 'password_hash'];
const row = (given: Partial<Parameters<typeof importRow>[0]> = {}): unknown => {
  const carriage = importRow({
    username: 'ann',
    attributes: [
      ['email', 'ann@example.com'],
      ['email_verified', 'true'],
      ['phone_number', '+33639980000'],
    ],
    password: { kind: 'unset' },
    target: targetPool({ mfa: 'OPTIONAL' }),
    header,
    ...given,
  });
  return carriage.kind === 'row' ? Object.fromEntries(carriage.cells) : carriage.reason;
};

describe('importRow', () => {
  it('says whether SMS is the second factor', () => {
    expect(row()).toMatchObject({ 'cognito:username': 'ann', 'cognito:mfa_enabled': 'false' });
    expect(row({ mfa: { factors: ['SMS_MFA'], preferred: 'SMS_MFA' } })).toMatchObject({
      'cognito:mfa_enabled': 'true',
    });
  });

  it('carries a hash where there is one, and the column for it', () => {
    expect(row()).not.toHaveProperty('password_hash');
    const password = { kind: 'hash', hash: '$2b$10$x' } as const;
    expect(row({ password })).toMatchObject({ password_hash: '$2b$10$x' });
    expect(row({ password, header: header.slice(0, -1) })).toBe('no-column');
  });
});
