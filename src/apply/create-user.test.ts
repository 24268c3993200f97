import { describe, expect, it } from 'vitest';
import { sampleApply } from '../../test/fakes/sample-apply.ts';
import { presentUser } from '../../test/fakes/sample-plan.ts';
import { BackupError } from '../model/errors.ts';
import type { CreateUser } from '../plan/entries.ts';
import { createUser } from './create-user.ts';

const ENTRY: CreateUser = {
  kind: 'create-user',
  engine: 'api',
  source: { username: 'ann' },
  username: 'ann',
  attributes: [['email', 'ann@example.com']],
  setLater: [],
  password: { kind: 'random' },
  disable: false,
  links: [],
  groups: [],
};
const rejected = (awsName: string): BackupError => new BackupError('rejected', 'Refused', { awsName });
const exists = (): never => {
  throw rejected('UsernameExistsException');
};
const MADE = presentUser({ username: 'ann', createdAt: '2026-11-22T12:00:01.000Z', status: 'FORCE_CHANGE_PASSWORD' });
const STRANGER = presentUser({ username: 'ann', createdAt: '2026-11-22T11:59:59.000Z' });

describe('createUser', () => {
  it('confirms first, disables at once, and goes on in the order of the design', async () => {
    const { context, operations } = sampleApply({ AdminCreateUser: () => MADE });
    const links = [{ providerName: 'Google', userId: '1' }];
    await createUser(
      {
        ...ENTRY,
        disable: true,
        setLater: [['preferred_username', 'a']],
        links,
        mfa: { factors: ['SMS_MFA'], preferred: 'SMS_MFA' },
        groups: ['g', 'h'],
      },
      context,
    );
    expect(operations()).toEqual([
      'AdminCreateUser',
      'AdminSetUserPassword',
      'AdminDisableUser',
      'AdminUpdateUserAttributes',
      'AdminLinkProviderForUser',
      'AdminSetUserMFAPreference',
      'AdminAddUserToGroup',
      'AdminAddUserToGroup',
    ]);
  });

  it.each([
    ['AdminLinkProviderForUser', 'InvalidParameterException', { links: [{ providerName: 'Google', userId: '1' }] }],
    ['AdminSetUserPassword', 'PasswordHistoryPolicyViolationException', {}],
  ] as const)(
    'takes %s refused the second time for done, and a first refusal for a failure',
    async (step, awsName, fields) => {
      for (const repeated of [true, false]) {
        const refuse = (): never => {
          throw new BackupError('rejected', 'Refused', { awsName, repeated });
        };
        const { context, failures } = sampleApply({ AdminCreateUser: () => MADE, [step]: refuse });
        await createUser({ ...ENTRY, ...fields }, context);
        expect(failures.map(({ reason }) => reason)).toEqual(repeated ? [] : [awsName]);
      }
    },
  );

  it('goes on with the username that the pool has generated', async () => {
    const { context, calls } = sampleApply({ AdminCreateUser: () => ({ ...MADE, username: 'uuid' }) });
    await createUser({ ...ENTRY, groups: ['g'] }, context);
    expect(
      calls()
        .slice(1)
        .map(({ request }) => (request as { username: string }).username),
    ).toEqual(['uuid', 'uuid']);
  });

  it('names what Cognito refuses and goes on with the other steps', async () => {
    const { context, failures, done } = sampleApply({
      AdminCreateUser: () => MADE,
      AdminAddUserToGroup: ({ group }) => {
        if (group === 'gone') throw rejected('ResourceNotFoundException');
      },
    });
    await createUser({ ...ENTRY, groups: ['gone', 'there'] }, context);
    expect(failures).toMatchObject([
      { step: 'AdminAddUserToGroup', reason: 'ResourceNotFoundException', group: 'gone', targetUsername: 'ann' },
    ]);
    expect(done()).toEqual({ createUsers: 1, setPasswords: 1, addMemberships: 1 });
  });

  it('does nothing more for a user who was refused, and stops the run for anything but a refusal', async () => {
    const refused = sampleApply({
      AdminCreateUser: () => {
        throw rejected('InvalidParameterException');
      },
    });
    await createUser({ ...ENTRY, groups: ['g'] }, refused.context);
    expect(refused.operations()).toEqual(['AdminCreateUser']);
    expect(refused.failures).toHaveLength(1);
    const broken = sampleApply({
      AdminCreateUser: () => {
        throw new BackupError('not-authorized', 'Not authorised');
      },
    });
    await expect(createUser(ENTRY, broken.context)).rejects.toMatchObject({ code: 'not-authorized' });
  });

  it('takes up the user whose first answer was lost, even if the listing shows it late', async () => {
    const { context, operations, done, runtime } = sampleApply({
      AdminCreateUser: exists,
      ListUsers: (_request, call) => ({ items: call < 3 ? [] : [MADE] }),
    });
    await createUser(ENTRY, context);
    expect(operations().at(-1)).toBe('AdminSetUserPassword');
    expect(done()).toEqual({ createUsers: 1, setPasswords: 1 });
    expect(runtime.sleeps).toEqual([1_000, 2_000, 4_000]);
  });

  it.each([
    ['was there before', STRANGER],
    ['signed up meanwhile', { ...MADE, status: 'UNCONFIRMED' as const }],
    ['is the profile of a provider', { ...MADE, status: 'EXTERNAL_PROVIDER' as const }],
  ])('touches nobody who %s', async (_name, stranger) => {
    const { context, operations, failures } = sampleApply({
      AdminCreateUser: exists,
      ListUsers: () => ({ items: [stranger] }),
    });
    await createUser({ ...ENTRY, groups: ['g'], disable: true }, context);
    expect([...new Set(operations())]).toEqual(['AdminCreateUser', 'ListUsers']);
    expect(failures).toMatchObject([{ reason: 'UsernameExistsException' }]);
  });

  it('gives up after half a minute on a user whom no listing shows', async () => {
    const { context, failures, runtime } = sampleApply({ AdminCreateUser: exists, ListUsers: () => ({ items: [] }) });
    await createUser(ENTRY, context);
    expect(failures).toHaveLength(1);
    expect(runtime.monotonicMs()).toBe(31_000);
  });

  it('finds the user behind an empty page and beside a user of a provider with the same e-mail', async () => {
    const target = { usernameAttributes: ['email'] as const };
    const federated = {
      ...MADE,
      username: 'Google_1',
      status: 'EXTERNAL_PROVIDER' as const,
      attributes: ENTRY.attributes,
    };
    const ours = { ...MADE, username: 'uuid', attributes: ENTRY.attributes };
    const { context, calls } = sampleApply(
      {
        AdminCreateUser: exists,
        ListUsers: ({ nextToken }) =>
          nextToken === undefined ? { items: [], nextToken: 'next' } : { items: [federated, ours] },
      },
      target,
    );
    await createUser({ ...ENTRY, username: 'ann@example.com' }, context);
    expect(calls().at(-1)).toMatchObject({ operation: 'AdminSetUserPassword', request: { username: 'uuid' } });
  });

  it('looks up names that no filter takes by their beginning', async () => {
    const username = '"\\'.repeat(64);
    const filters: string[] = [];
    const { context, done } = sampleApply({
      AdminCreateUser: exists,
      ListUsers: ({ filter }) => {
        filters.push(filter ?? '');
        return {
          items: [
            { ...MADE, username: `${username}x` },
            { ...MADE, username },
          ],
        };
      },
    });
    await createUser({ ...ENTRY, username }, context);
    expect(filters[0]?.length).toBeLessThanOrEqual(256);
    expect(filters[0]).toMatch(/^username \^= "(\\["\\])+"$/);
    expect(done()).toEqual({ createUsers: 1, setPasswords: 1 });
  });

  it('keeps a temporary password before it sends it, and makes it true for a user of an earlier attempt', async () => {
    const { context, kept, calls } = sampleApply({ AdminCreateUser: exists, ListUsers: () => ({ items: [MADE] }) });
    await createUser({ ...ENTRY, password: { kind: 'temporary' } }, context);
    const [{ temporaryPassword } = { temporaryPassword: '' }] = kept;
    expect(temporaryPassword.length).toBeGreaterThanOrEqual(24);
    expect(calls()[0]).toMatchObject({ request: { temporaryPassword } });
    expect(calls().at(-1)).toMatchObject({
      operation: 'AdminSetUserPassword',
      request: { password: temporaryPassword, permanent: false },
    });
  });

  it('deletes the user it replaces first, and looks again before an old plan does', async () => {
    const replaces = { username: 'ann', sub: STRANGER.sub };
    const fresh = sampleApply({ AdminCreateUser: () => MADE });
    await createUser({ ...ENTRY, replaces }, fresh.context);
    expect(fresh.operations().slice(0, 2)).toEqual(['AdminDeleteUser', 'AdminCreateUser']);
    const old = sampleApply({ AdminCreateUser: () => MADE, ListUsers: () => ({ items: [] }) });
    old.runtime.advance(3_600_001);
    await createUser({ ...ENTRY, replaces }, old.context);
    expect(old.operations().slice(0, 2)).toEqual(['ListUsers', 'AdminCreateUser']);
  });
});
