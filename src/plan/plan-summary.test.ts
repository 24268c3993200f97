import { describe, expect, it } from 'vitest';
import { presentUser, sampleScope, wantedUser } from '../../test/fakes/sample-plan.ts';
import { billsMau, callsOf } from './calls.ts';
import { poolLosses } from '../model/losses.ts';
import { NO_DECISION } from './decision.ts';
import type { CreateUser, PlanEntry, UpdateUser } from './entries.ts';
import { PlanTally } from './plan-summary.ts';

const CREATE: CreateUser = {
  kind: 'create-user',
  engine: 'api',
  source: { username: 'ann' },
  username: 'ann',
  attributes: [],
  setLater: [['preferred_username', 'a']],
  password: { kind: 'random' },
  disable: true,
  links: [{ providerName: 'Google', userId: '1' }],
  mfa: { factors: ['SMS_MFA'], preferred: 'SMS_MFA' },
  groups: ['g', 'h'],
};
const UPDATE: UpdateUser = {
  kind: 'update-user',
  source: { username: 'ann' },
  username: 'ann',
  sub: 's',
  set: [],
  setLater: [],
  remove: [],
  links: [],
  addGroups: [],
  removeGroups: ['g'],
};

const tallyOf = (...entries: readonly PlanEntry[]): PlanTally => {
  const tally = new PlanTally(sampleScope());
  for (const entry of entries) tally.addEntry(entry);
  return tally;
};

