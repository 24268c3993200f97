import { describe, expect, it } from 'vitest';
import {
  presentUser,
  sampleContext,
  SNAPSHOT_USER,
  targetPool,
  textAttribute,
  wantedUser,
  type SampleContext,
} from '../../test/fakes/sample-plan.ts';
import { sampleGroup } from '../../test/fakes/sample-pool.ts';
import type { Attribute } from '../model/user.ts';
import { planUpdate } from './plan-update.ts';

const START = '2026-03-01T00:00:00.000Z';
const LATER = '2026-03-01T00:00:01.000Z';
const update = (context: SampleContext = {}) =>
  sampleContext({ ...context, scope: { existing: 'update', ...context.scope } });
const EMAIL: readonly Attribute[] = SNAPSHOT_USER.attributes;

describe('planUpdate of a user who was there before', () => {
  it('leaves the user alone unless told to update', () => {
    const different = wantedUser({ enabled: false, attributes: [...EMAIL, ['given_name', 'Ann']], groups: ['old'] });
    expect(
      planUpdate(different, presentUser(), sampleContext({ groups: ['old'], wanted: ['old'] })).entry,
    ).toBeUndefined();
  });

  it('brings back memberships of a group that comes back', () => {
    const context = sampleContext({ groups: ['old'], wanted: ['old', 'returned'] });
    const { entry } = planUpdate(wantedUser({ groups: ['old', 'returned'] }), presentUser(), context);
    expect(entry).toMatchObject({ addGroups: ['returned'], removeGroups: [], set: [] });
  });

  it('brings back memberships of a group that the interrupted run brought back', () => {
    const base = sampleContext({ ownRuns: [{ since: START }], wanted: ['old', 'ours'] });
    const targetGroups = new Map([
      ['old', sampleGroup('old', { createdAt: START })],
      ['ours', sampleGroup('ours', { createdAt: LATER })],
    ]);
    const desired = wantedUser({ groups: ['old', 'ours'] });
    expect(planUpdate(desired, presentUser(), { ...base, targetGroups }).entry).toMatchObject({ addGroups: ['ours'] });
    expect(planUpdate(desired, presentUser({ groups: ['ours'] }), { ...base, targetGroups }).entry).toBeUndefined();
    const { groups: _groups, ...open } = wantedUser();
    expect(planUpdate(open, presentUser(), { ...base, targetGroups })).toEqual({
      losses: [],
      gaps: [],
      unknownGroups: [],
      source: { username: 'ann', sub: SNAPSHOT_USER.sub, status: 'CONFIRMED' },
    });
  });

  it('plans nothing where nothing differs', () => {
    expect(
      planUpdate(wantedUser({ groups: ['g'] }), presentUser({ groups: ['g'] }), update({ groups: ['g'] })).entry,
    ).toBeUndefined();
  });

  it('sets, removes, disables and moves between groups', () => {
    const desired = wantedUser({ enabled: false, attributes: [...EMAIL, ['custom:a', '1']], groups: ['new'] });
    const actual = presentUser({
      attributes: [...EMAIL, ['custom:b', '2']],
      groups: ['old', 'eu-central-1_TargetPool_Google'],
    });
    const { entry } = planUpdate(desired, actual, update({ groups: ['old', 'new'], wanted: ['new'] }));
    expect(entry).toMatchObject({
      set: [['custom:a', '1']],
      remove: ['custom:b'],
      enabled: false,
      addGroups: ['new'],
      removeGroups: ['old'],
    });
  });

  it('never sets a password for a stranger, and never disables what the value leaves open', () => {
    const { enabled: _enabled, ...open } = wantedUser();
    expect(
      planUpdate(open, presentUser({ enabled: false, status: 'FORCE_CHANGE_PASSWORD' }), update()).entry,
    ).toBeUndefined();
  });

  it('leaves blank cells, memberships and verified flags of a CSV row as they are', () => {
    const row = { username: 'ann', attributes: [['email', 'ann@example.com']] satisfies Attribute[] };
    const actual = presentUser({ attributes: [...EMAIL, ['custom:a', 'kept']], groups: ['g'], enabled: false });
    expect(planUpdate(row, actual, update({ scope: { values: 'given' }, source: undefined })).entry).toBeUndefined();
  });

  it('sets a flag that a CSV row gives without its contact', () => {
    const row = { username: 'ann', attributes: [['email_verified', 'true']] satisfies Attribute[] };
    const actual = presentUser({ attributes: [['email', 'ann@example.com']] });
    const { entry } = planUpdate(row, actual, update({ scope: { values: 'given' }, source: undefined }));
    expect(entry).toMatchObject({ set: [['email_verified', 'true']], remove: [] });
  });

  it('names an immutable difference as a loss and does not try to write it', () => {
    const { entry, losses } = planUpdate(
      wantedUser({ attributes: [...EMAIL, ['custom:fixed', 'new']] }),
      presentUser(),
      update(),
    );
    expect([entry, losses]).toEqual([undefined, ['immutable-attribute']]);
  });

  it('keeps what the target has where an attribute was dropped on request', () => {
    const actual = presentUser({ attributes: [...EMAIL, ['custom:a', 'kept']] });
    const mapping = { drop: ['custom:a'], rename: new Map<string, string>() };
    const { entry, losses } = planUpdate(
      wantedUser({ attributes: [...EMAIL, ['custom:a', 'other']] }),
      actual,
      update({ options: { mapping } }),
    );
    expect([entry, losses]).toEqual([undefined, ['dropped-attribute']]);
  });

  it('reports a value that breaks a limit before anything is written, unless it stands there already', () => {
    const target = targetPool({ schema: [textAttribute('custom:a', { maxLength: 2 })] });
    const desired = wantedUser({ attributes: [['custom:a', 'long']] });
    expect(planUpdate(desired, presentUser({ attributes: [] }), update({ target })).conflict?.kind).toBe(
      'does-not-fit',
    );
    expect(
      planUpdate(desired, presentUser({ attributes: [['custom:a', 'long']] }), update({ target })).conflict,
    ).toBeUndefined();
  });

  it('adds links that are missing, to providers that the target has', () => {
    const identities = JSON.stringify([
      { providerName: 'Google', userId: '1' },
      { providerName: 'Gone', userId: '2' },
    ]);
    const desired = wantedUser({ attributes: [...EMAIL, ['identities', identities]] });
    expect(planUpdate(desired, presentUser(), update({ providers: ['Google'] })).entry).toMatchObject({
      links: [{ providerName: 'Google', userId: '1' }],
    });
    expect(
      planUpdate(desired, presentUser({ attributes: desired.attributes }), update({ providers: ['Google'] })).entry,
    ).toBeUndefined();
  });
});

