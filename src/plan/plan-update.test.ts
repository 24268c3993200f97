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

describe('planUpdate of a user whom the interrupted run made', () => {
  const ours = presentUser({ createdAt: LATER, status: 'FORCE_CHANGE_PASSWORD' });
  const context = (more: SampleContext = {}) => sampleContext({ oursSince: START, ...more });

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

  it('finishes the password under --passwords none where no code lets the user in, and leaves a temporary one', () => {
    expect(planUpdate(wantedUser(), ours, context({ options: { passwords: 'none' } })).entry).toMatchObject({
      password: { kind: 'random' },
    });
    expect(planUpdate(wantedUser(), ours, context({ options: { passwords: 'temporary' } })).entry).toBeUndefined();
  });

  it('sets the SMS preference again where no listing shows it, but does not look for it when it verifies itself', () => {
    const phone: readonly Attribute[] = [...EMAIL, ['phone_number', '+33639980000']];
    const mfaOptions = [{ deliveryMedium: 'SMS', attributeName: 'phone_number' }];
    const desired = wantedUser({ attributes: phone, mfaOptions });
    const made = presentUser({ createdAt: LATER, attributes: phone });
    const target = targetPool({ mfa: 'OPTIONAL' });
    expect(planUpdate(desired, made, context({ target })).entry).toMatchObject({ smsMfa: true });
    const temporary = context({ target, options: { passwords: 'temporary' } });
    expect(planUpdate(desired, { ...made, status: 'FORCE_CHANGE_PASSWORD' }, temporary).entry).toBeUndefined();
    for (const nothingToDo of [
      planUpdate(desired, { ...made, mfaOptions }, context({ target })),
      planUpdate(desired, made, context({ target, options: { afterJob: true } })),
      planUpdate(desired, presentUser({ createdAt: START, attributes: phone }), context({ target })),
      planUpdate(desired, made, context({ target: targetPool({ mfa: 'OFF' }) })),
    ]) {
      expect(nothingToDo.entry).toBeUndefined();
    }
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
    expect(left.entry).toMatchObject({ addGroups: [], removeGroups: ['a'], set: [], remove: [] });
    const stranger = planUpdate(wantedUser({ attributes: [], groups: ['b'] }), presentUser({ groups: ['b'] }), context);
    expect(stranger.entry).toBeUndefined();
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