describe('PlanTally', () => {
  it('adds up actions, calls and who is billed', () => {
    const replaced = { ...CREATE, replaces: { username: 'old', sub: 's' } };
    const byJob: CreateUser = {
      ...CREATE,
      engine: 'import-job',
      password: { kind: 'unset' },
      disable: false,
      setLater: [],
      links: [],
      groups: [],
    };
    const summary = tallyOf(
      CREATE,
      replaced,
      byJob,
      UPDATE,
      { kind: 'delete-user', username: 'x', sub: 's' },
      { kind: 'delete-group', name: 'g' },
    ).summary();
    expect(summary.planned).toMatchObject({
      createUsers: 3,
      deleteUsers: 2,
      setPasswords: 2,
      disableUsers: 2,
      addMemberships: 4,
      removeMemberships: 1,
      updateUsers: 0,
      deleteGroups: 1,
    });
    expect(Object.fromEntries(summary.calls)).toEqual({
      AdminCreateUser: 2,
      AdminDeleteUser: 2,
      AdminSetUserPassword: 2,
      AdminDisableUser: 2,
      AdminUpdateUserAttributes: 2,
      AdminLinkProviderForUser: 2,
      AdminSetUserMFAPreference: 2,
      AdminAddUserToGroup: 4,
      AdminRemoveUserFromGroup: 1,
      DeleteGroup: 1,
    });
    expect(summary.mauUsers).toBe(3);
    expect(summary.byEngine).toEqual({ api: 2, importJob: 1 });
    expect(summary.remaining).toEqual({ missing: 3, extra: 2, changed: 1 });
  });

  it('counts the hashes of a file, whose users they are and who is created with theirs, where there is a file', () => {
    const hash = '$2b$10$x';
    const tally = new PlanTally(sampleScope(), { hashLines: 3 });
    tally.sawMatch({ kind: 'missing', desired: wantedUser({ passwordHash: hash }) });
    tally.sawMatch({ kind: 'pair', desired: wantedUser({ passwordHash: hash }), actual: presentUser() });
    tally.sawMatch({ kind: 'missing', desired: wantedUser() });
    tally.addEntry({ ...CREATE, engine: 'import-job', password: { kind: 'hash', hash } });
    tally.addEntry(CREATE);
    tally.addEntry({ ...UPDATE, password: { kind: 'hash', hash } });
    expect(tally.summary().hashes).toEqual({ lines: 3, users: 2, created: 1 });
    expect(tallyOf(CREATE).summary()).not.toHaveProperty('hashes');
  });

  it('names what is lost of a whole pool, more of it where nobody was asked for factors', () => {
    const lossesOf = (isDeep: boolean) => {
      const tally = new PlanTally(sampleScope(), { isDeep });
      tally.addEntry(CREATE);
      return tally.summary().losses.map(({ kind }) => kind);
    };
    expect(lossesOf(false)).toEqual(poolLosses({ isDeep: false }));
    expect(lossesOf(true)).toEqual(poolLosses({ isDeep: true }));
    expect(lossesOf(true)).not.toEqual(lossesOf(false));
    expect(tallyOf(UPDATE).summary().losses).toEqual([]);
  });

  it('counts nobody as billed for a group or a delete', () => {
    expect(
      tallyOf({ kind: 'create-group', group: { name: 'g' } }, { kind: 'delete-group', name: 'h' }).summary().mauUsers,
    ).toBe(0);
    expect(tallyOf({ kind: 'delete-user', username: 'x', sub: 's' }).summary().mauUsers).toBe(0);
    expect(tallyOf(UPDATE).summary().mauUsers).toBe(1);
  });

  it('adds up what it was told of beside entries, largest first', () => {
    const tally = tallyOf();
    tally.sawTarget();
    tally.sawTarget();
    tally.sawOrphans(3);
    tally.sawOrphans(2);
    tally.sawErased(1);
    tally.sawErased(3);
    tally.addLosses(['group-role', 'provider-group', 'provider-group']);
    for (const experience of ['disabled', 'forgot-password', 'forgot-password'] as const) {
      tally.addDecision({ ...NO_DECISION, experience });
    }
    tally.addDecision(NO_DECISION);
    const { losses, experiences, ...counts } = tally.summary();
    expect(counts).toMatchObject({ targetUsers: 2, orphanMemberships: 5, erasedUsers: 4 });
    expect(losses.map(({ kind, count }) => [kind, count])).toEqual([
      ['provider-group', 2],
      ['group-role', 1],
    ]);
    expect(experiences).toEqual([
      { kind: 'forgot-password', count: 2, meaning: expect.stringContaining('forgot password') },
      { kind: 'disabled', count: 1, meaning: expect.any(String) },
    ]);
  });

  it('bills nobody for an import job or a delete', () => {
    expect(
      billsMau({
        ...CREATE,
        engine: 'import-job',
        password: { kind: 'unset' },
        disable: false,
        setLater: [],
        links: [],
        groups: [],
      }),
    ).toBe(false);
    expect(billsMau({ kind: 'delete-user', username: 'x', sub: 's' })).toBe(false);
    expect(billsMau(UPDATE)).toBe(true);
  });

  it('counts a call for the contact and one for the flag that comes down after it', () => {
    const calls = callsOf({
      ...UPDATE,
      set: [
        ['email', 'a@b'],
        ['email_verified', 'true'],
      ],
      setLater: [['email_verified', 'false']],
    });
    expect(new Map(calls).get('AdminUpdateUserAttributes')).toBe(2);
  });

  it('counts losses of users one by one, those of the pool once, and conflicts and gaps beside them', () => {
    const tally = tallyOf(CREATE, CREATE);
    tally.addDecision({
      ...NO_DECISION,
      losses: ['password', 'identity-link', 'identity-link'],
      gaps: ['custom:x'],
      unknownGroups: ['b', 'a'],
    });
    tally.addDecision({ ...NO_DECISION, losses: ['password'], gaps: ['custom:x'], conflict: { kind: 'does-not-fit' } });
    const summary = tally.summary();
    expect(Object.fromEntries(summary.losses.map(({ kind, count }) => [kind, count]))).toEqual({
      password: 2,
      'identity-link': 2,
      'mfa-and-devices': 1,
    });
    expect(summary.schemaGaps).toEqual([{ attribute: 'custom:x', users: 2 }]);
    expect(summary.unknownGroups).toEqual(['a', 'b']);
    expect(summary.conflicts).toMatchObject([{ kind: 'does-not-fit', count: 1 }]);
    expect(new PlanTally(sampleScope()).summary().losses).toEqual([]);
  });

  it('knows which users asked for by name were seen on neither side', () => {
    const tally = new PlanTally(sampleScope({ onlyUsers: ['ann', 'eve', 'ghost', 'BOB@example.com'] }));
    tally.sawMatch({ kind: 'missing', desired: wantedUser() });
    tally.sawMatch({ kind: 'extra', actual: presentUser({ username: 'eve' }) });
    tally.sawMatch({
      kind: 'missing',
      desired: wantedUser({ username: 'bob', attributes: [['email', 'bob@example.com']] }),
    });
    expect(tally.summary()).toMatchObject({ unknownUsers: 1, valueUsers: 2, wantedUsers: 2 });
  });

  it('tells users that are wanted from users that the value holds', () => {
    const tally = new PlanTally(sampleScope({ onlyGroups: ['admins'] }));
    tally.sawMatch({ kind: 'missing', desired: wantedUser({ groups: ['admins'] }) });
    tally.sawMatch({ kind: 'missing', desired: wantedUser({ groups: ['others'] }) });
    tally.sawMatch({ kind: 'extra', actual: presentUser() });
    expect(tally.summary()).toMatchObject({ valueUsers: 2, wantedUsers: 1 });
  });
});