describe('planUpdate with --existing update', () => {
  it('says whose attribute the target lacks, and which groups nobody has', () => {
    const gap = wantedUser({ attributes: [...EMAIL, ['custom:gone', '1']] });
    expect(planUpdate(gap, presentUser(), update())).toEqual({
      losses: [],
      gaps: ['custom:gone'],
      unknownGroups: [],
      source: { username: 'ann', sub: SNAPSHOT_USER.sub, status: 'CONFIRMED' },
    });
    expect(planUpdate(wantedUser({ groups: ['nowhere'] }), presentUser(), update())).toMatchObject({
      unknownGroups: ['nowhere'],
      source: { username: 'ann' },
    });
  });

  it('leaves memberships alone that the value does not speak of, and only adds where it does not tell all', () => {
    const { groups: _groups, ...open } = wantedUser();
    const actual = presentUser({ groups: ['g'] });
    const untouched = planUpdate(open, actual, update({ groups: ['g'] }));
    expect([untouched.entry, untouched.unknownGroups]).toEqual([undefined, []]);
    const given = update({ groups: ['g', 'h'], scope: { values: 'given' } });
    expect(planUpdate({ ...open, groups: ['h'] }, actual, given).entry).toMatchObject({
      addGroups: ['h'],
      removeGroups: [],
    });
  });

  it('enables and disables', () => {
    expect(planUpdate(wantedUser(), presentUser({ enabled: false }), update()).entry).toMatchObject({ enabled: true });
    const disabled = planUpdate(wantedUser({ enabled: false }), presentUser(), update()).entry;
    expect(disabled).toMatchObject({ enabled: false });
  });

  it('takes no required attribute away, and removes what may go', () => {
    const target = targetPool({
      schema: [textAttribute('given_name', { required: true }), textAttribute('custom:a')],
    });
    const actual = presentUser({
      attributes: [
        ['given_name', 'Ann'],
        ['custom:a', '1'],
      ],
    });
    const desired = wantedUser({ attributes: [['given_name', 'Ann']] });
    expect(planUpdate(desired, actual, update({ target })).entry).toMatchObject({ remove: ['custom:a'], set: [] });
    const nothing = planUpdate(wantedUser({ attributes: [] }), actual, update({ target }));
    expect(nothing).toMatchObject({ losses: ['immutable-attribute'], entry: { remove: ['custom:a'] } });
  });

  it('changes the value of a required attribute, at no loss', () => {
    const target = targetPool({ schema: [textAttribute('given_name', { required: true })] });
    const decision = planUpdate(
      wantedUser({ attributes: [['given_name', 'Bea']] }),
      presentUser({ attributes: [['given_name', 'Ann']] }),
      update({ target }),
    );
    expect(decision).toMatchObject({ losses: [], entry: { set: [['given_name', 'Bea']] } });
    expect(decision.entry).not.toHaveProperty('enabled', undefined);
  });

  it('writes what was renamed to a name that was dropped', () => {
    const mapping = { drop: ['custom:a'], rename: new Map([['custom:old', 'custom:a']]) };
    const desired = wantedUser({ attributes: [...EMAIL, ['custom:old', '1']] });
    expect(planUpdate(desired, presentUser(), update({ options: { mapping } })).entry).toMatchObject({
      set: [['custom:a', '1']],
    });
  });

  it('leaves an attribute alone that the schema does not show', () => {
    const actual = presentUser({ attributes: [...EMAIL, ['custom:ghost', '1']] });
    expect(planUpdate(wantedUser(), actual, update())).toMatchObject({ losses: ['immutable-attribute'] });
  });

  it('links nobody who belongs to a provider, and tells links of one provider apart', () => {
    const identities = (userId: string): Attribute => [
      'identities',
      JSON.stringify([{ providerName: 'Google', userId }]),
    ];
    const desired = wantedUser({ attributes: [...EMAIL, identities('1')] });
    const context = update({ providers: ['Google'] });
    const other = presentUser({ attributes: [...EMAIL, identities('2')] });
    expect(planUpdate(desired, other, context).entry).toMatchObject({ links: [{ userId: '1' }] });
    const federated = presentUser({ status: 'EXTERNAL_PROVIDER' });
    expect(planUpdate(desired, federated, context).entry).toBeUndefined();
    const profile = { ...desired, status: 'EXTERNAL_PROVIDER' } as const;
    expect(planUpdate(profile, presentUser(), context).entry).toBeUndefined();
  });

  it('finishes for its own users what an interrupted run left out, too', () => {
    const made = presentUser({ createdAt: LATER, status: 'FORCE_CHANGE_PASSWORD' });
    expect(planUpdate(wantedUser(), made, update({ ownRuns: [{ since: START }] })).entry).toMatchObject({
      password: { kind: 'random' },
    });
    const phone: readonly Attribute[] = [...EMAIL, ['phone_number', '+33639980000']];
    const mfaOptions = [{ deliveryMedium: 'SMS', attributeName: 'phone_number' }];
    const target = targetPool({ mfa: 'OPTIONAL' });
    const withPhone = presentUser({ createdAt: LATER, attributes: phone });
    expect(
      planUpdate(
        wantedUser({ attributes: phone, mfaOptions }),
        withPhone,
        update({ ownRuns: [{ since: START }], target }),
      ).entry,
    ).toMatchObject({ mfa: { factors: ['SMS_MFA'], preferred: 'SMS_MFA' } });
  });
});

