import { describe, expect, it } from 'vitest';
import {
  sampleContext,
  targetPool,
  textAttribute,
  wantedUser,
  type SampleContext,
} from '../../test/fakes/sample-plan.ts';
import type { DesiredUser } from './desired.ts';
import type { CreateUser } from './entries.ts';
import { planCreate, statusAfter } from './plan-create.ts';

const HEADER = [
  'email',
  'email_verified',
  'phone_number',
  'phone_number_verified',
  'given_name',
  'preferred_username',
  'custom:a',
  'custom:b',
  'custom:fixed',
  'cognito:mfa_enabled',
  'cognito:username',
  'password_hash',
];
const withJob: SampleContext = { importHeader: HEADER };

function entryOf(...args: Parameters<typeof planCreate>): CreateUser {
  const { entry } = planCreate(...args);
  if (entry?.kind !== 'create-user') throw new Error('No user would be created');
  return entry;
}

describe('planCreate', () => {
  it('creates by the API with a password that nobody knows, and names what is lost', () => {
    const { entry, losses, experience } = planCreate(wantedUser(), sampleContext());
    expect(entry).toMatchObject({ engine: 'api', username: 'ann', password: { kind: 'random' }, disable: false });
    expect([...losses].sort()).toEqual(['dates', 'new-sub', 'password']);
    expect(experience).toBe('forgot-password');
  });

  it('creates nobody who never confirmed or belongs to a provider, and counts the memberships', () => {
    const groups = ['x', 'y'];
    expect(planCreate(wantedUser({ status: 'UNCONFIRMED', groups }), sampleContext())).toMatchObject({
      losses: ['signs-up-again', 'membership-of-absent-user', 'membership-of-absent-user'],
      experience: 'signs-up-again',
    });
    const federated = planCreate(wantedUser({ status: 'EXTERNAL_PROVIDER' }), sampleContext());
    expect(federated).toMatchObject({ losses: ['returns-on-first-sign-in'] });
    expect(federated.entry).toBeUndefined();
  });

  it('creates no native user named like the profile of a provider, except where usernames are generated', () => {
    const identities = JSON.stringify([{ providerName: 'Google', userId: '77', primary: 'true' }]);
    const user = wantedUser({
      username: 'google_77',
      attributes: [...wantedUser().attributes, ['identities', identities]],
    });
    expect(planCreate(user, sampleContext())).toMatchObject({ losses: ['returns-on-first-sign-in'] });
    const target = targetPool({ usernameAttributes: ['email'] });
    expect(entryOf(user, sampleContext({ target })).username).toBe('ann@example.com');
    const second = JSON.stringify([
      { providerName: 'Okta', userId: '1' },
      { providerName: 'Google', userId: '77' },
    ]);
    expect(planCreate({ ...user, attributes: [['identities', second]] }, sampleContext()).entry).toBeUndefined();
    expect(planCreate({ ...user, username: 'google_7' }, sampleContext()).entry).toBeDefined();
  });

  it.each(['CONFIRMED', 'RESET_REQUIRED', 'FORCE_CHANGE_PASSWORD', 'ARCHIVED', 'COMPROMISED', 'UNKNOWN'] as const)(
    'creates a user of status %s, and predicts the status that differs',
    (status) => {
      const { entry, losses } = planCreate(wantedUser({ status }), sampleContext());
      expect(entry?.kind).toBe('create-user');
      expect(losses.includes('status-changed')).toBe(status !== 'CONFIRMED');
    },
  );

  it('reports a user whom the sign-in model has no name for, and one who does not fit', () => {
    const target = targetPool({ usernameAttributes: ['email'] });
    expect(planCreate(wantedUser({ attributes: [] }), sampleContext({ target })).conflict?.kind).toBe('no-sign-in-key');
    const strict = targetPool({
      schema: [textAttribute('email', { maxLength: 3 }), textAttribute('email_verified', { type: 'Boolean' })],
    });
    expect(planCreate(wantedUser(), sampleContext({ target: strict })).conflict?.kind).toBe('does-not-fit');
    expect(planCreate(wantedUser({ attributes: [['custom:gone', '1']] }), sampleContext())).toMatchObject({
      gaps: ['custom:gone'],
    });
  });

  it('creates a user without any attribute where a username is enough', () => {
    const { entry, experience } = planCreate(wantedUser({ attributes: [] }), sampleContext());
    expect(entry).toMatchObject({ attributes: [] });
    expect(experience).toBe('locked-out');
  });

  it('says whose attribute the target lacks, and takes a missing required one for a misfit', () => {
    expect(planCreate(wantedUser({ attributes: [['custom:gone', '1']] }), sampleContext())).toEqual({
      losses: [],
      gaps: ['custom:gone'],
      unknownGroups: [],
      source: { username: 'ann', sub: wantedUser().sub, status: 'CONFIRMED' },
    });
    const target = targetPool({ schema: [textAttribute('given_name', { required: true })] });
    expect(planCreate(wantedUser({ attributes: [] }), sampleContext({ target })).conflict?.kind).toBe('does-not-fit');
  });

  it('loses nothing of a CSV row but the dates: it knows neither sub nor status', () => {
    const row = { username: 'ann', attributes: wantedUser().attributes };
    const decision = planCreate(row, sampleContext());
    expect(decision).toMatchObject({ losses: ['dates'], source: { username: 'ann' } });
    expect(decision.entry).toMatchObject({ groups: [], disable: false });
    expect(decision.unknownGroups).toEqual([]);
    expect(planCreate({ ...row, status: 'UNCONFIRMED' }, sampleContext()).losses).toEqual(['signs-up-again']);
  });

  it('names a new username where the pool makes its own, and what was dropped', () => {
    const target = targetPool({ usernameAttributes: ['email'] });
    expect(planCreate(wantedUser(), sampleContext({ target })).losses).toContain('new-username');
    const { sub: _sub, ...withoutSub } = wantedUser();
    expect(planCreate(withoutSub, sampleContext({ target })).losses).not.toContain('new-username');
    const mapping = { drop: ['custom:gone'], rename: new Map<string, string>() };
    const dropping = planCreate(
      wantedUser({ attributes: [['custom:gone', '1']] }),
      sampleContext({ options: { mapping } }),
    );
    expect(dropping.losses).toContain('dropped-attribute');
    expect(dropping.entry).toMatchObject({ attributes: [] });
  });

  it('predicts the status by engine, password and first factor', () => {
    const statusOf = (context: SampleContext): string => {
      const sample = sampleContext(context);
      return statusAfter(entryOf(wantedUser(), sample), sample);
    };
    const byCode = targetPool({ firstFactors: ['EMAIL_OTP'] });
    expect(statusOf({})).toBe('CONFIRMED');
    expect(statusOf({ options: { passwords: 'temporary' } })).toBe('FORCE_CHANGE_PASSWORD');
    expect(statusOf({ options: { passwords: 'temporary' }, target: byCode })).toBe('FORCE_CHANGE_PASSWORD');
    expect(statusOf(withJob)).toBe('RESET_REQUIRED');
    expect(statusOf({ ...withJob, target: byCode })).toBe('CONFIRMED');
    const unset = { ...entryOf(wantedUser(), sampleContext()), password: { kind: 'unset' } } as const;
    expect(statusAfter(unset, sampleContext())).toBe('FORCE_CHANGE_PASSWORD');
    const hashed = { ...unset, password: { kind: 'hash', hash: 'x' } } as const;
    expect(statusAfter(hashed, sampleContext())).toBe('CONFIRMED');
  });

  it('brings SMS as second factor back where the pool has MFA and the user had it and has a phone', () => {
    const phone = [...wantedUser().attributes, ['phone_number', '+33639980000'] as const];
    const sms = [{ deliveryMedium: 'SMS', attributeName: 'phone_number' }];
    const smsMfa = (user: Parameters<typeof wantedUser>[0], mfa: 'ON' | 'OPTIONAL' | 'OFF' = 'OPTIONAL'): boolean =>
      entryOf(wantedUser(user), sampleContext({ target: targetPool({ mfa }) })).mfa !== undefined;
    expect(smsMfa({ attributes: phone, mfaOptions: sms })).toBe(true);
    expect(smsMfa({ attributes: phone, mfaOptions: sms }, 'ON')).toBe(true);
    expect(smsMfa({ attributes: phone, mfaOptions: sms }, 'OFF')).toBe(false);
    expect(smsMfa({ mfaOptions: sms })).toBe(false);
    expect(smsMfa({ attributes: phone })).toBe(false);
    expect(smsMfa({ attributes: phone, mfaOptions: [{ deliveryMedium: 'EMAIL', attributeName: 'email' }] })).toBe(
      false,
    );
    const both = [{ deliveryMedium: 'EMAIL', attributeName: 'email' }, ...sms];
    expect(smsMfa({ attributes: phone, mfaOptions: both })).toBe(true);
  });

  it('keeps an alias in the row of a job, and in the creation where it can never be changed', () => {
    const user = wantedUser({ attributes: [...wantedUser().attributes, ['preferred_username', 'annie']] });
    const target = targetPool({ aliasAttributes: ['preferred_username'] });
    expect(entryOf(user, sampleContext({ ...withJob, target }))).toMatchObject({
      engine: 'import-job',
      attributes: expect.arrayContaining([['preferred_username', 'annie']]),
      setLater: [],
    });
    const schema = target.schema.map((one) => (one.name === 'preferred_username' ? { ...one, mutable: false } : one));
    expect(entryOf(user, sampleContext({ target: { ...target, schema } })).setLater).toEqual([]);
    expect(entryOf(user, sampleContext({ target }))).toMatchObject({
      attributes: wantedUser().attributes,
      setLater: [['preferred_username', 'annie']],
    });
    const bare = target.schema.filter(({ name }) => name !== 'preferred_username');
    expect(entryOf(wantedUser(), sampleContext({ target: { ...target, schema: bare } })).setLater).toEqual([]);
    const other = targetPool({ aliasAttributes: ['email'] });
    expect(entryOf(user, sampleContext({ target: other })).setLater).toEqual([]);
  });

  it('keeps to a job where none but a job is wanted, also for whom one has left out', () => {
    const options = { engine: 'import-job', afterJob: true } as const;
    expect(entryOf(wantedUser(), sampleContext({ ...withJob, options })).engine).toBe('import-job');
    const optionsOfJob = { engine: 'import-job' } as const;
    expect(
      planCreate(wantedUser({ enabled: false }), sampleContext({ ...withJob, options: optionsOfJob })).conflict?.kind,
    ).toBe('import-job-cannot-carry');
  });

  it('disables at once, and never by a job', () => {
    const entry = entryOf(wantedUser({ enabled: false }), sampleContext(withJob));
    expect(entry).toMatchObject({ engine: 'api', disable: true });
    expect(entryOf(wantedUser(), sampleContext(withJob))).toMatchObject({
      engine: 'import-job',
      password: { kind: 'unset' },
    });
  });

  it('sends nobody by the API under a strict import-job engine', () => {
    const strict = sampleContext({ ...withJob, options: { engine: 'import-job' } });
    expect(planCreate(wantedUser({ attributes: [] }), strict).conflict?.kind).toBe('import-job-cannot-carry');
    expect(entryOf(wantedUser(), strict).engine).toBe('import-job');
  });

  it('never lets a user with a hash go by the API', () => {
    const passwordHash = '$2b$10$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234';
    const hashed = wantedUser({ passwordHash });
    expect(entryOf(hashed, sampleContext(withJob))).toMatchObject({
      engine: 'import-job',
      password: { kind: 'hash', hash: passwordHash },
    });
    expect(planCreate(hashed, sampleContext()).conflict?.kind).toBe('hash-needs-import-job');
    expect(planCreate(wantedUser({ passwordHash, enabled: false }), sampleContext(withJob)).conflict?.kind).toBe(
      'hash-needs-import-job',
    );
    expect(planCreate(hashed, sampleContext({ ...withJob, options: { engine: 'api' } })).conflict?.kind).toBe(
      'hash-needs-import-job',
    );
    const withoutHashes = HEADER.filter((column) => column !== 'password_hash');
    expect(planCreate(hashed, sampleContext({ importHeader: withoutHashes })).conflict?.kind).toBe(
      'hash-needs-import-job',
    );
    expect(entryOf(wantedUser(), sampleContext({ importHeader: withoutHashes })).engine).toBe('import-job');
    const afterJob = sampleContext({ ...withJob, options: { afterJob: true } });
    expect(entryOf(hashed, afterJob).engine).toBe('import-job');
    expect(entryOf(wantedUser(), afterJob).engine).toBe('api');
    expect(planCreate(hashed, sampleContext(withJob)).losses).not.toContain('password');
  });

  it('leaves a password away only where a one-time code lets the user in', () => {
    const target = targetPool({ firstFactors: ['PASSWORD', 'EMAIL_OTP'] });
    const context = sampleContext({ target, options: { passwords: 'none' } });
    const entry = entryOf(wantedUser(), context);
    expect(entry.password.kind).toBe('unset');
    expect(statusAfter(entry, context)).toBe('CONFIRMED');
    expect(entryOf(wantedUser({ attributes: [['email', 'ann@example.com']] }), context).password.kind).toBe('random');
  });

  it('keeps preferred_username for a second call where it is an alias', () => {
    const user = wantedUser({ attributes: [['preferred_username', 'annie']] });
    const alias = sampleContext({ target: targetPool({ aliasAttributes: ['preferred_username'] }) });
    expect(entryOf(user, alias)).toMatchObject({ attributes: [], setLater: [['preferred_username', 'annie']] });
    expect(entryOf(user, sampleContext())).toMatchObject({
      attributes: [['preferred_username', 'annie']],
      setLater: [],
    });
  });

  it('restores links to providers that the target has, and counts the others', () => {
    const identities = JSON.stringify([
      { providerName: 'Google', userId: '1' },
      { providerName: 'Okta', userId: '2' },
      { nonsense: true },
    ]);
    const user = wantedUser({ attributes: [['identities', identities]] });
    const { entry, losses } = planCreate(user, sampleContext({ providers: ['Google'] }));
    expect(entry).toMatchObject({ links: [{ providerName: 'Google', userId: '1' }], attributes: [] });
    expect(losses.filter((loss) => loss === 'identity-link')).toHaveLength(1);
    expect(entryOf(wantedUser({ attributes: [['identities', '{']] }), sampleContext()).links).toEqual([]);
  });

  it('sorts out groups: those wanted or present, those of providers, and those that nobody has', () => {
    const source = 'eu-central-1_AbCdEfGhI_Google';
    const context = sampleContext({ groups: ['there', '__proto__'], wanted: ['new', source] });
    const decision = planCreate(wantedUser({ groups: ['__proto__', 'new', 'nowhere', source, 'there'] }), context);
    expect(decision.entry).toMatchObject({ groups: ['__proto__', 'new', 'there'] });
    expect(decision.unknownGroups).toEqual(['nowhere']);
    const silent = { ...context, wantedGroups: undefined };
    expect(planCreate(wantedUser({ groups: ['new', 'there'] }), silent)).toMatchObject({
      entry: { groups: ['there'] },
      unknownGroups: ['new'],
    });
    expect(decision.losses).toContain('provider-group');
  });

  it('acts on nobody outside the scope', () => {
    const of = (scope: SampleContext['scope']) =>
      planCreate(wantedUser({ groups: ['g', 'h'] }), sampleContext({ scope: scope ?? {}, groups: ['g', 'h'] })).entry;
    expect(of({ onlyUsers: ['bob'] })).toBeUndefined();
    expect(of({ onlyUsers: ['ANN@example.com'] })).toBeDefined();
    expect(of({ onlyUsers: [wantedUser().sub ?? ''] })).toBeDefined();
    expect(of({ onlyGroups: ['other'] })).toBeUndefined();
    expect(of({ onlyGroups: ['h'] })).toMatchObject({ groups: ['h'] });
  });
});

