import { describe, expect, it } from 'vitest';
import { noActions } from '../model/counts.ts';
import { billsMau, callsOf, countActions } from './calls.ts';
import type { CreateUser, PlanEntry, UpdateUser } from './entries.ts';

const CREATE: CreateUser = {
  kind: 'create-user',
  engine: 'api',
  source: { username: 'ann' },
  username: 'ann',
  attributes: [],
  setLater: [],
  password: { kind: 'temporary' },
  disable: false,
  links: [],
  groups: [],
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
  removeGroups: [],
};
const LINK = { providerName: 'Google', userId: '1' };
const GROUP = { name: 'g' };
const byJob = { ...CREATE, engine: 'import-job', password: { kind: 'unset' } } as const;

/** What an entry takes and does, without what it does not. */
function facts(entry: PlanEntry): object {
  const counts = noActions();
  countActions(entry, counts);
  const calls = callsOf(entry).filter(([, count]) => count !== 0);
  return {
    calls: Object.fromEntries(calls),
    actions: Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0)),
  };
}

describe('an entry of a plan', () => {
  it.each<[string, PlanEntry, Record<string, number>, Record<string, number>]>([
    ['creates a group', { kind: 'create-group', group: GROUP }, { CreateGroup: 1 }, { createGroups: 1 }],
    ['changes a group', { kind: 'update-group', group: GROUP }, { UpdateGroup: 1 }, { updateGroups: 1 }],
    ['deletes a group', { kind: 'delete-group', name: 'g' }, { DeleteGroup: 1 }, { deleteGroups: 1 }],
    ['deletes', { kind: 'delete-user', username: 'ann', sub: 's' }, { AdminDeleteUser: 1 }, { deleteUsers: 1 }],
    ['creates with a temporary password', CREATE, { AdminCreateUser: 1 }, { createUsers: 1 }],
    ['creates by a job', byJob, {}, { createUsers: 1 }],
    [
      'creates by a job, which knows who has SMS',
      { ...byJob, mfa: { factors: ['SMS_MFA'], preferred: 'SMS_MFA' } },
      {},
      { createUsers: 1 },
    ],
    [
      'creates with a random password',
      { ...CREATE, password: { kind: 'random' } },
      { AdminCreateUser: 1, AdminSetUserPassword: 1 },
      { createUsers: 1, setPasswords: 1 },
    ],
    [
      'creates anew',
      { ...CREATE, replaces: { username: 'old', sub: 's' } },
      { AdminDeleteUser: 1, AdminCreateUser: 1 },
      { createUsers: 1, deleteUsers: 1 },
    ],
    [
      'creates whole',
      {
        ...CREATE,
        disable: true,
        setLater: [['preferred_username', 'a']],
        links: [LINK, { ...LINK, userId: '2' }],
        mfa: { factors: ['SMS_MFA'], preferred: 'SMS_MFA' },
        groups: ['g', 'h', 'i'],
      },
      {
        AdminCreateUser: 1,
        AdminDisableUser: 1,
        AdminUpdateUserAttributes: 1,
        AdminLinkProviderForUser: 2,
        AdminSetUserMFAPreference: 1,
        AdminAddUserToGroup: 3,
      },
      { createUsers: 1, disableUsers: 1, addMemberships: 3 },
    ],
    ['sets an attribute', { ...UPDATE, set: [['a', '1']] }, { AdminUpdateUserAttributes: 1 }, { updateUsers: 1 }],
    [
      'lowers a flag afterwards',
      { ...UPDATE, setLater: [['email_verified', 'false']] },
      { AdminUpdateUserAttributes: 1 },
      { updateUsers: 1 },
    ],
    [
      'sets and lowers',
      {
        ...UPDATE,
        set: [
          ['a', '1'],
          ['b', '2'],
        ],
        setLater: [['email_verified', 'false']],
      },
      { AdminUpdateUserAttributes: 2 },
      { updateUsers: 1 },
    ],
    [
      'removes attributes in one call',
      { ...UPDATE, remove: ['a', 'b'] },
      { AdminDeleteUserAttributes: 1 },
      { updateUsers: 1 },
    ],
    [
      'sets one and removes another',
      { ...UPDATE, set: [['a', '1']], remove: ['b'] },
      { AdminUpdateUserAttributes: 1, AdminDeleteUserAttributes: 1 },
      { updateUsers: 1 },
    ],
    ['links', { ...UPDATE, links: [LINK] }, { AdminLinkProviderForUser: 1 }, { updateUsers: 1 }],
    ['enables', { ...UPDATE, enabled: true }, { AdminEnableUser: 1 }, { enableUsers: 1 }],
    ['disables', { ...UPDATE, enabled: false }, { AdminDisableUser: 1 }, { disableUsers: 1 }],
    [
      'finishes a password',
      { ...UPDATE, password: { kind: 'random' } },
      { AdminSetUserPassword: 1 },
      { setPasswords: 1 },
    ],
    [
      'finishes the preference for SMS',
      { ...UPDATE, mfa: { factors: ['SMS_MFA'], preferred: 'SMS_MFA' } },
      { AdminSetUserMFAPreference: 1 },
      {},
    ],
    [
      'moves between groups',
      { ...UPDATE, addGroups: ['a', 'b'], removeGroups: ['c'] },
      { AdminAddUserToGroup: 2, AdminRemoveUserFromGroup: 1 },
      { addMemberships: 2, removeMemberships: 1 },
    ],
  ])('that %s', (_name, entry, calls, actions) => {
    expect(facts(entry)).toEqual({ calls, actions });
  });
});

describe('billsMau', () => {
  it('counts whoever a call touches, but not a delete nor an import job', () => {
    expect([CREATE, { ...UPDATE, addGroups: ['g'] }, { ...byJob, disable: true }].map(billsMau)).toEqual([
      true,
      true,
      true,
    ]);
    expect([byJob, { kind: 'delete-user', username: 'ann', sub: 's' } as const].map(billsMau)).toEqual([false, false]);
    expect(billsMau({ ...byJob, replaces: { username: 'ann', sub: 's' } })).toBe(false);
  });
});