describe('planUpdate of a user whom the interrupted run made', () => {
  const ours = presentUser({ createdAt: LATER, status: 'FORCE_CHANGE_PASSWORD' });
  const context = (more: SampleContext = {}) => sampleContext({ ownRuns: [{ since: START }], ...more });

  it('finishes password, disabling, alias and memberships', () => {
    const desired = wantedUser({
      enabled: false,
      attributes: [...EMAIL, ['preferred_username', 'annie']],
      groups: ['g'],
    });
    const target = targetPool({ aliasAttributes: ['preferred_username'] });
    expect(planUpdate(desired, ours, context({ target, groups: ['g'] })).entry).toMatchObject({
      password: { kind: 'random' },
      enabled: false,
      setLater: [['preferred_username', 'annie']],
      addGroups: ['g'],
    });
  });

  it('finishes nothing that was done, and enables nobody', () => {
    const done = presentUser({
      createdAt: LATER,
      enabled: false,
      attributes: [...EMAIL, ['preferred_username', 'annie']],
      groups: ['g'],
    });
    const desired = wantedUser({ attributes: [...EMAIL, ['preferred_username', 'other']], groups: ['g'] });
    const target = targetPool({ aliasAttributes: ['preferred_username'] });
    expect(planUpdate(desired, done, context({ target, groups: ['g'] })).entry).toBeUndefined();
    expect(planUpdate(wantedUser(), { ...done, attributes: EMAIL }, context({ target })).entry).toBeUndefined();
  });

  it('finishes an alias only where the target takes it for one', () => {
    const made = presentUser({ createdAt: LATER });
    const desired = wantedUser({ attributes: [...EMAIL, ['preferred_username', 'annie']] });
    expect(planUpdate(desired, made, context()).entry).toBeUndefined();
    const target = targetPool({ aliasAttributes: ['email'] });
    expect(planUpdate(desired, made, context({ target })).entry).toBeUndefined();
  });

  it('finishes links and memberships, and says which groups nobody has', () => {
    const identities = JSON.stringify([{ providerName: 'Google', userId: '1' }]);
    const desired = wantedUser({ attributes: [...EMAIL, ['identities', identities]], groups: ['g', 'nowhere'] });
    const made = presentUser({ createdAt: LATER, groups: ['mine'] });
    const decision = planUpdate(desired, made, context({ groups: ['g', 'mine'], providers: ['Google'] }));
    expect(decision).toMatchObject({
      unknownGroups: ['nowhere'],
      losses: [],
      entry: { links: [{ providerName: 'Google', userId: '1' }], addGroups: ['g'], removeGroups: [], set: [] },
    });
    const { groups: _groups, ...open } = wantedUser();
    const nothing = planUpdate(open, made, context({ groups: ['g'] }));
    expect([nothing.entry, nothing.unknownGroups]).toEqual([undefined, []]);
  });

  it('finishes the password under --passwords none where no code lets the user in, and leaves a temporary one', () => {
    expect(planUpdate(wantedUser(), ours, context({ options: { passwords: 'none' } })).entry).toMatchObject({
      password: { kind: 'random' },
    });
    expect(planUpdate(wantedUser(), ours, context({ options: { passwords: 'temporary' } })).entry).toBeUndefined();
  });

  it('sets the SMS preference again where no listing shows it, but does not look for it when it verifies itself', () => {
    const phone: readonly Attribute[] = [...EMAIL, ['phone_number', '+33639980000']];
    const mfaOptions = [{ deliveryMedium: 'SMS', attributeName: 'phone_number' }];
    const byMail = { deliveryMedium: 'EMAIL', attributeName: 'email' };
    const desired = wantedUser({ attributes: phone, mfaOptions });
    const made = presentUser({ createdAt: LATER, attributes: phone });
    const target = targetPool({ mfa: 'OPTIONAL' });
    expect(planUpdate(desired, made, context({ target })).entry).toMatchObject({
      mfa: { factors: ['SMS_MFA'], preferred: 'SMS_MFA' },
    });
    const temporary = context({ target, options: { passwords: 'temporary' } });
    const halfMade = { ...made, status: 'FORCE_CHANGE_PASSWORD' } as const;
    expect(planUpdate(desired, halfMade, temporary).entry).toBeUndefined();
    expect(planUpdate(desired, halfMade, context({ target })).entry).toMatchObject({
      password: { kind: 'random' },
      mfa: { factors: ['SMS_MFA'] },
    });
    for (const nothingToDo of [
      planUpdate(desired, { ...made, mfaOptions }, context({ target })),
      planUpdate(desired, made, context({ target, options: { afterJob: true } })),
      planUpdate(desired, presentUser({ createdAt: START, attributes: phone }), context({ target })),
      planUpdate(desired, made, context({ target: targetPool({ mfa: 'OFF' }) })),
      planUpdate(desired, { ...made, mfaOptions: [...mfaOptions, byMail] }, context({ target })),
      planUpdate(desired, { ...made, status: 'RESET_REQUIRED' }, context({ target })),
    ]) {
      expect(nothingToDo.entry).toBeUndefined();
    }
    expect(planUpdate(desired, { ...made, mfaOptions: [byMail] }, context({ target })).entry).toMatchObject({
      mfa: { factors: ['SMS_MFA'], preferred: 'SMS_MFA' },
    });
  });

  it('takes nobody for ours who was made at the very start or before, or signed up, or came through a provider', () => {
    for (const stranger of [
      presentUser({ createdAt: START, status: 'FORCE_CHANGE_PASSWORD' }),
      presentUser({ createdAt: LATER, status: 'UNCONFIRMED' }),
      presentUser({ createdAt: LATER, status: 'EXTERNAL_PROVIDER' }),
    ]) {
      expect(
        planUpdate(wantedUser({ enabled: false, groups: ['g'] }), stranger, context({ groups: ['g'] })).entry,
      ).toBeUndefined();
    }
  });
});