describe('planCreate of somebody with second factors', () => {
  const attributes: CreateUser['attributes'] = [
    ['email', 'ann@example.com'],
    ['email_verified', 'true'],
    ['phone_number', '+12025550100'],
    ['phone_number_verified', 'true'],
  ];
  const hash = '$2b$10$abcdefghijklmnopqrstuuabcdefghijklmnopqrstuuabcdefghijk';
  const planned = (mfa: readonly string[], options: SampleContext['options'] = {}, more: Partial<DesiredUser> = {}) => {
    const user = wantedUser({ attributes, factors: { mfa: [...mfa], configured: ['PASSWORD'] }, ...more });
    const target = targetPool({ mfa: 'OPTIONAL' });
    const targetFactors = new Set(['SMS_MFA', 'EMAIL_OTP'] as const);
    const { entry, losses } = planCreate(user, sampleContext({ ...withJob, target, targetFactors, options }));
    if (entry?.kind !== 'create-user') throw new Error('No user would be created');
    return { engine: entry.engine, factors: entry.mfa?.factors, isLost: losses.includes('mfa-preference') };
  };

  it.each([
    ['by job where SMS is all', ['SMS_MFA'], {}, {}, { engine: 'import-job', factors: ['SMS_MFA'], isLost: false }],
    [
      'by the API where that alone keeps the codes by e-mail',
      ['EMAIL_OTP'],
      {},
      {},
      { engine: 'api', factors: ['EMAIL_OTP'], isLost: false },
    ],
    [
      'by job, codes lost, where the engine is told',
      ['EMAIL_OTP'],
      { engine: 'import-job' },
      {},
      { engine: 'import-job', factors: undefined, isLost: true },
    ],
    [
      'by job, codes lost, where a hash is worth more',
      ['EMAIL_OTP'],
      {},
      { passwordHash: hash },
      { engine: 'import-job', factors: undefined, isLost: true },
    ],
    [
      'without, where the password is one to be changed',
      ['SMS_MFA'],
      { engine: 'api', passwords: 'temporary' },
      {},
      { engine: 'api', factors: undefined, isLost: true },
    ],
  ] as const)('sends them %s', (_how, mfa, options, more, expected) => {
    expect(planned(mfa, options, more)).toEqual(expected);
  });
});
