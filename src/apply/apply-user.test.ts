import { describe, expect, it } from 'vitest';
import { sampleApply } from '../../test/fakes/sample-apply.ts';
import { presentUser } from '../../test/fakes/sample-plan.ts';
import { BackupError } from '../model/errors.ts';
import type { UpdateUser } from '../plan/entries.ts';
import { applyGroup } from './apply-group.ts';
import { applyUser } from './apply-user.ts';

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
const rejecting = (awsName: string) => () => {
  throw new BackupError('rejected', 'Refused', { awsName });
};

describe('applyUser for an update', () => {
  it('gives a half-made user a password first, disables early and enables late', async () => {
    const off = sampleApply({});
    await applyUser(
      { ...UPDATE, enabled: false, password: { kind: 'random' }, set: [['custom:a', '1']], addGroups: ['g'] },
      off.context,
    );
    expect(off.operations()).toEqual([
      'AdminSetUserPassword',
      'AdminDisableUser',
      'AdminUpdateUserAttributes',
      'AdminAddUserToGroup',
    ]);
    expect(off.done()).toEqual({ setPasswords: 1, disableUsers: 1, updateUsers: 1, addMemberships: 1 });
    const on = sampleApply({});
    await applyUser({ ...UPDATE, enabled: true, remove: ['custom:a'], removeGroups: ['g'] }, on.context);
    expect(on.operations()).toEqual(['AdminDeleteUserAttributes', 'AdminEnableUser', 'AdminRemoveUserFromGroup']);
  });

  it('never lowers a flag whose contact was not written', async () => {
    const { context, operations, failures, done } = sampleApply({
      AdminUpdateUserAttributes: rejecting('AliasExistsException'),
    });
    await applyUser(
      {
        ...UPDATE,
        set: [
          ['email', 'a@b'],
          ['email_verified', 'true'],
        ],
        setLater: [['email_verified', 'false']],
        addGroups: ['g'],
      },
      context,
    );
    expect(operations()).toEqual(['AdminUpdateUserAttributes', 'AdminAddUserToGroup']);
    expect(failures).toMatchObject([{ reason: 'AliasExistsException', source: { username: 'ann' } }]);
    expect(done()).toEqual({ addMemberships: 1 });
  });

  it('takes a group that is gone for left', async () => {
    const { context, failures, done } = sampleApply({
      AdminRemoveUserFromGroup: rejecting('ResourceNotFoundException'),
    });
    await applyUser({ ...UPDATE, removeGroups: ['gone'] }, context);
    expect([failures, done()]).toEqual([[], { removeMemberships: 1 }]);
  });
});

describe('applyUser for a delete', () => {
  const user = presentUser();
  const entry = { kind: 'delete-user', username: user.username, sub: user.sub } as const;

  it('deletes, and takes a user who is gone for deleted', async () => {
    const { context, operations } = sampleApply({});
    await applyUser(entry, context);
    expect(operations()).toEqual(['AdminDeleteUser']);
    const gone = sampleApply({ AdminDeleteUser: rejecting('UserNotFoundException') });
    await applyUser(entry, gone.context);
    expect([gone.failures, gone.done()]).toEqual([[], { deleteUsers: 1 }]);
  });

  it('spares somebody else of the same name once the plan is an hour old', async () => {
    const somebodyElse = { ...user, sub: 'other' };
    const { context, runtime, operations, done } = sampleApply({ ListUsers: () => ({ items: [somebodyElse] }) });
    runtime.advance(3_600_001);
    await applyUser(entry, context);
    expect([operations(), done()]).toEqual([['ListUsers'], {}]);
  });

  it('reads the check to its end, past empty pages', async () => {
    const { context, runtime, operations } = sampleApply({
      ListUsers: ({ nextToken }) => (nextToken === undefined ? { items: [], nextToken: 'next' } : { items: [user] }),
    });
    runtime.advance(3_600_001);
    await applyUser(entry, context);
    expect(operations()).toEqual(['ListUsers', 'ListUsers', 'AdminDeleteUser']);
  });
});

describe('applyGroup', () => {
  it('creates, updates and deletes, and takes what stands that way already for done', async () => {
    const { context, operations, done } = sampleApply({
      CreateGroup: rejecting('GroupExistsException'),
      DeleteGroup: rejecting('ResourceNotFoundException'),
    });
    await applyGroup({ kind: 'create-group', group: { name: 'a', precedence: 0 } }, context);
    await applyGroup({ kind: 'update-group', group: { name: 'b' } }, context);
    await applyGroup({ kind: 'delete-group', name: 'c' }, context);
    expect(operations()).toEqual(['CreateGroup', 'UpdateGroup', 'DeleteGroup']);
    expect(done()).toEqual({ createGroups: 1, updateGroups: 1, deleteGroups: 1 });
  });

  it('names a group that was refused', async () => {
    const { context, failures, done } = sampleApply({ CreateGroup: rejecting('LimitExceededException') });
    await applyGroup({ kind: 'create-group', group: { name: 'a' } }, context);
    expect(failures).toMatchObject([
      { step: 'CreateGroup', reason: 'LimitExceededException', group: 'a', hint: expect.any(String) },
    ]);
    expect(done()).toEqual({});
  });
});