describe('planUpdate under --only-user and --only-group', () => {
  it('knows a user by what the target calls it, too', () => {
    const desired = wantedUser({ attributes: [...EMAIL, ['custom:a', '1']] });
    const actual = presentUser();
    expect(planUpdate(desired, actual, update({ scope: { onlyUsers: [actual.sub] } })).entry).toBeDefined();
    expect(planUpdate(desired, actual, update({ scope: { onlyUsers: ['bob'] } })).entry).toBeUndefined();
  });

  it('touches memberships of the groups named alone, and takes out who left them', () => {
    const scope = { onlyGroups: ['a'] };
    const context = update({ scope, groups: ['a', 'b'], wanted: ['a', 'b'] });
    const member = planUpdate(wantedUser({ groups: ['a', 'b'] }), presentUser(), context);
    expect(member.entry).toMatchObject({ addGroups: ['a'], removeGroups: [] });
    const left = planUpdate(
      wantedUser({ attributes: [], groups: ['b'] }),
      presentUser({ groups: ['a', 'b'] }),
      context,
    );
    expect(left).toMatchObject({
      losses: [],
      unknownGroups: [],
      entry: { addGroups: [], removeGroups: ['a'], set: [], remove: [] },
    });
    const stranger = planUpdate(wantedUser({ attributes: [], groups: ['b'] }), presentUser({ groups: ['b'] }), context);
    expect(stranger.entry).toBeUndefined();
  });

  it('takes nobody out who only might have left: where it leaves users alone, or the value does not tell', () => {
    const desired = wantedUser({ attributes: [], groups: ['b'] });
    const actual = presentUser({ groups: ['a', 'b'] });
    const given = { scope: { onlyGroups: ['a'] }, groups: ['a', 'b'], wanted: ['a', 'b'] };
    expect(planUpdate(desired, actual, sampleContext(given)).entry).toBeUndefined();
    const csv = update({ ...given, scope: { ...given.scope, values: 'given' } });
    expect(planUpdate(desired, actual, csv).entry).toBeUndefined();
    const { groups: _groups, ...open } = desired;
    expect(planUpdate(open, actual, update(given)).entry).toBeUndefined();
    const named = update({ ...given, scope: { onlyUsers: ['bob'], onlyGroups: ['a'] } });
    expect(planUpdate(desired, actual, named).entry).toBeUndefined();
    const byOldAddress = update({ ...given, scope: { onlyUsers: ['old@example.com'] } });
    const moved = { ...actual, attributes: [['email', 'old@example.com']] satisfies Attribute[] };
    expect(planUpdate(desired, moved, byOldAddress).entry).toBeUndefined();
  });

  it('takes nobody out of a group that is deleted, which takes its memberships along', () => {
    const scope = { deletes: true };
    const actual = presentUser({ groups: ['gone', 'kept'] });
    const context = { groups: ['gone', 'kept'], wanted: ['kept'] };
    expect(planUpdate(wantedUser(), actual, update({ ...context, scope })).entry).toMatchObject({
      removeGroups: ['kept'],
    });
    expect(planUpdate(wantedUser(), actual, update(context)).entry).toMatchObject({ removeGroups: ['gone', 'kept'] });
    const silent = { ...update({ ...context, scope }), wantedGroups: undefined };
    expect(planUpdate(wantedUser(), actual, silent).entry).toMatchObject({ removeGroups: ['gone', 'kept'] });
  });
});

