import { describe, expect, it } from 'vitest';
import { samplePool } from '../../../test/fakes/sample-pool.ts';
import { parsePoolId } from '../../model/ids.ts';
import type { PoolDescription, SchemaAttribute } from '../../model/pool.ts';
import { judgeAsTarget, judgePool } from './judge-pool.ts';
import { judgeTarget } from './judge-target.ts';

const SES = { EmailConfiguration: { EmailSendingAccount: 'DEVELOPER' } };
const safe = (overrides: Partial<PoolDescription> = {}): PoolDescription =>
  samplePool({ deletionProtection: true, raw: SES, ...overrides });
const custom = (name: string, overrides: Partial<SchemaAttribute> = {}): SchemaAttribute => ({
  name: `custom:${name}`,
  type: 'String',
  mutable: true,
  required: false,
  developerOnly: false,
  ...overrides,
});
const standby = safe({
  id: parsePoolId('eu-central-1_Standby01'),
  tags: [['cognito-backup:role', 'standby']],
});

const bad = (findings: readonly { readonly code: string; readonly level: string }[]): readonly string[] =>
  findings.filter(({ level }) => level !== 'ok').map(({ code, level }) => `${code}: ${level}`);

describe('judgePool', () => {
  it.each<[string, Partial<PoolDescription>, readonly string[]]>([
    ['a pool without a fault', {}, []],
    ['no deletion protection', { deletionProtection: false }, ['deletion-protection-off: warning']],
    ['a standby', { tags: [['cognito-backup:role', 'standby']] }, ['tagged-standby: note']],
    [
      'one that is half made',
      { tags: [['cognito-backup:restore', 'eu-central-1_Old000001@20261122T225951Z-3f9a1c']] },
      ['restore-unfinished: warning'],
    ],
    [
      'domains',
      { raw: { ...SES, Domain: 'prefix', CustomDomain: 'auth.example.com' } },
      ['custom-domain: note', 'prefix-domain: note'],
    ],
    ['MFA', { mfa: 'ON' }, ['mfa-required: note']],
  ])('judges %s', (_what, overrides, expected) => expect(bad(judgePool(safe(overrides)))).toEqual(expected));
});

describe('judgeAsTarget', () => {
  it.each<[string, Partial<PoolDescription>, readonly string[]]>([
    ['a pool without a fault', {}, []],
    ['harmless triggers', { triggers: ['PostConfirmation', 'PreTokenGeneration'] }, []],
    ['a trigger that fires', { triggers: ['PreSignUp'] }, ['triggers-would-fire: warning']],
    ['a sender of its own', { triggers: ['CustomEmailSender'] }, ['triggers-would-fire: warning']],
    ['recovery by administrators', { recovery: ['admin_only'] }, ['no-self-service: warning']],
    ['the same, with one-time codes', { recovery: ['admin_only'], firstFactors: ['EMAIL_OTP'] }, []],
    ["Cognito's own e-mail account", { raw: {} }, ['default-email: note']],
    [
      'verification before update',
      { raw: { ...SES, UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: ['email'] } } },
      ['verification-before-update: note'],
    ],
    ['nothing that is verified', { autoVerifiedAttributes: [] }, ['no-import-jobs: note']],
    ['a protected pool', { tags: [['cognito-backup:protected', 'true']] }, ['tagged-protected: note']],
  ])('judges %s', (_what, overrides, expected) =>
    expect(bad(judgeAsTarget(safe(overrides), 'target'))).toEqual(expected),
  );

  it('says where it looked', () => {
    expect(new Set(judgeAsTarget(samplePool(), 'target').map(({ topic }) => topic))).toEqual(new Set(['target']));
  });
});

describe('judgeTarget', () => {
  it('finds no fault with an empty standby of the same make', () => {
    expect(bad(judgeTarget(safe(), standby))).toEqual([]);
  });

  it('tells the pool itself', () => {
    const pool = safe();
    expect(bad(judgeTarget(pool, pool))).toEqual(['target-is-source: warning']);
  });

  const many = Array.from({ length: 50 }, (_, index) => custom(`there${index}`));
  it.each<[string, Partial<PoolDescription>, Partial<PoolDescription>, readonly string[]]>([
    ['users who are there', {}, { estimatedUsers: 7 }, ['target-not-empty: note']],
    ['no tag', {}, { tags: [] }, ['target-not-standby: note']],
    ['another way to sign in', { usernameAttributes: ['email'] }, {}, ['sign-in-differs: warning']],
    ['other aliases', {}, { aliasAttributes: ['email'] }, ['sign-in-differs: warning']],
    ['case that counts', { caseSensitive: false }, {}, ['sign-in-differs: warning']],
    ['a missing attribute', { schema: [custom('tier')] }, { schema: [] }, ['schema-gap: warning']],
    ['no room for it', { schema: [custom('tier')] }, { schema: many }, ['schema-gap: problem']],
    [
      'an attribute of another type',
      { schema: [custom('tier')] },
      { schema: [custom('tier', { type: 'Number' })] },
      ['schema-narrower: warning'],
    ],
    [
      'a shorter attribute',
      { schema: [custom('tier', { maxLength: 20 })] },
      { schema: [custom('tier', { maxLength: 10 })] },
      ['schema-narrower: warning'],
    ],
    [
      'a longer attribute',
      { schema: [custom('tier', { maxLength: 10 })] },
      { schema: [custom('tier', { maxLength: 20 })] },
      [],
    ],
    [
      'an attribute that it requires',
      { schema: [] },
      { schema: [{ ...custom('x'), name: 'name', required: true }] },
      ['schema-stricter: warning'],
    ],
  ])('judges %s', (_what, source, target, expected) =>
    expect(bad(judgeTarget(safe(source), { ...standby, ...target }))).toEqual(expected),
  );
});