describe('planUpdate after a run that has ended', () => {
  it('finishes whom that run made and named, and nobody else', () => {
    const made = presentUser({ createdAt: LATER, groups: [] });
    const decide = (since: string, left: readonly string[]) =>
      planUpdate(
        wantedUser({ groups: ['ours'] }),
        made,
        sampleContext({ groups: ['ours'], wanted: ['ours'], ownRuns: [{ since, left: new Set(left) }] }),
      ).entry;
    expect(decide(START, [made.username])).toMatchObject({ kind: 'update-user', addGroups: ['ours'] });
    expect(decide(START, ['somebody-else'])).toBeUndefined();
    expect(decide(LATER, [made.username])).toBeUndefined();
  });
});

describe('planUpdate with --recreate', () => {
  const recreating = (more: SampleContext = {}) => update({ ...more, options: { recreate: true, ...more.options } });
  const fixed = [...EMAIL, ['custom:fixed', 'new'] as const];

  it('replaces only whom an immutable attribute keeps from being updated, by the API', () => {
    expect(planUpdate(wantedUser(), presentUser(), recreating()).entry).toBeUndefined();
    const { entry } = planUpdate(
      wantedUser({ attributes: fixed }),
      presentUser(),
      recreating({ importHeader: ['cognito:username'] }),
    );
    const { username, sub } = presentUser();
    expect(entry).toMatchObject({ kind: 'create-user', engine: 'api', replaces: { username, sub } });
  });

  it('deletes nobody for it who was made after what was confirmed', () => {
    const actual = presentUser({ createdAt: LATER });
    const decide = (deletesUntil: string) =>
      planUpdate(wantedUser({ attributes: fixed }), actual, { ...recreating(), deletesUntil });
    expect(decide(START).entry).toBeUndefined();
    expect(decide(START).conflict).toMatchObject({ kind: 'created-meanwhile' });
    expect(decide(LATER).entry).toMatchObject({ kind: 'create-user' });
  });

  it('gives the new user the identities that the old one frees, and takes none from anybody else', () => {
    const google = (userId: string): Attribute => ['identities', JSON.stringify([{ providerName: 'Google', userId }])];
    const isTaken = () => true;
    const context = recreating({ providers: ['Google'], isTaken });
    const actual = presentUser({ attributes: [...EMAIL, google('77')] });
    const kept = planUpdate(wantedUser({ attributes: [...fixed, google('77')] }), actual, context);
    expect(kept).toMatchObject({ entry: { links: [{ providerName: 'Google', userId: '77' }] } });
    expect(kept.losses).not.toContain('identity-taken');
    const other = planUpdate(wantedUser({ attributes: [...fixed, google('88')] }), actual, context);
    expect(other).toMatchObject({ entry: { links: [] } });
    expect(other.losses).toContain('identity-taken');
    const free = planUpdate(wantedUser({ attributes: [...fixed, google('88')] }), actual, {
      ...context,
      isTaken: () => false,
    });
    expect(free).toMatchObject({ entry: { links: [{ userId: '88' }] } });
  });

  it('takes over from the old user what the value leaves open', () => {
    const row = { username: 'ann', attributes: [['custom:fixed', 'new']] satisfies Attribute[] };
    const actual = presentUser({ attributes: [...EMAIL, ['custom:a', 'kept']], enabled: false, groups: ['g'] });
    const decision = planUpdate(
      row,
      actual,
      recreating({ scope: { values: 'given' }, source: undefined, groups: ['g'] }),
    );
    expect(decision.entry).toMatchObject({
      attributes: expect.arrayContaining([
        ['email', 'ann@example.com'],
        ['email_verified', 'true'],
        ['custom:a', 'kept'],
        ['custom:fixed', 'new'],
      ]),
      disable: true,
      groups: ['g'],
    });
    expect(decision.losses).toEqual(expect.arrayContaining(['new-sub', 'password', 'dates']));
  });

  it('keeps all that the new user is to have, for a run that goes on after a kill in between', () => {
    const desired = wantedUser({ attributes: fixed, groups: ['b', 'a'] });
    const actual = presentUser({ groups: ['a', 'old', 'eu-central-1_TargetPool_Google'] });
    const { entry, source } = planUpdate(desired, actual, recreating({ groups: ['a', 'b', 'old'] }));
    const named = { username: 'ann', sub: SNAPSHOT_USER.sub, status: 'CONFIRMED' };
    expect(source).toEqual(named);
    expect(entry).toMatchObject({
      source: named,
      groups: ['a', 'b'],
      whole: { ...named, attributes: fixed, enabled: true, groups: ['a', 'b'] },
    });
  });

  it('goes by the API even where only a job is wanted, and writes no flag that nobody gave', () => {
    const attributes: readonly Attribute[] = [
      ['email', 'ann@example.com'],
      ['custom:fixed', 'new'],
    ];
    const context = recreating({ importHeader: ['cognito:username'], options: { engine: 'import-job' } });
    expect(planUpdate(wantedUser({ attributes }), presentUser(), context).entry).toMatchObject({
      engine: 'api',
      attributes,
      whole: { attributes },
    });
  });

  it('keeps memberships that the value does not speak of, or does not tell whole', () => {
    const actual = presentUser({ groups: ['a'] });
    const { groups: _groups, ...open } = wantedUser({ attributes: fixed });
    const groups = ['a', 'b'];
    expect(planUpdate(open, actual, recreating({ groups })).entry).toMatchObject({ groups: ['a'] });
    const given = recreating({ groups, scope: { values: 'given' } });
    expect(planUpdate({ ...open, groups: ['b'] }, actual, given).entry).toMatchObject({ groups });
    expect(planUpdate({ ...open, groups: ['b'] }, actual, recreating({ groups })).entry).toMatchObject({
      groups: ['b'],
    });
  });

  it('keeps the links of both where a CSV row knows of none', () => {
    const identities: Attribute = ['identities', JSON.stringify([{ providerName: 'Google', userId: '1' }])];
    const row = { username: 'ann', attributes: [['custom:fixed', 'new']] satisfies Attribute[] };
    const actual = presentUser({ attributes: [...EMAIL, identities], status: 'RESET_REQUIRED' });
    const context = recreating({ scope: { values: 'given' }, source: undefined, providers: ['Google'] });
    const { entry, losses } = planUpdate(row, actual, context);
    expect(entry).toMatchObject({ links: [{ providerName: 'Google', userId: '1' }], source: { username: 'ann' } });
    expect(entry).not.toHaveProperty('whole.sub');
    expect(entry).not.toHaveProperty('whole.status');
    expect(losses).toEqual(expect.arrayContaining(['status-changed', 'new-sub']));
  });

  it('keeps memberships outside --only-group', () => {
    const desired = wantedUser({ attributes: fixed, groups: ['a'] });
    const context = recreating({ scope: { onlyGroups: ['a'] }, groups: ['a', 'b'], wanted: ['a'] });
    expect(planUpdate(desired, presentUser({ groups: ['a', 'b'] }), context).entry).toMatchObject({
      groups: ['a', 'b'],
    });
  });

  it('deletes nobody who could not be created again', () => {
    const target = targetPool({ schema: [textAttribute('custom:fixed', { mutable: false, maxLength: 1 })] });
    const decision = planUpdate(
      wantedUser({ attributes: [['custom:fixed', 'long']] }),
      presentUser({ attributes: [] }),
      recreating({ target }),
    );
    expect([decision.entry, decision.conflict?.kind]).toEqual([undefined, 'does-not-fit']);
  });
});
